/* record.h: what pods tell us, one numbered record at a time.
 *
 * A record is known by (pod, epoch, seq) and never changes. Its body is kept as
 * the octets that came (the Stride Service's canonical body, or the sample body
 * below), so that a later version can read what this one could not.
 *
 * Integers only: ticks of 1/1024 s, mm, milli-g. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TICK_HZ         1024u
#define RECORD_BODY_MAX 64 /* octets; v1 kinds need at most 13, a sample at most 48 */
#define RR_MAX          9  /* RR intervals in one 20-octet heart rate packet */

/* Numbers of the Stride Service; 0x60 and up never travel on the air. */
typedef enum RecordKind {
        RECORD_STRIDE = 1,
        /* 2 is the batch framing of the Stride Service, not a record */
        RECORD_ANCHOR = 3,
        RECORD_BOOT = 4,
        RECORD_LOST = 5, /* stands for the records seq..last_seq of its epoch */
        RECORD_CONFIGURATION = 6,
        RECORD_BATTERY = 7,
        /* 16–20: trunk stride, posture epoch, exercise event, movement trial and
         * calibration are reserved: kept raw until they are defined */
        RECORD_SAMPLE = 0x60, /* of a pod without memory, numbered by the gateway */
} RecordKind;

/* Or'ed to the kind of a record whose body cannot be read (too few octets, a value that cannot
 * be). It is unknown to every table, and keeps its number for the day it can be read. */
#define RECORD_UNREADABLE 0x100
#define RECORD_KIND_NUMBER(kind) ((kind) & 0xFF)

/* Name used in exports ("stride", "sample", …), or "unknown". */
const char *record_kind_name(int kind);

typedef enum Placement {
        PLACEMENT_NONE = 0,
        PLACEMENT_LEFT_FOOT,
        PLACEMENT_RIGHT_FOOT,
        PLACEMENT_SACRUM,
        PLACEMENT_THORACOLUMBAR,
        PLACEMENT_LEFT_THIGH,
        PLACEMENT_RIGHT_THIGH,
        PLACEMENT_CHEST,
        PLACEMENT_COUNT,
} Placement;

const char *placement_name(Placement placement);     /* "left-foot"; NONE: "none" */
int placement_parse(const char *name, Placement *ret) MUST_CHECK; /* 0 or -EINVAL */

/* All nullable members follow fields.h: NULL_INTEGER is "not measured". */
typedef struct Stride {
        int64_t stride_time_1024;  /* initial contact to next of the same foot, 1/1024 s */
        int64_t contact_time_1024; /* ground contact, 1/1024 s, or null */
        int64_t stride_length_mm;  /* or null */
        int64_t peak_impact_mg;    /* largest of first half of stance, steps of 125, or null */
        int64_t clipped;           /* 1: the peak reached the sensor's range */
        int64_t running;           /* 1: the pod classed it as running */
        int64_t quality;           /* 0 (worst) .. 3 */
        int64_t after_pause;       /* 1: first stride after a pause */
} Stride;

typedef struct Anchor {
        int64_t utc_ms;        /* what the gateway said at `tick` */
        int64_t clock_quality; /* base/clock's ClockQuality of that gateway */
} Anchor;

typedef struct Boot {
        int64_t reset_cause; /* 0 unknown, 1 power on, 2 watchdog, 3 brown-out, 4 battery change */
        int64_t previous_epoch;
        int64_t previous_last_seq;
} Boot;

typedef enum LostReason {
        LOST_OVERWRITTEN = 1, /* memory full, oldest overwritten */
        LOST_CORRUPT = 2,     /* failed its checksum in the pod's flash */
        LOST_ERASED = 3,      /* erased by a person or another gateway */
} LostReason;

const char *lost_reason_name(int64_t reason); /* "overwritten" "corrupt" "erased", else "unknown" */

typedef struct Lost {
        int64_t last_seq;
        int64_t reason; /* LostReason */
} Lost;

typedef struct Configuration {
        int64_t placement; /* Placement, as set on the pod */
} Configuration;

typedef struct Battery {
        int64_t level_pct;
} Battery;

/* One notification of a pod without memory. Cadence as sent: whether it counts
 * steps or strides is decided per pod, see measure/cadence.h. */
typedef struct Sample {
        int64_t characteristic; /* 16-bit id: 0x2A53, 0x2A37, 0x2A63 */
        int64_t speed_256;      /* 1/256 m/s */
        int64_t cadence_raw;    /* 1/min */
        int64_t stride_length_cm;
        int64_t total_distance_dm;
        int64_t running;
        int64_t heart_rate_bpm;
        int64_t power_w;
        int64_t n_rr;
        int64_t rr_1024[RR_MAX];
} Sample;

typedef struct Record {
        uint32_t epoch;
        uint32_t seq;
        int kind;     /* RecordKind, or any other number: `body` only */
        int64_t tick; /* as the pod sent it: u32, 1/1024 s, wraps; a sample: gateway's boottime ms */
        bool from_store; /* sent from memory, not live */
        union {
                Stride stride;
                Anchor anchor;
                Boot boot;
                Lost lost;
                Configuration configuration;
                Battery battery;
                Sample sample;
        };
        size_t body_size;
        uint8_t body[RECORD_BODY_MAX]; /* canonical octets */
} Record;

/* Fills the union and `tick` from kind and body. 0: done; 1: a kind we do not know,
 * body kept (its tick is read if at least 5 octets came, else 0); -EBADMSG: a known
 * kind with too few octets. Octets appended by a later minor version are ignored. */
int record_decode(Record *record) MUST_CHECK;
/* Fills body and body_size from the union, tick and kind. -EINVAL: kind has no
 * body layout; -ERANGE: a value does not fit its field. */
int record_encode(Record *record) MUST_CHECK;

/* The fields of a kind's member of the union, offsets from Record; NULL for kinds
 * we do not know. rr_1024 is not in the table: a list, see Sample. */
const FieldTable *record_fields(int kind);
