#include "daemon/measure/efficiency.h"

static const char *half_fault(EfficiencyHalf half)
{
        if (!isfinite(half.heart_rate_bpm) || half.heart_rate_bpm <= 0)
                return "no_heart_rate";
        return isfinite(half.speed_mps) && half.speed_mps >= 0 ? NULL : "no_speed";
}

static double metres_per_beat(EfficiencyHalf half)
{
        return 60.0 * half.speed_mps / half.heart_rate_bpm;
}

void efficiency_of(EfficiencyHalf first, EfficiencyHalf second, Efficiency *ret)
{
        const char *first_fault = half_fault(first), *second_fault = half_fault(second);
        const char *fault = first_fault ? first_fault : second_fault;

        *ret = (Efficiency){NULL_REAL, NULL_REAL, NULL_REAL, {.n = 0}};
        if (first_fault)
                reasons_add(&ret->reasons, "first_m_per_beat", first_fault);
        else
                ret->first_m_per_beat = metres_per_beat(first);
        if (second_fault)
                reasons_add(&ret->reasons, "second_m_per_beat", second_fault);
        else
                ret->second_m_per_beat = metres_per_beat(second);
        if (!fault && ret->first_m_per_beat == 0)
                fault = "standing";
        if (fault)
                reasons_add(&ret->reasons, "decoupling_pct", fault);
        else
                ret->decoupling_pct = 100.0 * (ret->first_m_per_beat - ret->second_m_per_beat) /
                                      ret->first_m_per_beat;
}

/* How long sample `i` stands for; 0 when it is unusable or followed by a gap. */
static double time_of(const EfficiencySample *samples, size_t n, size_t i,
                      const EfficiencyParameters *parameters)
{
        EfficiencyHalf values = {samples[i].speed_mps, samples[i].heart_rate_bpm};
        double step_s = i + 1 < n ? samples[i + 1].time_s - samples[i].time_s : 0;

        if (half_fault(values) || fabs(samples[i].grade_pct) > parameters->grade_max_pct)
                return 0;
        return step_s > 0 && step_s <= parameters->step_max_s ? step_s : 0;
}

void efficiency_of_run(const EfficiencySample *samples, size_t n,
                       const EfficiencyParameters *parameters, Efficiency *ret)
{
        EfficiencyHalf halves[2] = {{0}};
        double total_s = 0, half_s[2] = {0}, passed_s = 0;

        for (size_t i = 0; i < n; i++)
                total_s += time_of(samples, n, i, parameters);
        if (!(total_s > 0) || total_s < parameters->duration_min_s) {
                *ret = (Efficiency){NULL_REAL, NULL_REAL, NULL_REAL, {.n = 0}};
                reasons_add(&ret->reasons, "first_m_per_beat", "too_short");
                reasons_add(&ret->reasons, "second_m_per_beat", "too_short");
                reasons_add(&ret->reasons, "decoupling_pct", "too_short");
                return;
        }
        for (size_t i = 0; i < n; i++) {
                double step_s = time_of(samples, n, i, parameters);
                size_t half = passed_s + step_s / 2.0 >= total_s / 2.0;

                if (step_s <= 0)
                        continue;
                halves[half].speed_mps += step_s * samples[i].speed_mps;
                halves[half].heart_rate_bpm += step_s * samples[i].heart_rate_bpm;
                half_s[half] += step_s;
                passed_s += step_s;
        }
        for (size_t half = 0; half < 2; half++) {
                halves[half].speed_mps /= half_s[half];
                halves[half].heart_rate_bpm /= half_s[half];
        }
        efficiency_of(halves[0], halves[1], ret);
}
