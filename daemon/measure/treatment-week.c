/* The group "treatment" of plan-week.h. */
#include "daemon/measure/plan-week.h"

#include <math.h>

static const char *mark_name(const TreatmentMark *mark)
{
        if (mark->treated[0] && mark->treated[1])
                return "both";
        return mark->treated[0] ? "joint_manipulation" : mark->treated[1] ? "soft_tissue" : "none";
}

typedef struct Effects {
        TreatmentEffect distance, pain;
} Effects;

static const char *take_effects(const Effects *effects, const TreatmentMark *mark, int day,
                                WeekTreatment *group)
{
        if (!mark->is_over)
                return "too_early";
        group->distance_before_m[day] = effects->distance.before;
        group->distance_after_m[day] = effects->distance.after;
        group->pain_before[day] = effects->pain.before;
        group->pain_after[day] = effects->pain.after;
        return effects->distance.reason ? effects->distance.reason : "told";
}

static bool is_empty(const double reals[static 7])
{
        for (int i = 0; i < 7; i++) {
                if (!isnan(reals[i]))
                        return false;
        }
        return true;
}

static void explain(Week *week, const char *path, const double reals[static 7], const char *code)
{
        if (is_empty(reals))
                reasons_add(&week->reasons, path, code);
}

static void explain_all(Week *week, bool any_told)
{
        const WeekTreatment *group = &week->treatment;
        const char *code = any_told ? "too_few_runs" : "no_effect_to_tell";

        explain(week, "treatment.distance_before_m", group->distance_before_m, code);
        explain(week, "treatment.distance_after_m", group->distance_after_m, code);
        explain(week, "treatment.pain_before", group->pain_before, any_told ? "too_few_entries" : code);
        explain(week, "treatment.pain_after", group->pain_after, any_told ? "too_few_entries" : code);
        reasons_add(&week->reasons, "treatment.error", "not_known");
}

int treatment_week(const TreatmentMark marks[static 7], const TreatmentRun *distance_m,
                   const TreatmentRun *pain, size_t n_runs, int32_t monday,
                   const TreatmentParameters *parameters, Week *week)
{
        WeekTreatment *group = &week->treatment;
        int64_t n = 0, told = 0;

        for (int day = 0; day < 7; day++)
                n += marks[day].treated[0] || marks[day].treated[1];
        if (n == 0) {
                reasons_add(&week->reasons, "treatment", "no_treatment");
                return 0;
        }
        codes_none(group->marks);
        codes_none(group->effect);
        for (int day = 0; day < 7; day++) {
                const TreatmentMark *mark = &marks[day];
                const char *effect = "none";
                Effects effects;
                int r;

                if (mark->treated[0] || mark->treated[1]) {
                        r = treatment_effect(distance_m, n_runs, monday + day, parameters,
                                             &effects.distance);
                        if (r >= 0)
                                r = treatment_effect(pain, n_runs, monday + day, parameters,
                                                     &effects.pain);
                        if (r < 0)
                                return r;
                        effect = take_effects(&effects, mark, day, group);
                        told += mark->is_over && !effects.distance.reason;
                }
                (void)codes_add(group->marks, sizeof(group->marks), mark_name(mark)); /* all fit: tested */
                (void)codes_add(group->effect, sizeof(group->effect), effect);
        }
        group->head.n = n;
        group->head.coverage = (double)told / (double)n;
        explain_all(week, told > 0);
        return 0;
}
