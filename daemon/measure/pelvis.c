#include "daemon/measure/pelvis.h"

#include <errno.h>
#include <stdbool.h>

#include "daemon/measure/median.h"

typedef struct Spread {
        double sum, min, max;
        size_t n;
} Spread;

static void spread_add(Spread *spread, double value)
{
        if (!isfinite(value))
                return;
        spread->min = spread->n == 0 || value < spread->min ? value : spread->min;
        spread->max = spread->n == 0 || value > spread->max ? value : spread->max;
        spread->sum += value;
        spread->n++;
}

static double spread_range(const Spread *spread)
{
        return spread->max - spread->min;
}

static Spread spread_of(const double *values, size_t n)
{
        Spread spread = {0};

        for (size_t i = 0; values && i < n; i++)
                spread_add(&spread, values[i]);
        return spread;
}

/* Yaw as a continuous line: each step is taken the short way round. */
static Spread spread_of_yaw(const double *values, size_t n)
{
        Spread spread = {0};
        double line = 0, last = NULL_REAL;

        for (size_t i = 0; values && i < n; i++) {
                if (!isfinite(values[i]))
                        continue;
                line = isnan(last) ? values[i] : line + remainder(values[i] - last, 360.0);
                last = values[i];
                spread_add(&spread, line);
        }
        return spread;
}

/* sign·(a − a₀) + (sacrum − sacrum₀) wherever both were sampled. */
static Spread spread_of_pair(const PelvisStride *stride, const double *other, double sign,
                             double sacrum_zero, double other_zero)
{
        Spread spread = {0};

        for (size_t i = 0; stride->sacrum_pitch_deg && other && i < stride->n; i++)
                spread_add(&spread, stride->sacrum_pitch_deg[i] - sacrum_zero +
                                            sign * (other[i] - other_zero));
        return spread;
}

static void give_reason(PelvisCycle *cycle, const char *a, const char *b, const char *c,
                        const char *code)
{
        reasons_add(&cycle->reasons, a, code);
        if (b)
                reasons_add(&cycle->reasons, b, code);
        if (c)
                reasons_add(&cycle->reasons, c, code);
}

static void measure_sacrum(const PelvisStride *stride, const Standing *standing, PelvisCycle *ret)
{
        Spread tilt = spread_of(stride->sacrum_pitch_deg, stride->n);
        Spread obliquity = spread_of(stride->obliquity_deg, stride->n);
        Spread rotation = spread_of_yaw(stride->rotation_deg, stride->n);

        if (tilt.n == 0)
                give_reason(ret, "tilt_mean", "tilt_range", NULL, "no_sacrum");
        else
                ret->tilt_range = spread_range(&tilt);
        if (tilt.n > 0 && isfinite(standing->sacrum_deg))
                ret->tilt_mean = tilt.sum / (double)tilt.n;
        else
                give_reason(ret, "tilt_mean", NULL, NULL, "no_standing");
        if (obliquity.n == 0)
                give_reason(ret, "obliquity_range", NULL, NULL, "no_obliquity");
        else
                ret->obliquity_range = spread_range(&obliquity);
        if (rotation.n == 0)
                give_reason(ret, "rotation_range", NULL, NULL, "no_rotation");
        else
                ret->rotation_range = spread_range(&rotation);
}

static const char *pair_fault(size_t n_sacrum, const double *other, size_t n_other,
                              const char *missing)
{
        if (n_sacrum == 0)
                return "no_sacrum";
        return !other || n_other == 0 ? missing : NULL;
}

static void measure_lumbar(const PelvisStride *stride, const Standing *standing, PelvisCycle *ret)
{
        /* the zeros shift the mean and never the range: without them it is taken about 0 */
        bool calibrated = isfinite(standing->sacrum_deg) && isfinite(standing->t12_deg);
        Spread lumbar = spread_of_pair(stride, stride->t12_pitch_deg, -1.0,
                                       calibrated ? standing->sacrum_deg : 0,
                                       calibrated ? standing->t12_deg : 0);
        const char *fault = pair_fault(spread_of(stride->sacrum_pitch_deg, stride->n).n,
                                       stride->t12_pitch_deg, lumbar.n, "no_t12");

        if (fault) {
                give_reason(ret, "lumbar_mean", "lumbar_max", "lumbar_range", fault);
                return;
        }
        ret->lumbar_range = spread_range(&lumbar);
        if (!calibrated) {
                give_reason(ret, "lumbar_mean", "lumbar_max", NULL, "no_standing");
                return;
        }
        ret->lumbar_mean = lumbar.sum / (double)lumbar.n;
        ret->lumbar_max = lumbar.max;
}

static void measure_hip(const PelvisStride *stride, const Standing *standing, PelvisCycle *ret)
{
        Spread hip = spread_of_pair(stride, stride->thigh_pitch_deg, 1.0, standing->sacrum_deg,
                                    standing->thigh_deg);
        bool calibrated = isfinite(standing->sacrum_deg) && isfinite(standing->thigh_deg);
        const char *fault = pair_fault(spread_of(stride->sacrum_pitch_deg, stride->n).n,
                                       stride->thigh_pitch_deg, calibrated ? hip.n : 1, "no_thigh");

        if (!fault && !calibrated)
                fault = "no_standing";
        if (fault) {
                give_reason(ret, "hip_flexion_max", "hip_extension_max", NULL, fault);
                return;
        }
        ret->hip_flexion_max = hip.max;
        ret->hip_extension_max = -hip.min;
}

static const struct {
        const char *name;
        size_t offset;
} members[] = {
        {"tilt_mean", offsetof(PelvisCycle, tilt_mean)},
        {"tilt_range", offsetof(PelvisCycle, tilt_range)},
        {"obliquity_range", offsetof(PelvisCycle, obliquity_range)},
        {"rotation_range", offsetof(PelvisCycle, rotation_range)},
        {"lumbar_mean", offsetof(PelvisCycle, lumbar_mean)},
        {"lumbar_max", offsetof(PelvisCycle, lumbar_max)},
        {"lumbar_range", offsetof(PelvisCycle, lumbar_range)},
        {"hip_flexion_max", offsetof(PelvisCycle, hip_flexion_max)},
        {"hip_extension_max", offsetof(PelvisCycle, hip_extension_max)},
};

static double member_of(const PelvisCycle *cycle, size_t m)
{
        return *(const double *)(const void *)((const char *)cycle + members[m].offset);
}

static void set_member(PelvisCycle *cycle, size_t m, double value)
{
        *(double *)(void *)((char *)cycle + members[m].offset) = value;
}

static void set_null(PelvisCycle *cycle)
{
        *cycle = (PelvisCycle){0};
        for (size_t m = 0; m < ARRAY_SIZE(members); m++)
                set_member(cycle, m, NULL_REAL);
}

void pelvis_cycle(const PelvisStride *stride, const Standing *standing, PelvisCycle *ret)
{
        set_null(ret);
        measure_sacrum(stride, standing, ret);
        measure_lumbar(stride, standing, ret);
        measure_hip(stride, standing, ret);
}

int pelvis_median(const PelvisCycle *cycles, size_t n, PelvisCycle *ret)
{
        CLEANUP(freep) double *values = calloc(n + 1, sizeof(*values));

        if (!values)
                return -ENOMEM;
        set_null(ret);
        for (size_t m = 0; m < ARRAY_SIZE(members); m++) {
                const char *code = n > 0 ? reasons_find(&cycles[0].reasons, members[m].name) : NULL;
                size_t n_values = 0;

                for (size_t i = 0; i < n; i++) {
                        if (!isnan(member_of(&cycles[i], m)))
                                values[n_values++] = member_of(&cycles[i], m);
                }
                set_member(ret, m, median_of(values, n_values));
                if (n_values == 0)
                        reasons_add(&ret->reasons, members[m].name, code ? code : "no_strides");
        }
        return 0;
}

PelvicDrop pelvic_drop(const double *other_down_deg, size_t n, size_t contact)
{
        PelvicDrop drop = {NULL_REAL, NULL_REAL, "no_stance"};
        Spread stance = {0};

        for (size_t i = contact; i < n; i++)
                spread_add(&stance, other_down_deg[i]);
        if (stance.n == 0)
                return drop;
        drop.peak_deg = stance.max;
        drop.reason = "no_contact";
        if (!isfinite(other_down_deg[contact]))
                return drop;
        drop.excursion_deg = stance.max - other_down_deg[contact];
        drop.reason = NULL;
        return drop;
}
