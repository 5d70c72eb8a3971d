/* What pods measured, beside what the clinician marked: of the group "assessment" of plan-week.h. */
#include "daemon/measure/plan-week.h"

#include "daemon/measure/median.h"
#include "daemon/measure/rounding.h"

#include <math.h>
#include <string.h>

/* Of a run, where its median goes, and the path. */
static const struct {
        size_t of_run, of_week;
        const char *path;
} measures[] = {
        {offsetof(Trunk, hip_left_extension_deg), offsetof(WeekAssessment, hip_extension_left_deg),
         "assessment.measured.hip_extension_left_deg"},
        {offsetof(Trunk, hip_right_extension_deg), offsetof(WeekAssessment, hip_extension_right_deg),
         "assessment.measured.hip_extension_right_deg"},
        {offsetof(Trunk, lumbar_mean_deg), offsetof(WeekAssessment, lumbar_extension_deg),
         "assessment.measured.lumbar_extension_deg"},
};

static double real_at(const void *record, size_t offset)
{
        return *(const double *)(const void *)((const char *)record + offset);
}

static void put_real(void *record, size_t offset, double value)
{
        *(double *)(void *)((char *)record + offset) = value;
}

void assessment_measured(const Trunk *runs, size_t n, const char *why_not, Week *week)
{
        WeekAssessment *group = &week->assessment;
        double values[ASSESSMENT_RUNS_MAX];

        if (n > ASSESSMENT_RUNS_MAX)
                n = ASSESSMENT_RUNS_MAX;
        if (n == 0)
                reasons_add(&week->reasons, "assessment.measured", why_not ? why_not : "no_angle");
        else
                group->measured_runs = (int64_t)n;
        for (size_t m = 0; n > 0 && m < ARRAY_SIZE(measures); m++) {
                size_t n_values = 0;

                for (size_t i = 0; i < n; i++) {
                        if (!isnan(real_at(&runs[i], measures[m].of_run)))
                                values[n_values++] = real_at(&runs[i], measures[m].of_run);
                }
                put_real(group, measures[m].of_week, rounded(median_of(values, n_values)));
                if (n_values == 0)
                        reasons_add(&week->reasons, measures[m].path, "no_angle");
        }
}

bool assessment_speaks_of(const Trunk *run)
{
        for (size_t m = 0; m < ARRAY_SIZE(measures); m++) {
                if (!isnan(real_at(run, measures[m].of_run)))
                        return true;
        }
        return false;
}

static void explain(Week *week, const char *path, const double reals[static MOVEMENT_COUNT])
{
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                if (!isnan(reals[movement]))
                        return;
        }
        reasons_add(&week->reasons, path, "no_trial");
}

void assessment_trials(const SensedDay *day, const char *why_not, Week *week)
{
        WeekAssessment *group = &week->assessment;

        if (!day || day->trial_sites[0] == '\0') {
                reasons_add(&week->reasons, "assessment.trials", why_not ? why_not : "no_trial");
                return;
        }
        memcpy(group->trial_left_deg, day->trial_left_deg, sizeof(group->trial_left_deg));
        memcpy(group->trial_right_deg, day->trial_right_deg, sizeof(group->trial_right_deg));
        (void)text_copy(group->trial_sites, sizeof(group->trial_sites), day->trial_sites); /* as long */
        explain(week, "assessment.trials.left_deg", group->trial_left_deg);
        explain(week, "assessment.trials.right_deg", group->trial_right_deg);
}
