#include "daemon/measure/week-sensed.h"

#include "daemon/measure/rounding.h"

#include <string.h>

#define HOUR_S   3600.0
#define MINUTE_S 60.0

/* ---- sitting ---- */

/* As sitting_day gave it. */
static SittingDay day_of(const SensedDay *told, const SittingParameters *parameters)
{
        double sit_h = told->sit_s / HOUR_S;

        return (SittingDay){
                .sit_s = told->sit_s,
                .wear_s = told->wear_s,
                .sit_pct_of_wear = told->wear_s > 0 ? 100 * told->sit_s / told->wear_s : NULL_REAL,
                .n_bouts = told->bouts,
                .breaks = told->breaks,
                .breaks_per_sit_hour = sit_h > 0 ? (double)told->breaks / sit_h : NULL_REAL,
                .longest_s = told->longest_s,
                .valid = told->wear_s >= parameters->wear_min_s,
        };
}

static void put_means(const SittingDay *days, size_t n, const SittingParameters *parameters, Week *week)
{
        SittingWeek means = sitting_week(days, n, parameters);
        WeekSitting *sitting = &week->sitting;
        const char *few = "too_few_valid_days";

        sitting->valid_days = means.valid_days;
        sitting->head.coverage = rounded((double)means.valid_days / WEEK_DAYS);
        sitting->hours_per_day = rounded(means.sit_s_per_day / HOUR_S);
        sitting->pct_of_wear = rounded(means.sit_pct_of_wear);
        sitting->breaks_per_hour = rounded(means.breaks_per_sit_hour);
        if (isnan(sitting->hours_per_day))
                reasons_add(&week->reasons, "sitting.hours_per_day", few);
        if (isnan(sitting->pct_of_wear))
                reasons_add(&week->reasons, "sitting.pct_of_wear", few);
        if (isnan(sitting->breaks_per_hour))
                reasons_add(&week->reasons, "sitting.breaks_per_hour",
                            isnan(sitting->hours_per_day) ? few : "no_sitting");
}

static void add_day(WeekSitting *sitting, const SensedDay *told, int32_t monday)
{
        size_t at = (size_t)(told->day - monday);

        sitting->sit_h[at] = rounded(told->sit_s / HOUR_S);
        sitting->wear_h[at] = rounded(told->wear_s / HOUR_S);
        sitting->bouts += told->bouts;
        sitting->breaks += told->breaks;
        sitting->prolonged += told->prolonged;
        sitting->longest_min = fmax(sitting->longest_min, rounded(told->longest_s / MINUTE_S));
        (void)text_copy(sitting->source, sizeof(sitting->source),
                        sitting->source[0] == '\0' || strcmp(sitting->source, told->source) == 0
                                ? told->source
                                : "mixed");
}

/* What nobody measured: hours alone. 0: nothing was said. */
static size_t put_said(const double said_h[static WEEK_DAYS], const SittingParameters *parameters, Week *week)
{
        static const char *const unsaid[] = {
                "sitting.valid_days", "sitting.pct_of_wear", "sitting.breaks_per_hour", "sitting.longest_min",
                "sitting.bouts",      "sitting.breaks",      "sitting.prolonged",       "sitting.wear_h"};
        WeekSitting *sitting = &week->sitting;
        double sum = 0;
        size_t n = 0;

        for (size_t i = 0; i < WEEK_DAYS; i++) {
                if (isnan(said_h[i]))
                        continue;
                sitting->sit_h[i] = rounded(said_h[i]);
                sum += said_h[i];
                n++;
        }
        if (n == 0)
                return 0;
        sitting->head.n = (int64_t)n;
        sitting->head.coverage = rounded((double)n / WEEK_DAYS);
        (void)text_copy(sitting->source, sizeof(sitting->source), "self_reported");
        if (n >= (size_t)parameters->valid_days_min)
                sitting->hours_per_day = rounded(sum / (double)n);
        else
                reasons_add(&week->reasons, "sitting.hours_per_day", "too_few_days");
        for (size_t i = 0; i < ARRAY_SIZE(unsaid); i++)
                reasons_add(&week->reasons, unsaid[i], "self_reported");
        reasons_add(&week->reasons, "sitting.error", "self_reported");
        return n;
}

void week_sitting(const SensedDay *days, size_t n, const double said_h[static WEEK_DAYS], int32_t monday,
                  const SittingParameters *parameters, Week *week)
{
        WeekSitting *sitting = &week->sitting;
        SittingDay list[WEEK_DAYS];
        const char *fault = NULL;
        size_t n_list = 0;

        for (size_t i = 0; i < n; i++) {
                if (days[i].fault[0] != '\0')
                        fault = strcmp(days[i].fault, "upside_down") == 0 ? "upside_down"
                                                                          : "no_walking_reference";
                if (isnan(days[i].sit_s) || days[i].day < monday || days[i].day >= monday + WEEK_DAYS ||
                    n_list == WEEK_DAYS)
                        continue;
                if (n_list == 0)
                        sitting->bouts = sitting->breaks = sitting->prolonged = 0;
                list[n_list++] = day_of(&days[i], parameters);
                add_day(sitting, &days[i], monday);
        }
        if (n_list == 0 && put_said(said_h, parameters, week) > 0)
                return;
        if (n_list == 0) {
                reasons_add(&week->reasons, "sitting", fault ? fault : "no_thigh_or_sacrum_pod");
                return;
        }
        sitting->head.n = (int64_t)n_list;
        put_means(list, n_list, parameters, week);
        reasons_add(&week->reasons, "sitting.error", "not_published");
}

/* ---- exercises ---- */

void week_exercises(const SensedDay *days, size_t n, Week *week)
{
        WeekExercises *exercises = &week->exercises;
        bool bridges = false, stretches = false;
        WeekExercises sum = {0};

        for (size_t i = 0; i < n; i++) {
                bool bridge = days[i].bridge_reps != NULL_INTEGER;
                bool stretch = days[i].stretch_left != NULL_INTEGER;

                bridges |= bridge;
                stretches |= stretch;
                sum.head.n += bridge || stretch;
                if (bridge) {
                        sum.bridge_days += days[i].bridge_reps > 0;
                        sum.bridge_reps += days[i].bridge_reps;
                        sum.bridge_hold_s += days[i].bridge_hold_s;
                }
                if (stretch) {
                        sum.stretch_days += days[i].stretch_left + days[i].stretch_right > 0;
                        sum.stretch_left += days[i].stretch_left;
                        sum.stretch_left_s += days[i].stretch_left_s;
                        sum.stretch_right += days[i].stretch_right;
                        sum.stretch_right_s += days[i].stretch_right_s;
                }
        }
        if (sum.head.n == 0) {
                reasons_add(&week->reasons, "exercises", "not_sensed");
                return;
        }
        exercises->head.n = sum.head.n;
        exercises->head.coverage = rounded((double)sum.head.n / WEEK_DAYS);
        reasons_add(&week->reasons, "exercises.error", "not_published");
        if (bridges) {
                exercises->bridge_days = sum.bridge_days;
                exercises->bridge_reps = sum.bridge_reps;
                exercises->bridge_hold_s = rounded(sum.bridge_hold_s);
        } else {
                reasons_add(&week->reasons, "exercises.bridge", "no_sacrum_pod");
        }
        if (stretches) {
                exercises->stretch_days = sum.stretch_days;
                exercises->stretch_left = sum.stretch_left;
                exercises->stretch_left_s = rounded(sum.stretch_left_s);
                exercises->stretch_right = sum.stretch_right;
                exercises->stretch_right_s = rounded(sum.stretch_right_s);
        } else {
                reasons_add(&week->reasons, "exercises.stretch", "no_thigh_pods");
        }
}
