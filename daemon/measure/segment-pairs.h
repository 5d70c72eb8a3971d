/* segment-pairs.h: another segment's pitch at the instants of a stride of the sacrum.
 *
 * The maps of two pods' time are good to tens of ms, and move by some as anchors come in. In that time
 * a thigh swings by degrees, and at its end a stride gives way to the next one, whose curve begins
 * elsewhere: what is sampled by the clocks alone hangs on which side of that seam a millisecond falls.
 * So instants are matched by what both pods felt, the contacts: a stride is two steps, each begins with
 * a contact, and a step of the one is held against the step of the other that began with the same
 * contact, at the same share of the stride. The clocks only say which contact is the same: the nearest.
 * They can as long as they err by less than a quarter of a stride; a map is the middle of its anchors,
 * and its error that of the worst of them, so that may be up to half a stride. One pair of epochs is
 * judged alike throughout a run: else long strides would be paired and short ones not.
 * Pods may begin their strides with different feet. */
#pragma once

#include "daemon/measure/segments.h"

enum { PAIR_INSTANTS = 32 }; /* of one stride */

/* Our own rules. */
typedef struct PairParameters {
        double error_max_share; /* of the run's stride: by so much the worst anchors of both may err */
        double apart_max_share; /* of the run's stride: further apart, two contacts are not the same */
        double alike_share;     /* of a stride: strides that differ by more are not of the same steps: a contact was missed */
} PairParameters;

extern const PairParameters pair_defaults;

/* Strides of the other segment in order of time, and where the last question ended. */
typedef struct Follower {
        const SegmentStride *strides;
        size_t n, at;
        double typical_s; /* the stride time of the run, its median */
} Follower;

/* Pitch of the other at instants 0, 1/32 … of the stride; `ret_curve`: all of it is known, not only
 * means. Asked for nearly in order of time. NULL: done; or why not: "time_uncertain" (the clocks cannot
 * tell which contact is the same), "no_same_contact" (no stride of the other began with it),
 * "not_measured" (the other has no pitch there). */
const char *pair_sample(Follower *follower, const SegmentStride *stride, double ret[static PAIR_INSTANTS],
                        bool *ret_curve);
