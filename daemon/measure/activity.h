/* activity.h: what one runner's pods said within a window of time.
 *
 * Filled record by record in any order (windows may be read in pieces, never twice),
 * then sorted once; after that it is only read. Strides of feet and samples are
 * kept, all else is passed over. */
#pragma once

#include "base/text.h"
#include "daemon/measure/cadence.h"
#include "daemon/measure/parameters.h"
#include "proto/record.h"

typedef struct Activity Activity;

#define SAMPLE_RUNNING_SPEED 0x2A53 /* characteristics of samples */
#define SAMPLE_HEART_RATE    0x2A37

typedef enum Foot { FOOT_LEFT, FOOT_RIGHT, FOOT_COUNT } Foot;

/* A record on the runner's time line. */
typedef struct Heard {
        const Record *record;
        const char *address;
        Placement placement; /* of the pod at that time */
        int64_t utc_ms;
        int64_t utc_error_ms; /* half width; NULL_INTEGER: not known */
        int64_t received_utc_ms;
} Heard;

typedef struct HeardStride {
        int64_t utc_ms; /* initial contact */
        int64_t end_ms; /* next contact of the same foot; see stride_time_max_1024 */
        int64_t received_utc_ms;
        int64_t utc_error_ms;
        uint32_t epoch;
        uint32_t seq;
        unsigned pod;
        Foot foot;
        Stride stride;
} HeardStride;

/* A time in which the runner ran although no record of a pod says so: a file does. */
typedef struct Bridge {
        int64_t from_ms;
        int64_t to_ms;
} Bridge;

typedef struct HeardSample {
        int64_t utc_ms;
        int64_t tick_ms;
        int64_t received_utc_ms;
        int64_t utc_error_ms;
        int64_t next_ms; /* to the next sample of this pod, epoch and characteristic; 0: none */
        uint32_t epoch;
        uint32_t seq;
        unsigned pod;
        Sample sample;
} HeardSample;

/* `parameters` is borrowed. 0 or -ENOMEM. */
int activity_new(const MeasureParameters *parameters, Activity **ret) MUST_CHECK;
Activity *activity_free(Activity *activity);
DEFINE_CLEANUP(Activity *, activity_free);

/* 0 (also when the record is passed over), or -ENOMEM. */
int activity_add(Activity *activity, const Heard *heard) MUST_CHECK;
/* Puts all in order; call before any of the functions below. */
void activity_sort(Activity *activity);

const MeasureParameters *activity_parameters(const Activity *activity);
/* Strides in order of time; samples in order of (pod, epoch, seq). */
const HeardStride *activity_strides(const Activity *activity, size_t *ret_n);
const HeardSample *activity_samples(const Activity *activity, size_t *ret_n);

/* Pieces that such times join are one session. Borrowed, in order of from_ms; none at first. */
void activity_set_bridges(Activity *activity, const Bridge *bridges, size_t n);
const Bridge *activity_bridges(const Activity *activity, size_t *ret_n);

/* Pods in order of address. */
size_t activity_pods(const Activity *activity);
const char *activity_pod_address(const Activity *activity, unsigned pod);
/* What the pod's cadence counts, as decided before; UNKNOWN at first. */
void activity_set_cadence(Activity *activity, unsigned pod, CadenceUnit unit);
CadenceUnit activity_cadence(const Activity *activity, unsigned pod);
/* What its samples in this window say. 0 or -ENOMEM. */
int activity_decide_cadence(const Activity *activity, unsigned pod, CadenceUnit *ret) MUST_CHECK;

/* How long a sample of speed and cadence stands: to the next one, and 0 when that is the
 * last of its epoch or further away than sample_step_max_ms. */
int64_t sample_step_ms(const HeardSample *sample, const MeasureParameters *parameters);
/* Covers ground, as far as it says. */
bool sample_is_moving(const Sample *sample);
/* Moving, or treading with no speed. */
bool sample_is_active(const Sample *sample);
/* The pod says so, or it is too fast for walking: some pods never set the bit. */
bool sample_is_running(const Sample *sample, const MeasureParameters *parameters);
