#include "daemon/measure/stride-timing.h"

#include "base/cleanup.h"

static void give_reason(Reasons *reasons, const char *const *paths, size_t n, const char *code)
{
        for (size_t i = 0; i < n; i++)
                reasons_add(reasons, paths[i], code);
}

static const char *const of_contact[] = {"swing_time_s", "duty_factor", "flight_time_s", "aerial"};
static const char *const of_stride[] = {"cadence_spm", "stride_rate_per_min", "step_time_s"};
static const char *const of_speed[] = {"stride_length_m", "step_length_m"};

static const char *stride_time_fault(double stride_time_s)
{
        if (!isfinite(stride_time_s))
                return "no_stride_time";
        return stride_time_s > 0 ? NULL : "bad_stride_time";
}

static const char *contact_time_fault(double contact_time_s, double stride_time_s)
{
        if (!isfinite(contact_time_s))
                return "no_contact_time";
        return contact_time_s > 0 && contact_time_s < stride_time_s ? NULL : "bad_contact_time";
}

static const char *speed_fault(double speed_mps)
{
        if (!isfinite(speed_mps))
                return "no_speed";
        return speed_mps >= 0 ? NULL : "bad_speed";
}

void stride_timing(double stride_time_s, double contact_time_s, double speed_mps, StrideTiming *ret)
{
        const char *fault = stride_time_fault(stride_time_s), *contact_fault, *length_fault;

        *ret = (StrideTiming){.cadence_spm = NULL_REAL,
                              .stride_rate_per_min = NULL_REAL,
                              .step_time_s = NULL_REAL,
                              .swing_time_s = NULL_REAL,
                              .duty_factor = NULL_REAL,
                              .flight_time_s = NULL_REAL,
                              .aerial = NULL_INTEGER,
                              .stride_length_m = NULL_REAL,
                              .step_length_m = NULL_REAL};
        if (fault) {
                give_reason(&ret->reasons, of_stride, ARRAY_SIZE(of_stride), fault);
                give_reason(&ret->reasons, of_contact, ARRAY_SIZE(of_contact), fault);
                give_reason(&ret->reasons, of_speed, ARRAY_SIZE(of_speed), fault);
                return;
        }
        ret->cadence_spm = 120.0 / stride_time_s;
        ret->stride_rate_per_min = 60.0 / stride_time_s;
        ret->step_time_s = stride_time_s / 2.0;

        contact_fault = contact_time_fault(contact_time_s, stride_time_s);
        if (contact_fault) {
                give_reason(&ret->reasons, of_contact, ARRAY_SIZE(of_contact), contact_fault);
        } else {
                ret->swing_time_s = stride_time_s - contact_time_s;
                ret->duty_factor = contact_time_s / stride_time_s;
                ret->flight_time_s = stride_time_s / 2.0 - contact_time_s;
                ret->aerial = ret->flight_time_s > 0;
        }
        length_fault = speed_fault(speed_mps);
        if (length_fault) {
                give_reason(&ret->reasons, of_speed, ARRAY_SIZE(of_speed), length_fault);
        } else {
                ret->stride_length_m = speed_mps * stride_time_s;
                ret->step_length_m = ret->stride_length_m / 2.0;
        }
}

double flight_between(double toe_off_s, double other_contact_s)
{
        double flight_s = other_contact_s - toe_off_s;

        return isfinite(flight_s) ? flight_s : NULL_REAL;
}

double cadence_of_steps(size_t n_steps, double time_s)
{
        return isfinite(time_s) && time_s > 0 ? 60.0 * (double)n_steps / time_s : NULL_REAL;
}
