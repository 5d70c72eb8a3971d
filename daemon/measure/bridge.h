/* bridge.h: repetitions of the gluteal bridge from one sacrum pod (metrics.md 5).
 *
 * The runner lies on the back; the pelvis rises and the pod's pitch with it. A repetition
 * starts when the lift above the resting pitch reaches lift_deg and ends when it is back at
 * return_deg: a dip in between does not make two of one. A half lift never starts one, a
 * twitch is too short, and one that is not finished does not count. All thresholds are our
 * own: no source gives any for one sacrum pod. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"
#include <stdbool.h>

typedef struct BridgeParameters {
        double sample_hz;
        double lift_deg;       /* at least: starts */
        double return_deg;     /* at most: ends */
        double duration_min_s; /* from start to end, bounds included */
        double duration_max_s;
        double hold_share;                     /* of the peak: from here on it is held */
        double supine_min_deg, supine_max_deg; /* inclination of the resting sacrum */
        double rest_min_s;
        double single_leg_deg; /* thighs further apart than this: one leg */
} BridgeParameters;

typedef struct BridgeRepetition {
        size_t from, to; /* samples: first lifted, first returned */
        double duration_s;
        double peak_deg;
        double hold_s; /* samples at hold_share of the peak or above, in seconds */
} BridgeRepetition;

typedef struct Bridges {
        int64_t n;          /* repetitions that count */
        double hold_s;      /* their holds together */
        bool open_at_end;   /* the last one was not finished */
        const char *reason; /* why n is NULL_INTEGER: "no_signal" "bad_rate"; else NULL */
} Bridges;

/* Lift above rest, sample by sample; missing ones change nothing. The first `room`
 * repetitions that count go to `ret_list` (NULL with 0: only counted). */
Bridges bridge_repetitions(const double *lift_deg, size_t n, const BridgeParameters *parameters,
                           BridgeRepetition *ret_list, size_t room);

/* The resting pitch: the median over the first stretch of at least rest_min_s in which the
 * sacrum faces up at a supine inclination. NAN: there is none. *ret_end is the sample after
 * that rest. 0 or -ENOMEM. */
int bridge_rest(const double *pitch_deg, const double *inclination_deg, const bool *faces_up,
                size_t n, const BridgeParameters *parameters, double *ret_pitch_deg,
                size_t *ret_end) MUST_CHECK;

typedef enum BridgeLeg {
        BRIDGE_BOTH_LEGS,
        BRIDGE_LEFT_MOVES,
        BRIDGE_RIGHT_MOVES,
        BRIDGE_LEGS_UNKNOWN
} BridgeLeg;

/* From both thighs' pitch against rest: more than single_leg_deg apart, the one further from
 * its rest is the moving leg. */
BridgeLeg bridge_leg(double left_deg, double right_deg, const BridgeParameters *parameters);
