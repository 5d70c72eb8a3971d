#include "daemon/measure/stretch.h"

static bool is_within(double value, double min, double max)
{
        return value >= min && value <= max;
}

int64_t stretch_posture(const StretchPosture *posture, const StretchParameters *parameters)
{
        if (!isfinite(posture->front_flexion_deg) || !isfinite(posture->rear_extension_deg) ||
            !isfinite(posture->sacrum_pitch_deg) || !isfinite(posture->gyro_rms_dps))
                return NULL_INTEGER;
        return posture->front_flexion_deg >= parameters->front_flexion_min_deg &&
               is_within(posture->rear_extension_deg, parameters->rear_extension_min_deg,
                         parameters->rear_extension_max_deg) &&
               is_within(posture->sacrum_pitch_deg, parameters->sacrum_min_deg,
                         parameters->sacrum_max_deg) &&
               posture->gyro_rms_dps <= parameters->gyro_rms_max_dps;
}

StretchSide stretch_side(double left_flexion_deg, double right_flexion_deg)
{
        if (!isfinite(left_flexion_deg) || !isfinite(right_flexion_deg) ||
            left_flexion_deg == right_flexion_deg)
                return STRETCH_NO_SIDE;
        return left_flexion_deg < right_flexion_deg ? STRETCH_LEFT : STRETCH_RIGHT;
}

static void add_hold(Stretches *stretches, StretchHold hold, const StretchParameters *parameters,
                     StretchHold *ret_list, size_t room)
{
        hold.hold_s = (double)(hold.to - hold.from) / parameters->sample_hz;
        hold.credited = hold.hold_s >= parameters->hold_min_s;
        if (hold.credited) {
                stretches->credited++;
                stretches->total_s += hold.hold_s;
        }
        if (stretches->n < room)
                ret_list[stretches->n] = hold;
        stretches->n++;
}

Stretches stretch_holds(const bool *in_posture, size_t n, const StretchParameters *parameters,
                        StretchHold *ret_list, size_t room)
{
        Stretches stretches = {0};
        StretchHold hold = {0}; /* the one being held; to == 0: none */

        if (!isfinite(parameters->sample_hz) || parameters->sample_hz <= 0) {
                stretches.total_s = NULL_REAL;
                return stretches;
        }
        for (size_t i = 0; i < n; i++) {
                if (!in_posture[i])
                        continue;
                if (hold.to > 0 &&
                    (double)(i - hold.to) / parameters->sample_hz > parameters->gap_max_s) {
                        add_hold(&stretches, hold, parameters, ret_list, room);
                        hold.to = 0;
                }
                if (hold.to == 0)
                        hold.from = i;
                hold.to = i + 1;
        }
        if (hold.to > 0)
                add_hold(&stretches, hold, parameters, ret_list, room);
        return stretches;
}
