#include "daemon/measure/impact.h"

#include "daemon/measure/bone-stimulus.h"

#include <math.h>

/* null + x = x */
static void add_real(double *sum, double value)
{
        if (!isnan(value))
                *sum = isnan(*sum) ? value : *sum + value;
}

static void add_integer(int64_t *sum, int64_t value)
{
        if (value != NULL_INTEGER)
                *sum = *sum == NULL_INTEGER ? value : *sum + value;
}

static double root_of(double bone_sum)
{
        const char *ignored; /* a sum of ours is one */

        return isnan(bone_sum) ? NULL_REAL
                               : bone_stimulus(bone_sum, bone_defaults.exponent, &ignored);
}

/* All that follows from the sums of both sides. */
static void finish(Impact *impact, double left_sum_g, double right_sum_g, Reasons *reasons)
{
        double both = NULL_REAL;

        add_real(&both, impact->left.bone_sum);
        add_real(&both, impact->right.bone_sum);
        impact->left.bone_stimulus = root_of(impact->left.bone_sum);
        impact->right.bone_stimulus = root_of(impact->right.bone_sum);
        impact->bone_stimulus = root_of(both);
        impact->exponent = bone_defaults.exponent;
        if (!isnan(left_sum_g) && !isnan(right_sum_g))
                impact->sum_g = left_sum_g + right_sum_g;
        impact->is_lower_bound = (impact->left.clipped != NULL_INTEGER && impact->left.clipped > 0) ||
                                 (impact->right.clipped != NULL_INTEGER && impact->right.clipped > 0);
        reasons_add(reasons, "load.impact.error", "not_known");
        if (isnan(impact->left.bone_sum))
                reasons_add(reasons, "load.impact.left", "not_measured");
        if (isnan(impact->right.bone_sum))
                reasons_add(reasons, "load.impact.right", "not_measured");
        if (isnan(impact->sum_g))
                reasons_add(reasons, "load.impact.sum_g", "one_foot_only");
        if (isnan(both))
                reasons_add(reasons, "load.impact.bone_stimulus", "not_measured");
}

static void set_side(const ImpactFoot *foot, ImpactSide *side)
{
        if (foot->n_peaks == 0)
                return;
        side->clipped = foot->n_clipped;
        side->peak_max_g = foot->peak_max_g;
        side->bone_sum = foot->bone_sum;
}

void impact_run(const ImpactFoot *left, const ImpactFoot *right, Run *run)
{
        Impact *impact = &run->impact;
        size_t n_steps = left->n_steps + right->n_steps;

        if (n_steps == 0) {
                reasons_add(&run->reasons, "load.impact", "no_foot_pod");
                return;
        }
        impact->head.n = (int64_t)(left->n_peaks + right->n_peaks);
        impact->head.coverage = (double)impact->head.n / (double)n_steps;
        set_side(left, &impact->left);
        set_side(right, &impact->right);
        finish(impact, left->n_peaks ? left->sum_g : NULL_REAL,
               right->n_peaks ? right->sum_g : NULL_REAL, &run->reasons);
}

static void add_side(const ImpactSide *run, ImpactSide *sum)
{
        add_integer(&sum->clipped, run->clipped);
        add_real(&sum->bone_sum, run->bone_sum);
        if (!isnan(run->peak_max_g))
                sum->peak_max_g = isnan(sum->peak_max_g) ? run->peak_max_g
                                                         : fmax(sum->peak_max_g, run->peak_max_g);
}

void impact_week(const WeekInput *input, Week *week)
{
        Impact *impact = &week->impact;
        double n_steps = 0; /* that were counted in runs of feet */

        for (size_t i = 0; i < input->n_runs; i++) {
                const Impact *run = &input->runs[i].run.impact;

                if (!input->runs[i].in_week || run->head.n == NULL_INTEGER)
                        continue;
                add_integer(&impact->head.n, run->head.n);
                if (run->head.coverage > 0)
                        n_steps += (double)run->head.n / run->head.coverage;
                add_side(&run->left, &impact->left);
                add_side(&run->right, &impact->right);
        }
        if (impact->head.n == NULL_INTEGER) {
                reasons_add(&week->reasons, "load.impact",
                            week->load_runs > 0 ? "no_foot_pod" : "no_run");
                return;
        }
        impact->head.coverage = n_steps > 0 ? (double)impact->head.n / n_steps : 0;
        finish(impact, week->left_impact_sum_g, week->right_impact_sum_g, &week->reasons);
}
