/* stride-timing.h: the times of one stride of one foot (metrics.md 3.1).
 *
 * A stride is two steps of the same foot, contact to contact; a step is one contact.
 * With one pod the other foot is taken as its mirror: flight = T/2 − tc. The published
 * means of J Exp Biol (tc 271 ms and 1.31 Hz give a flight of 112 ms and a duty factor
 * of 35.5 %) agree with these formulas to rounding. */
#pragma once

#include "proto/fields.h"

typedef struct StrideTiming {
        double cadence_spm;         /* steps of both feet per minute: 120 / T */
        double stride_rate_per_min; /* 60 / T */
        double step_time_s;         /* T / 2 */
        double swing_time_s;        /* T − tc */
        double duty_factor;         /* tc / T, 0..1 */
        double flight_time_s;       /* T / 2 − tc; at or below 0 both feet are on the ground */
        int64_t aerial;             /* 1: flight above 0; 0: grounded; NULL_INTEGER: not known */
        double stride_length_m;     /* v · T */
        double step_length_m;       /* v · T / 2 */
        Reasons reasons;            /* by member name */
} StrideTiming;

/* NAN: not measured. Reasons: "no_stride_time" "no_contact_time" "no_speed" when missing or
 * infinite; "bad_stride_time" (not above 0), "bad_contact_time" (not within (0, T)),
 * "bad_speed" (below 0). One bad value takes only what is made of it. */
void stride_timing(double stride_time_s, double contact_time_s, double speed_mps,
                   StrideTiming *ret);

/* With both feet: from toe-off to the other foot's contact; at or below 0 is grounded.
 * NAN when either is missing. */
double flight_between(double toe_off_s, double other_contact_s);

/* With both feet: 60 · steps / time. NAN without time. */
double cadence_of_steps(size_t n_steps, double time_s);
