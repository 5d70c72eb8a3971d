/* segments.h: what one runner's pods on trunk and thighs said within a window of time.
 *
 * Filled record by record, in order of time within a pod; then sorted once. A stride's parts have
 * the same tick and become one. */
#pragma once

#include "daemon/measure/activity.h"

typedef enum Segment {
        SEGMENT_SACRUM,
        SEGMENT_THORACOLUMBAR,
        SEGMENT_LEFT_THIGH,
        SEGMENT_RIGHT_THIGH,
        SEGMENT_COUNT
} Segment;

/* Degrees; NAN: not measured. */
typedef struct SegmentStride {
        int64_t utc_ms;
        int64_t utc_error_ms; /* half width; NULL_INTEGER: not known */
        unsigned pod;
        uint32_t epoch;
        int64_t tick;
        bool counts; /* running, of good quality, with a stride time */
        double stride_s;
        double pitch_mean, pitch_range, obliquity_range, rotation_range;
        bool has_curve;
        double curve[CURVE_POINTS]; /* against pitch_mean */
        double drop_left, drop_right, oscillation_mm;
} SegmentStride;

typedef struct SegmentPosture {
        int64_t utc_ms;
        PostureEpochRecord epoch;
} SegmentPosture;

typedef struct Segments Segments;

int segments_new(Segments **ret) MUST_CHECK; /* 0 or -ENOMEM */
Segments *segments_free(Segments *segments);
DEFINE_CLEANUP(Segments *, segments_free);

/* Trunk strides and calibrations; all else, and other placements, are passed over. 0 or -ENOMEM. */
int segments_add(Segments *segments, const Heard *heard) MUST_CHECK;
void segments_sort(Segments *segments);

/* Of the pod of that segment that has most strides that count, in order of time. */
const SegmentStride *segment_strides(const Segments *segments, Segment segment, size_t *ret_n);

/* Pitch of quiet standing at the mounting that a run at `utc_ms` was made with: by the segment's
 * newest standing calibration of the same pod before it. NAN: there is none that is young, long and
 * quiet enough. */
double segment_standing_deg(const Segments *segments, Segment segment, int64_t utc_ms);

/* Our own rules. */
typedef struct StandingParameters {
        int64_t age_max_ms;      /* an older one is of another mounting */
        int64_t duration_min_ms;
        int64_t deviation_max_mg; /* from here on nobody stood quietly */
        int64_t magnitude_off_max_mg; /* |mean| from 1 g: more is no gravity */
} StandingParameters;

extern const StandingParameters standing_defaults;

/* Of quiet standing, long and quiet enough. */
bool calibration_is_quiet(const Calibration *calibration);
/* Of a pod at rest, degrees, segment-records.h's signs. NAN: no acceleration. */
double segment_pitch_deg(Segment segment, int64_t x_mg, int64_t z_mg);
/* 1, or 0: not a placement of these. */
bool segment_of_placement(Placement placement, Segment *ret);

/* Pitch against the mean at a phase (0..1) of the stride: the curve's points joined by the
 * harmonics that they determine. */
double curve_at(const double curve[static CURVE_POINTS], double phase);
