#include "daemon/measure/pain-course.h"

#include "base/calendar.h"
#include "daemon/measure/association.h"
#include "daemon/measure/ostrc.h"
#include "daemon/measure/pain-change.h"
#include "daemon/measure/pain-clock.h"
#include "daemon/measure/trend.h"

#include <errno.h>
#include <math.h>

#define NRS_STEP      1
#define OSTRC_ERROR   35.06
#define LAGS          3
#define WEEKS_MAX     60
/* The circular p, never below 1/n, is the larger one anyway; a week's record need not cost more. */
#define PERMUTATIONS  999

static bool is_pain(int64_t value)
{
        return value >= 0 && value <= 10;
}

static void explain(Week *week, const char *path, double value, const char *code)
{
        if (isnan(value))
                reasons_add(&week->reasons, path, code);
}

double pain_course_mean(const int64_t pain[static 7], int64_t complete_days, int64_t *ret_n)
{
        int64_t n = 0, sum = 0;

        for (size_t i = 0; i < 7; i++) {
                if (!is_pain(pain[i]))
                        continue;
                sum += pain[i];
                n++;
        }
        if (ret_n)
                *ret_n = n;
        return n > 0 && n >= complete_days ? (double)sum / (double)n : NULL_REAL;
}

static const int64_t *last_week(const PainCourse *course)
{
        return course->pain + course->n_days - 7;
}

/* ---- its days ---- */

void pain_days_week(const PainCourse *course, Week *week)
{
        WeekPainDays *group = &week->pain_week;
        const DayLoad *days = course->days + course->n_days - 7;
        const int64_t *pain = last_week(course);
        int64_t asked = 0;

        group->head.n = 0;
        for (size_t i = 0; i < 7; i++) {
                asked += days[i].is_over || is_pain(pain[i]);
                if (!is_pain(pain[i]))
                        continue;
                group->daily[i] = (double)pain[i];
                group->head.n++;
        }
        if (group->head.n == 0)
                reasons_add(&week->reasons, "pain.week.daily", "no_entries");
        if (asked > 0)
                group->head.coverage = (double)group->head.n / (double)asked;
        explain(week, "pain.week.coverage", group->head.coverage, "running_week");
        group->head.error = NRS_STEP;
        group->is_complete = group->head.n >= course->parameters->pain_complete_days;
}

/* ---- since the baseline ---- */

void pain_change_week(const PainCourse *course, const PainBaseline *baseline, Week *week)
{
        WeekPainChange *group = &week->pain_change;
        double current = pain_course_mean(last_week(course), course->parameters->pain_complete_days, NULL);
        PainChange change;

        if (baseline->week[0] == '\0') {
                reasons_add(&week->reasons, "pain.change", "no_baseline");
                return;
        }
        (void)text_copy(group->baseline_week, sizeof(group->baseline_week), baseline->week);
        group->baseline_mean = pain_course_mean(baseline->pain, course->parameters->pain_complete_days,
                                                &group->head.n);
        reasons_add(&week->reasons, "pain.change.coverage", "not_known");
        group->head.error = course->parameters->pain_change.points;
        change = pain_change(group->baseline_mean, current, &course->parameters->pain_change);
        group->drop = change.drop;
        group->percent = change.percent;
        (void)text_copy(group->word, sizeof(group->word), change.word ? change.word : ""); /* all fit */
        explain(week, "pain.change.baseline_mean", group->baseline_mean, "incomplete_week");
        explain(week, "pain.change.drop", change.drop, change.reason);
        explain(week, "pain.change.percent", change.percent, change.percent_reason);
        if (!change.word)
                reasons_add(&week->reasons, "pain.change.word", change.reason);
}

/* ---- the questionnaire ---- */

static void explain_integer(Week *week, const char *path, int64_t value, const char *code)
{
        if (value == NULL_INTEGER)
                reasons_add(&week->reasons, path, code);
}

void ostrc_week(const int64_t *answers, Week *week)
{
        WeekOstrc *group = &week->ostrc;
        int64_t asked;
        Ostrc result;

        if (!answers) {
                reasons_add(&week->reasons, "pain.ostrc", "no_questionnaire");
                return;
        }
        result = ostrc(answers);
        group->head.n = 0;
        for (size_t i = 0; i < OSTRC_QUESTIONS; i++)
                group->head.n += answers[i] != NULL_INTEGER;
        asked = answers[0] == 0 || answers[0] == 3 ? 1 : OSTRC_QUESTIONS;
        group->head.coverage = fmin((double)group->head.n / (double)asked, 1);
        group->head.error = OSTRC_ERROR;
        group->severity = result.severity;
        group->problem = result.problem;
        group->substantial = result.substantial;
        explain_integer(week, "pain.ostrc.severity", result.severity, result.severity_reason);
        explain_integer(week, "pain.ostrc.problem", result.problem, result.problem_reason);
        explain_integer(week, "pain.ostrc.substantial", result.substantial,
                        result.substantial_reason);
}

/* ---- the clock ---- */

static void set_date(int32_t first_day, size_t at, char ret[static 12])
{
        date_format(first_day + (int32_t)at, ret);
}

static void set_streak(int32_t first_day, const PainClock *clock, WeekPainClock *group)
{
        const PainStreak *streak = &clock->streak;

        group->head.n = (int64_t)streak->recorded;
        group->head.coverage = (double)streak->recorded / (double)streak->span_days;
        set_date(first_day, streak->start, group->start);
        group->is_older = 0;
        group->span_days = (int64_t)streak->span_days;
        group->pain_days = (int64_t)streak->painful;
        group->pauses = (int64_t)streak->pauses;
        set_date(first_day, clock->reaches, group->reaches);
        if (clock->alert != PAIN_CLOCK_NO_DAY)
                set_date(first_day, clock->alert, group->alert);
}

void pain_clock_week(const int64_t *pain, size_t n, int32_t first_day, const PainClockParameters *parameters,
                     Week *week)
{
        static const char *const verdicts[] = {[PAIN_VERDICT_NO] = "no",
                                               [PAIN_VERDICT_ALERT] = "alert",
                                               [PAIN_VERDICT_CANNOT_TELL] = "cannot_tell"};
        WeekPainClock *group = &week->pain_clock;
        size_t recorded = 0;
        PainClock clock;

        for (size_t i = 0; i < n; i++)
                recorded += is_pain(pain[i]);
        if (recorded == 0) {
                reasons_add(&week->reasons, "pain.clock", "no_entries");
                return;
        }
        clock = pain_clock(pain, n, parameters);
        group->head.n = (int64_t)recorded;
        if (clock.active)
                set_streak(first_day, &clock, group);
        else
                reasons_add(&week->reasons, "pain.clock", "no_streak");
        if (clock.active && !group->alert[0])
                reasons_add(&week->reasons, "pain.clock.alert", "not_reached");
        reasons_add(&week->reasons, "pain.clock.error", "exact");
        (void)text_copy(group->verdict, sizeof(group->verdict), verdicts[clock.verdict]); /* all fit */
        if (clock.reason) /* why it cannot tell */
                reasons_add(&week->reasons, "pain.clock.verdict", clock.reason);
}

/* ---- weeks behind each other ---- */

typedef struct Weekly {
        double load[WEEKS_MAX]; /* distance, m; NAN: a day is not known */
        double pain[WEEKS_MAX]; /* mean; NAN: not complete */
        size_t n;
} Weekly;

static Weekly weekly_of(const PainCourse *course)
{
        Weekly weekly = {.n = course->n_days / 7};

        if (weekly.n > WEEKS_MAX)
                weekly.n = WEEKS_MAX;
        for (size_t w = 0; w < weekly.n; w++) {
                size_t first = course->n_days - (weekly.n - w) * 7;

                weekly.load[w] = 0;
                for (size_t i = 0; i < 7; i++)
                        weekly.load[w] += day_distance_m(&course->days[first + i]);
                weekly.pain[w] = pain_course_mean(course->pain + first, course->parameters->pain_complete_days, NULL);
        }
        return weekly;
}

int pain_trend_week(const PainCourse *course, Week *week)
{
        WeekPainTrend *group = &week->pain_trend;
        Weekly weekly = weekly_of(course);
        TrendPoint points[WEEKS_MAX];
        Trend trend;
        size_t n = 0;
        int r;

        for (size_t w = 0; w < weekly.n; w++) {
                if (!isnan(weekly.pain[w]))
                        points[n++] = (TrendPoint){(double)w, weekly.pain[w]};
        }
        if (n == 0) {
                reasons_add(&week->reasons, "pain.trend", "no_complete_week");
                return 0;
        }
        r = trend_of(points, n, &course->parameters->trend, &trend);
        if (r < 0)
                return r;
        group->head.n = (int64_t)n;
        group->head.coverage = (double)n / (points[n - 1].week - points[0].week + 1);
        group->head.error = (trend.slope_high - trend.slope_low) / 2;
        group->slope = trend.slope;
        group->slope_low = trend.slope_low;
        group->slope_high = trend.slope_high;
        group->p = trend.p;
        (void)text_copy(group->word, sizeof(group->word), trend.word ? trend.word : ""); /* all fit */
        if (trend.reason)
                reasons_add(&week->reasons, "pain.trend", trend.reason);
        if (!trend.word)
                reasons_add(&week->reasons, "pain.trend.word", trend.word_reason);
        return 0;
}

static const char *const shows[] = {[ASSOCIATION_SHOW_NOTHING] = "nothing",
                                    [ASSOCIATION_SHOW_POINTS] = "points",
                                    [ASSOCIATION_SHOW_FIGURE] = "figure"};

static size_t count_pairs(const Weekly *weekly, size_t lag)
{
        size_t n = 0;

        for (size_t w = 0; w + lag < weekly->n; w++)
                n += !isnan(weekly->load[w]) && !isnan(weekly->pain[w + lag]);
        return n;
}

static AssociationShow show_of(size_t pairs, const AssociationParameters *parameters)
{
        if (pairs >= parameters->pairs_figure)
                return ASSOCIATION_SHOW_FIGURE;
        return pairs >= parameters->pairs_points ? ASSOCIATION_SHOW_POINTS : ASSOCIATION_SHOW_NOTHING;
}

int pain_load_week(const PainCourse *course, Week *week)
{
        AssociationParameters parameters = course->parameters->association;
        WeekPainLoad *group = &week->pain_load;
        Weekly weekly = weekly_of(course);
        const char *reason = "too_few_weeks";

        parameters.permutations = PERMUTATIONS;
        for (size_t lag = 0; lag < LAGS; lag++) {
                size_t pairs = count_pairs(&weekly, lag);
                AssociationShow show = show_of(pairs, &parameters);
                Association association;
                int r;

                group->pairs[lag] = (double)pairs;
                (void)codes_add(group->show, sizeof(group->show), shows[show]); /* all fit */
                if (show != ASSOCIATION_SHOW_FIGURE)
                        continue;
                r = association_of(weekly.load, weekly.pain, weekly.n, lag, &parameters, &association);
                if (r < 0)
                        return r;
                reason = association.reason ? association.reason : reason;
                group->tau_b[lag] = association.tau_b;
                group->spearman[lag] = association.spearman;
                group->p[lag] = association.p;
        }
        if (count_pairs(&weekly, 0) == 0) {
                fields_set_null(&week_pain_load_fields, group);
                reasons_add(&week->reasons, "pain.load", "no_complete_week");
                return 0;
        }
        holm_adjust(group->p, LAGS, group->p_holm);
        group->head.n = (int64_t)group->pairs[0];
        group->head.coverage = group->pairs[0] / (double)weekly.n;
        reasons_add(&week->reasons, "pain.load.error", "not_known");
        reasons_add(&week->reasons, "pain.load", reason); /* of each lag that has no figure */
        return 0;
}
