#include "daemon/measure/bridge.h"

#include <errno.h>
#include <string.h>

#include "daemon/measure/median.h"

static BridgeRepetition repetition_of(const double *lift_deg, size_t from, size_t to,
                                      const BridgeParameters *parameters)
{
        BridgeRepetition one = {.from = from, .to = to, .peak_deg = lift_deg[from]};
        size_t held = 0;

        for (size_t i = from; i <= to; i++)
                one.peak_deg = lift_deg[i] > one.peak_deg ? lift_deg[i] : one.peak_deg;
        for (size_t i = from; i <= to; i++)
                held += lift_deg[i] >= parameters->hold_share * one.peak_deg;
        one.duration_s = (double)(to - from) / parameters->sample_hz;
        one.hold_s = (double)held / parameters->sample_hz;
        return one;
}

Bridges bridge_repetitions(const double *lift_deg, size_t n, const BridgeParameters *parameters,
                           BridgeRepetition *ret_list, size_t room)
{
        Bridges bridges = {.n = NULL_INTEGER, .hold_s = NULL_REAL, .reason = "bad_rate"};
        size_t from = 0, usable = 0;
        bool lifted = false;

        if (!isfinite(parameters->sample_hz) || parameters->sample_hz <= 0)
                return bridges;
        bridges = (Bridges){.n = 0};
        for (size_t i = 0; i < n; i++) {
                BridgeRepetition one;

                if (!isfinite(lift_deg[i]))
                        continue;
                usable++;
                if (!lifted && lift_deg[i] >= parameters->lift_deg) {
                        lifted = true;
                        from = i;
                }
                if (!lifted || lift_deg[i] > parameters->return_deg)
                        continue;
                lifted = false;
                one = repetition_of(lift_deg, from, i, parameters);
                if (one.duration_s < parameters->duration_min_s ||
                    one.duration_s > parameters->duration_max_s)
                        continue;
                if ((size_t)bridges.n < room)
                        ret_list[bridges.n] = one;
                bridges.n++;
                bridges.hold_s += one.hold_s;
        }
        bridges.open_at_end = lifted;
        if (usable == 0)
                bridges = (Bridges){.n = NULL_INTEGER, .hold_s = NULL_REAL, .reason = "no_signal"};
        return bridges;
}

int bridge_rest(const double *pitch_deg, const double *inclination_deg, const bool *faces_up,
                size_t n, const BridgeParameters *parameters, double *ret_pitch_deg,
                size_t *ret_end)
{
        CLEANUP(freep) double *values = calloc(n + 1, sizeof(*values));
        double rest_samples = parameters->rest_min_s * parameters->sample_hz;
        size_t from = 0;

        if (!values)
                return -ENOMEM;
        *ret_pitch_deg = NULL_REAL;
        *ret_end = n;
        for (size_t i = 0; i <= n; i++) {
                bool rests =
                        i < n && faces_up[i] && inclination_deg[i] >= parameters->supine_min_deg &&
                        inclination_deg[i] <= parameters->supine_max_deg && isfinite(pitch_deg[i]);

                if (rests)
                        continue;
                if (i > from && (double)(i - from) >= rest_samples) {
                        memcpy(values, pitch_deg + from, (i - from) * sizeof(*values));
                        *ret_pitch_deg = median_of(values, i - from);
                        *ret_end = i;
                        return 0;
                }
                from = i + 1;
        }
        return 0;
}

BridgeLeg bridge_leg(double left_deg, double right_deg, const BridgeParameters *parameters)
{
        if (!isfinite(left_deg) || !isfinite(right_deg))
                return BRIDGE_LEGS_UNKNOWN;
        if (fabs(left_deg - right_deg) <= parameters->single_leg_deg)
                return BRIDGE_BOTH_LEGS;
        return fabs(left_deg) > fabs(right_deg) ? BRIDGE_LEFT_MOVES : BRIDGE_RIGHT_MOVES;
}
