#include "daemon/measure/sitting.h"

#include <errno.h>

/* Neighbours alike become one; the new number of runs. */
static size_t merge_into(PostureRun *merged, size_t n, PostureRun run)
{
        if (run.n_epochs <= 0)
                return n;
        if (n > 0 && merged[n - 1].posture == run.posture) {
                merged[n - 1].n_epochs += run.n_epochs;
                return n;
        }
        merged[n] = run;
        return n + 1;
}

static bool is_between_bouts(const PostureRun *runs, size_t n, size_t i)
{
        return i > 0 && i + 1 < n && runs[i].posture == POSTURE_UPRIGHT &&
               runs[i - 1].posture == POSTURE_SITTING && runs[i + 1].posture == POSTURE_SITTING;
}

/* Runs with short stands absorbed; *ret has room for n. */
static size_t normalise(const PostureRun *runs, size_t n, const SittingParameters *parameters,
                        PostureRun *ret)
{
        size_t n_merged = 0, kept = 0;

        for (size_t i = 0; i < n; i++)
                n_merged = merge_into(ret, n_merged, runs[i]);
        for (size_t i = 0; i < n_merged; i++) {
                if (is_between_bouts(ret, n_merged, i) &&
                    (double)ret[i].n_epochs * parameters->epoch_s < parameters->upright_min_s)
                        ret[i].posture = POSTURE_SITTING;
        }
        for (size_t i = 0; i < n_merged; i++)
                kept = merge_into(ret, kept, ret[i]);
        return kept;
}

static int compare_bouts(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

/* Sorts `bouts`. */
static double w50_of(double *bouts, size_t n, double sit_s)
{
        double up_to_s = 0;

        qsort(bouts, n, sizeof(*bouts), compare_bouts);
        for (size_t i = 0; i < n; i++) {
                up_to_s += bouts[i];
                if (up_to_s >= sit_s / 2.0)
                        return bouts[i];
        }
        return NULL_REAL;
}

static void add_bout(SittingDay *day, double bout_s, const SittingParameters *parameters)
{
        day->sit_s += bout_s;
        day->n_bouts++;
        day->longest_s = fmax(day->longest_s, bout_s);
        if (bout_s >= parameters->prolonged_s) {
                day->n_prolonged++;
                day->prolonged_s += bout_s;
        }
}

static void add_shares(SittingDay *day, double *bouts)
{
        const char *fault = day->wear_s > 0 ? NULL : "no_wear";

        if (fault) {
                day->longest_s = NULL_REAL;
                reasons_add(&day->reasons, "sit_pct_of_wear", fault);
                reasons_add(&day->reasons, "longest_s", fault);
        } else {
                day->sit_pct_of_wear = 100.0 * day->sit_s / day->wear_s;
        }
        if (!fault && day->n_bouts == 0)
                fault = "no_sitting";
        if (fault) {
                reasons_add(&day->reasons, "breaks_per_sit_hour", fault);
                reasons_add(&day->reasons, "w50_s", fault);
                return;
        }
        day->breaks_per_sit_hour = (double)day->breaks / (day->sit_s / 3600.0);
        day->w50_s = w50_of(bouts, (size_t)day->n_bouts, day->sit_s);
}

int sitting_day(const PostureRun *runs, size_t n, const SittingParameters *parameters,
                SittingDay *ret)
{
        CLEANUP(freep) PostureRun *merged = calloc(n + 1, sizeof(*merged));
        CLEANUP(freep) double *bouts = calloc(n + 1, sizeof(*bouts));
        SittingDay day = {
                .sit_pct_of_wear = NULL_REAL, .breaks_per_sit_hour = NULL_REAL, .w50_s = NULL_REAL};
        size_t n_merged;

        if (!merged || !bouts)
                return -ENOMEM;
        n_merged = normalise(runs, n, parameters, merged);
        for (size_t i = 0; i < n_merged; i++) {
                double run_s = (double)merged[i].n_epochs * parameters->epoch_s;

                if (merged[i].posture == POSTURE_SITTING) {
                        bouts[day.n_bouts] = run_s;
                        add_bout(&day, run_s, parameters);
                } else if (merged[i].posture == POSTURE_UPRIGHT) {
                        day.upright_s += run_s;
                        day.breaks += is_between_bouts(merged, n_merged, i);
                } else if (merged[i].posture == POSTURE_LYING) {
                        day.lying_s += run_s;
                }
        }
        day.wear_s = day.sit_s + day.upright_s + day.lying_s;
        day.valid = day.wear_s >= parameters->wear_min_s;
        add_shares(&day, bouts);
        *ret = day;
        return 0;
}

SittingWeek sitting_week(const SittingDay *days, size_t n, const SittingParameters *parameters)
{
        SittingWeek week = {0};
        int64_t with_sitting = 0;

        for (size_t i = 0; i < n; i++) {
                if (!days[i].valid)
                        continue;
                week.valid_days++;
                week.sit_s_per_day += days[i].sit_s;
                week.sit_pct_of_wear += days[i].sit_pct_of_wear;
                if (isnan(days[i].breaks_per_sit_hour))
                        continue;
                with_sitting++;
                week.breaks_per_sit_hour += days[i].breaks_per_sit_hour;
        }
        if (week.valid_days < parameters->valid_days_min || week.valid_days == 0) {
                static const char *const paths[] = {"sit_s_per_day", "sit_pct_of_wear",
                                                    "breaks_per_sit_hour"};

                week.sit_s_per_day = week.sit_pct_of_wear = week.breaks_per_sit_hour = NULL_REAL;
                for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
                        reasons_add(&week.reasons, paths[i], "too_few_valid_days");
                return week;
        }
        week.sit_s_per_day /= (double)week.valid_days;
        week.sit_pct_of_wear /= (double)week.valid_days;
        week.breaks_per_sit_hour =
                with_sitting > 0 ? week.breaks_per_sit_hour / (double)with_sitting : NULL_REAL;
        if (with_sitting == 0)
                reasons_add(&week.reasons, "breaks_per_sit_hour", "no_sitting");
        return week;
}
