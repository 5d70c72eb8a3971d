#include "cli/explain-pain.h"

#include "cli/explain-week.h"

#include "base/calendar.h"
#include "base/text.h"
#include "daemon/measure/ostrc.h"
#include "daemon/measure/pain-clock.h"
#include "daemon/measure/trend.h"
#include "proto/fields.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define WEEKS 27 /* that the daemon looks back over, the week the last */
#define DAYS  (WEEKS * 7)

/* ---- days ---- */

static size_t days_ahead(const cJSON *week)
{
        const cJSON *state;
        size_t n = 0;

        cJSON_ArrayForEach(state, json_at(week, "load.days.state"))
                n += cJSON_IsString(state) && strcmp(state->valuestring, "ahead") == 0;
        return n;
}

static bool entry_day(const PainSource *source, const cJSON *entry, int32_t *ret)
{
        int64_t at_utc_ms;

        if (rfc3339_parse(json_text_at(entry, "at"), &at_utc_ms) < 0)
                return false;
        *ret = zone_local_day(source->zone, at_utc_ms);
        return true;
}

static void read_days(const PainSource *source, int32_t first, int64_t *ret, size_t n)
{
        const cJSON *entry;

        for (size_t i = 0; i < n; i++)
                ret[i] = NULL_INTEGER;
        cJSON_ArrayForEach(entry, source->entries) {
                const cJSON *pain = json_at(entry, "pain");
                int32_t day;

                if (!cJSON_IsNumber(pain) || !entry_day(source, entry, &day) || day < first || day >= first + (int32_t)n)
                        continue;
                if ((int64_t)pain->valuedouble > ret[day - first])
                        ret[day - first] = (int64_t)pain->valuedouble;
        }
}

/* ---- results ---- */

static void add_number(Inputs *ret, const char *what, double value)
{
        cJSON *number = isnan(value) ? cJSON_CreateNull() : cJSON_CreateNumber(value);

        inputs_add(ret, what, number, NULL);
        cJSON_Delete(number);
}

static void add_text(Inputs *ret, const char *what, const char *value)
{
        cJSON *text = cJSON_CreateString(value);

        inputs_add(ret, what, text, "diary");
        cJSON_Delete(text);
}

static cJSON *number_or_null(double value)
{
        return isnan(value) ? cJSON_CreateNull() : cJSON_CreateNumber(value);
}

static cJSON *text_or_null(const char *text)
{
        return text ? cJSON_CreateString(text) : cJSON_CreateNull();
}

static cJSON *truth_or_null(int64_t value)
{
        return value == NULL_INTEGER ? cJSON_CreateNull() : cJSON_CreateBool(value == 1);
}

static cJSON *date_or_null(int32_t first, size_t at, bool is_there)
{
        char text[12];

        if (!is_there)
                return cJSON_CreateNull();
        date_format(first + (int32_t)at, text);
        return cJSON_CreateString(text);
}

/* ---- the clock ---- */

static void work_clock(const PainClock *clock, const PainClockParameters *parameters, int32_t first, Inputs *ret)
{
        const PainStreak *streak = &clock->streak;
        char from[12], to[12];

        if (!clock->active) {
                (void)snprintf(ret->worked, sizeof(ret->worked), "no streak runs on the last day");
                return;
        }
        date_format(first + (int32_t)streak->start, from);
        date_format(first + (int32_t)streak->last_pain, to);
        (void)snprintf(ret->worked, sizeof(ret->worked),
                       "%s to %s: %zu days (needs %zu); entries on %zu / %zu = %.2f of them (needs %g); pain in %zu / "
                       "%zu = %.2f of these (needs %g); pauses %zu",
                       from, to, streak->span_days, parameters->need_days, streak->recorded, streak->span_days,
                       (double)streak->recorded / (double)streak->span_days, parameters->min_coverage,
                       streak->painful, streak->recorded, (double)streak->painful / (double)streak->recorded,
                       parameters->min_painful, streak->pauses);
}

static void list_days(const int64_t *days, size_t n, int32_t first, size_t from, Inputs *ret)
{
        for (size_t i = from; i < n; i++) {
                char what[12];

                date_format(first + (int32_t)i, what);
                if (days[i] != NULL_INTEGER)
                        add_number(ret, what, (double)days[i]);
        }
}

/* As far back as a streak reaches that is older than the weeks that are looked at otherwise. */
static int32_t clock_first(const PainSource *source)
{
        int32_t first = source->monday - (WEEKS - 1) * 7, start;

        if (date_parse(json_text_at(source->week, "pain.clock.start"), &start) >= 0 && start < first)
                return start;
        return first;
}

static int explain_clock(const PainSource *source, const MeasureParameters *parameters, const char *name, Inputs *ret)
{
        static const char *const verdicts[] = {[PAIN_VERDICT_NO] = "no",
                                               [PAIN_VERDICT_ALERT] = "alert",
                                               [PAIN_VERDICT_CANNOT_TELL] = "cannot_tell"};
        int32_t first = clock_first(source);
        size_t n = (size_t)(source->monday + 7 - first) - days_ahead(source->week), recorded = 0;
        CLEANUP(freep) int64_t *days = calloc(n + 1, sizeof(*days)); /* n may be 0 */
        PainClock clock;

        if (!days)
                return -ENOMEM;
        read_days(source, first, days, n);
        for (size_t i = 0; i < n; i++)
                recorded += days[i] != NULL_INTEGER;
        clock = pain_clock(days, n, &parameters->pain_clock);
        work_clock(&clock, &parameters->pain_clock, first, ret);
        list_days(days, n, first, clock.active ? clock.streak.start : n > 7 ? n - 7 : 0, ret);
        if (strcmp(name, "verdict") == 0)
                ret->result = text_or_null(recorded > 0 ? verdicts[clock.verdict] : NULL);
        else if (strcmp(name, "start") == 0)
                ret->result = date_or_null(first, clock.streak.start, clock.active);
        else if (strcmp(name, "reaches") == 0)
                ret->result = date_or_null(first, clock.reaches, clock.active);
        else if (strcmp(name, "alert") == 0)
                ret->result = date_or_null(first, clock.alert, clock.active && clock.alert != PAIN_CLOCK_NO_DAY);
        else if (strcmp(name, "is_older") == 0)
                ret->result = truth_or_null(clock.active ? 0 : NULL_INTEGER);
        else if (strcmp(name, "span_days") == 0)
                ret->result = number_or_null(clock.active ? (double)clock.streak.span_days : NULL_REAL);
        else if (strcmp(name, "pain_days") == 0)
                ret->result = number_or_null(clock.active ? (double)clock.streak.painful : NULL_REAL);
        else if (strcmp(name, "pauses") == 0)
                ret->result = number_or_null(clock.active ? (double)clock.streak.pauses : NULL_REAL);
        return 0;
}

/* ---- the trend ---- */

static double mean_of_week(const int64_t days[static 7], int64_t complete_days)
{
        double sum = 0;
        int64_t n = 0;

        for (size_t i = 0; i < 7; i++) {
                sum += days[i] == NULL_INTEGER ? 0 : (double)days[i];
                n += days[i] != NULL_INTEGER;
        }
        return n > 0 && n >= complete_days ? sum / (double)n : NULL_REAL;
}

static int explain_trend(const PainSource *source, const MeasureParameters *parameters, const char *name, Inputs *ret)
{
        int64_t days[DAYS];
        TrendPoint points[WEEKS];
        size_t n = 0;
        Trend trend;
        int r;

        read_days(source, source->monday - (WEEKS - 1) * 7, days, DAYS);
        for (size_t w = 0; w < WEEKS; w++) {
                double mean = mean_of_week(days + w * 7, parameters->pain_complete_days);
                char what[32], monday[12];

                if (isnan(mean))
                        continue;
                points[n++] = (TrendPoint){(double)w, mean};
                date_format(source->monday - (int32_t)(WEEKS - 1 - w) * 7, monday);
                (void)snprintf(what, sizeof(what), "mean of week %s", monday);
                add_number(ret, what, mean);
        }
        if (n == 0) {
                (void)snprintf(ret->worked, sizeof(ret->worked), "no complete week");
                ret->result = cJSON_CreateNull();
                return 0;
        }
        r = trend_of(points, n, &parameters->trend, &trend);
        if (r < 0)
                return r;
        (void)snprintf(ret->worked, sizeof(ret->worked),
                       "n = %zu weeks of %g; S = %lld, Var = %.6g; median of %zu slopes = %.6g (%.6g to %.6g) a week; p "
                       "= %.4g (needs < %g); |slope · span| = |%.4g · %g| (needs %g), weeks needed %zu",
                       n, trend.span + 1, (long long)trend.s, trend.var_s, trend.n_pairs, trend.slope, trend.slope_low,
                       trend.slope_high, trend.p, parameters->trend.p_below, trend.slope, trend.span,
                       parameters->trend.change_min, parameters->trend.weeks_min);
        ret->tolerance = 1e-5;
        if (strcmp(name, "slope") == 0)
                ret->result = number_or_null(trend.slope);
        else if (strcmp(name, "slope_low") == 0)
                ret->result = number_or_null(trend.slope_low);
        else if (strcmp(name, "slope_high") == 0)
                ret->result = number_or_null(trend.slope_high);
        else if (strcmp(name, "p") == 0)
                ret->result = number_or_null(trend.p);
        else if (strcmp(name, "word") == 0)
                ret->result = text_or_null(trend.word);
        return 0;
}

/* ---- the questionnaire ---- */

/* The week's newest; entries come in order of time. */
static const cJSON *find_questionnaire(const PainSource *source, int64_t answers[static OSTRC_QUESTIONS])
{
        const cJSON *entry, *found = NULL;

        cJSON_ArrayForEach(entry, source->entries) {
                int64_t said[OSTRC_QUESTIONS];
                bool any = false;
                int32_t day;

                for (size_t i = 0; i < OSTRC_QUESTIONS; i++) {
                        char key[12];
                        const cJSON *answer;

                        (void)snprintf(key, sizeof(key), "ostrc.q%zu", i + 1);
                        answer = json_at(entry, key);
                        said[i] = cJSON_IsNumber(answer) ? (int64_t)answer->valuedouble : NULL_INTEGER;
                        any |= said[i] != NULL_INTEGER;
                }
                if (!any || !entry_day(source, entry, &day) || day < source->monday || day > source->monday + 6 ||
                    (found && strcmp(json_text_at(entry, "at"), json_text_at(found, "at")) < 0))
                        continue;
                found = entry;
                memcpy(answers, said, sizeof(said));
        }
        return found;
}

static void explain_ostrc(const PainSource *source, const char *name, Inputs *ret)
{
        static const int points[] = {0, 8, 17, 25};
        int64_t answers[OSTRC_QUESTIONS] = {NULL_INTEGER, NULL_INTEGER, NULL_INTEGER, NULL_INTEGER};
        const cJSON *entry = find_questionnaire(source, answers);
        Ostrc result = ostrc(answers);

        if (entry)
                add_text(ret, "entry", json_text_at(entry, "at"));
        for (size_t i = 0; i < OSTRC_QUESTIONS; i++) {
                char text[32] = "–";
                size_t used = strlen(ret->worked);

                if (answers[i] >= 0 && answers[i] <= 3)
                        (void)snprintf(text, sizeof(text), "%d (%d)", (int)answers[i], points[answers[i]]);
                (void)snprintf(ret->worked + used, sizeof(ret->worked) - used, "%sQ%zu = %s", i ? ", " : "", i + 1, text);
        }
        if (strcmp(name, "severity") == 0)
                ret->result = number_or_null(result.severity == NULL_INTEGER ? NULL_REAL : (double)result.severity);
        else if (strcmp(name, "problem") == 0)
                ret->result = truth_or_null(result.problem);
        else if (strcmp(name, "substantial") == 0)
                ret->result = truth_or_null(result.substantial);
}

int explain_pain(const PainSource *source, const char *name, Inputs *ret)
{
        MeasureParameters parameters = week_settings(source->week);

        if (strncmp(name, "clock.", 6) == 0)
                return explain_clock(source, &parameters, name + 6, ret);
        if (strncmp(name, "ostrc.", 6) == 0)
                explain_ostrc(source, name + 6, ret);
        return strncmp(name, "trend.", 6) == 0 ? explain_trend(source, &parameters, name + 6, ret) : 0;
}
