#include "daemon/measure/segment-pairs.h"

#include <math.h>

const PairParameters pair_defaults = {
        .error_max_share = 0.5,
        .apart_max_share = 0.2, /* contacts come every half stride: at 0.25, either could be meant */
        .alike_share = 0.1,
};

/* The half of a stride of the other, 0 or 1, and how far its contact is from where it was looked for. */
typedef struct Step {
        const SegmentStride *stride;
        int half;
        double apart_ms;
} Step;

static double contact_ms(const SegmentStride *stride, int half)
{
        return (double)stride->utc_ms + half * stride->stride_s * 500;
}

/* The step of the other that begins nearest to a moment; no stride of it begins long after. */
static Step step_at(Follower *follower, double utc_ms, double quarter_ms)
{
        const SegmentStride *stride;
        Step step = {0};

        while (follower->at > 0 && (double)follower->strides[follower->at].utc_ms > utc_ms + quarter_ms)
                follower->at--;
        while (follower->at + 1 < follower->n &&
               (double)follower->strides[follower->at + 1].utc_ms <= utc_ms + quarter_ms)
                follower->at++;
        stride = &follower->strides[follower->at];
        for (int half = 0; half < 2; half++) {
                double apart_ms = fabs(contact_ms(stride, half) - utc_ms);

                if (!step.stride || apart_ms < step.apart_ms)
                        step = (Step){stride, half, apart_ms};
        }
        return step;
}

/* Independent of each other, they add up in squares. */
static double joint_error_ms(const SegmentStride *a, const SegmentStride *b)
{
        if (a->utc_error_ms == NULL_INTEGER || b->utc_error_ms == NULL_INTEGER)
                return INFINITY;
        return hypot((double)a->utc_error_ms, (double)b->utc_error_ms);
}

static const char *fault_of(const Follower *follower, const SegmentStride *stride, const Step *step)
{
        const PairParameters *p = &pair_defaults;
        double typical_ms = follower->typical_s * 1000;

        if (joint_error_ms(stride, step->stride) >= p->error_max_share * typical_ms)
                return "time_uncertain";
        if (step->apart_ms > p->apart_max_share * typical_ms ||
            fabs(step->stride->stride_s - stride->stride_s) > p->alike_share * stride->stride_s)
                return "no_same_contact";
        return isnan(step->stride->pitch_mean) ? "not_measured" : NULL;
}

const char *pair_sample(Follower *follower, const SegmentStride *stride, double ret[static PAIR_INSTANTS],
                        bool *ret_curve)
{
        double quarter_ms = follower->typical_s * 250;

        *ret_curve = true;
        if (follower->n == 0)
                return "no_same_contact";
        for (int half = 0; half < 2; half++) {
                Step step = step_at(follower, contact_ms(stride, half), quarter_ms);
                const char *fault = fault_of(follower, stride, &step);

                if (fault)
                        return fault;
                *ret_curve = *ret_curve && step.stride->has_curve;
                for (int i = 0; i < PAIR_INSTANTS / 2; i++) {
                        double phase = step.half * 0.5 + (double)i / PAIR_INSTANTS;

                        ret[half * PAIR_INSTANTS / 2 + i] =
                                step.stride->pitch_mean +
                                (step.stride->has_curve ? curve_at(step.stride->curve, phase) : 0);
                }
        }
        return NULL;
}
