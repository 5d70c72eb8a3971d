#include "oracle.h"

#include "daemon/measure/association.h"
#include "daemon/measure/ostrc.h"
#include "daemon/measure/pain-change.h"
#include "daemon/measure/pain-clock.h"
#include "daemon/measure/pain.h"
#include "daemon/measure/parameters.h"
#include "daemon/measure/splitmix.h"
#include "daemon/measure/trend.h"
#include "proto/fields.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static cJSON *run_nrs(const cJSON *in)
{
        PainEntry entries[256];
        size_t n = 0;
        int32_t day = 0;
        const cJSON *of_day, *entry;
        cJSON *out = cJSON_CreateObject();
        PainWeek week;

        cJSON_ArrayForEach(of_day, oracle_at(in, "entries_by_day")) {
                cJSON_ArrayForEach(entry, of_day) {
                        if (n < 256 && cJSON_IsNumber(entry))
                                entries[n++] = (PainEntry){day, (int64_t)entry->valuedouble};
                }
                day++;
        }
        week = pain_week(entries, n, 0, measure_defaults.pain_complete_days);
        oracle_put(out, "n_days", (double)week.entry_days);
        oracle_put(out, "mean_of_daily_max", week.mean);
        oracle_put(out, "max", week.max == NULL_INTEGER ? (double)NAN : (double)week.max);
        oracle_put(out, "days_with_pain", (double)week.days_with_pain);
        cJSON_AddBoolToObject(out, "complete", week.complete);
        return out;
}

static void append(cJSON *list, double value)
{
        cJSON_AddItemToArray(list, isnan(value) ? cJSON_CreateNull() : cJSON_CreateNumber(value));
}

static void put_boolean(cJSON *out, const char *key, int64_t value)
{
        if (value == NULL_INTEGER)
                cJSON_AddNullToObject(out, key);
        else
                cJSON_AddBoolToObject(out, key, value == 1);
}

static int64_t integer_of(double value)
{
        return isnan(value) ? NULL_INTEGER : (int64_t)value;
}

/* A parameter that the case may leave at its default. */
static void take_count(const cJSON *in, const char *key, size_t *parameter)
{
        double count = oracle_real(in, key);

        if (count >= 0)
                *parameter = (size_t)count;
}

static cJSON *run_change(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        PainChange change = pain_change(oracle_real(in, "baseline"), oracle_real(in, "current"),
                                        &measure_defaults.pain_change);

        oracle_put(out, "drop", change.drop);
        oracle_put(out, "pct", change.percent);
        put_boolean(out, "ge2", change.meets_points);
        put_boolean(out, "ge30pct", change.meets_percent);
        oracle_put_text(out, "class", change.word);
        return out;
}

static cJSON *run_ostrc(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        int64_t answers[OSTRC_QUESTIONS] = {NULL_INTEGER, NULL_INTEGER, NULL_INTEGER, NULL_INTEGER};
        size_t n;
        bool are_whole = true;
        double *given = oracle_reals(oracle_at(in, "q_index_0to3"), &n);
        Ostrc result;

        for (size_t i = 0; i < n && i < OSTRC_QUESTIONS; i++) {
                answers[i] = integer_of(given[i]);
                are_whole = are_whole && (isnan(given[i]) || given[i] == (double)answers[i]);
        }
        free(given);
        if (!are_whole) { /* no answer of the questionnaire; to cut it off would make it one */
                cJSON_Delete(out);
                return NULL;
        }
        result = ostrc(answers);
        oracle_put_integer(out, "severity", result.severity);
        put_boolean(out, "problem", result.problem);
        put_boolean(out, "substantial", result.substantial);
        return out;
}

static cJSON *run_trend(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject(), *interval = cJSON_AddArrayToObject(out, "slope_ci95_outward");
        size_t n_weeks, n;
        double *weeks = oracle_reals(oracle_at(in, "week"), &n_weeks);
        double *values = oracle_reals(oracle_at(in, "value"), &n);
        TrendPoint *points = calloc(n + 1, sizeof(*points));
        Trend trend = {0};

        for (size_t i = 0; i < n && i < n_weeks; i++)
                points[i] = (TrendPoint){weeks[i], values[i]};
        if (trend_of(points, n < n_weeks ? n : n_weeks, &measure_defaults.trend, &trend) < 0)
                abort();
        oracle_put(out, "n", (double)trend.n);
        oracle_put_integer(out, "S", trend.s);
        oracle_put(out, "varS", trend.var_s);
        oracle_put(out, "z", trend.z);
        oracle_put(out, "p_normal", trend.p_normal);
        oracle_put_integer(out, "exact_count", trend.exact_count);
        oracle_put_integer(out, "exact_total", trend.exact_total);
        oracle_put(out, "p_exact", trend.p_exact);
        oracle_put(out, "slope", trend.slope);
        oracle_put(out, "intercept_joint", trend.intercept);
        oracle_put(out, "n_pairs", (double)trend.n_pairs);
        append(interval, trend.slope_low);
        append(interval, trend.slope_high);
        oracle_put(out, "min_attainable_p", trend.min_p);
        free(points);
        free(weeks);
        free(values);
        return out;
}

static cJSON *run_min_p(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(out, "min_two_sided_p_no_ties");
        const cJSON *n;

        cJSON_ArrayForEach(n, oracle_at(in, "n"))
                append(list, trend_min_p((size_t)n->valuedouble));
        return out;
}

static void put_day(cJSON *out, const char *key, size_t day)
{
        oracle_put(out, key, day == PAIN_CLOCK_NO_DAY ? (double)NAN : (double)day);
}

static void put_streak(cJSON *out, const char *key, const PainStreak *streak)
{
        cJSON *object = cJSON_AddObjectToObject(out, key);

        oracle_put(object, "start", (double)streak->start);
        oracle_put(object, "span_days", (double)streak->span_days);
        oracle_put(object, "recorded", (double)streak->recorded);
        oracle_put(object, "painful", (double)streak->painful);
}

static cJSON *run_clock(const cJSON *in)
{
        static const char *const verdicts[] = {
                [PAIN_VERDICT_NO] = "no",
                [PAIN_VERDICT_ALERT] = "alert",
                [PAIN_VERDICT_CANNOT_TELL] = "cannot_tell",
        };
        cJSON *out = cJSON_CreateObject();
        PainClockParameters parameters = measure_defaults.pain_clock;
        size_t n;
        double *diary = oracle_reals(oracle_at(in, "diary"), &n);
        int64_t *days = calloc(n + 1, sizeof(*days));
        PainClock clock;

        take_count(in, "free_run_end", &parameters.free_run_end);
        take_count(in, "unknown_gap_end", &parameters.unknown_gap_end);
        take_count(in, "need_days", &parameters.need_days);
        if (cJSON_IsNumber(oracle_at(in, "min_coverage")))
                parameters.min_coverage = oracle_real(in, "min_coverage");
        for (size_t i = 0; i < n; i++)
                days[i] = integer_of(diary[i]);
        clock = pain_clock(days, n, &parameters);
        cJSON_AddBoolToObject(out, "alert", clock.first_alert != PAIN_CLOCK_NO_DAY);
        put_day(out, "alert_day_index", clock.first_alert);
        if (clock.first_alert != PAIN_CLOCK_NO_DAY)
                put_streak(out, "at_alert", &clock.at_first_alert);
        else
                cJSON_AddNullToObject(out, "at_alert");
        cJSON_AddBoolToObject(out, "streak_active_at_end", clock.active);
        put_day(out, "streak_start_at_end", clock.streak.start);
        cJSON_AddStringToObject(out, "verdict", verdicts[clock.verdict]);
        free(days);
        free(diary);
        return out;
}

static cJSON *run_association(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        AssociationParameters parameters = measure_defaults.association;
        size_t n_load, n_pain, lag = 0;
        double *load = oracle_reals(oracle_at(in, "weekly_load"), &n_load);
        double *pain = oracle_reals(oracle_at(in, "weekly_pain"), &n_pain);
        Association result;

        take_count(in, "B", &parameters.permutations);
        take_count(in, "lag_weeks", &lag);
        if (cJSON_IsNumber(oracle_at(in, "seed")))
                parameters.seed = (uint64_t)oracle_real(in, "seed");
        if (association_of(load, pain, n_load < n_pain ? n_load : n_pain,
                           lag, &parameters, &result) == 0) {
                char key[64];

                oracle_put(out, "n", (double)result.n);
                oracle_put(out, "tau_b", result.tau_b);
                oracle_put(out, "spearman", result.spearman);
                oracle_put_integer(out, "S", result.s);
                oracle_put_integer(out, "mc_hits", result.mc_hits);
                snprintf(key, sizeof(key), "p_mc_%zu_seed%" PRIu64, parameters.permutations, parameters.seed);
                oracle_put(out, key, result.p_mc);
                oracle_put_integer(out, "exact_hits", result.exact_hits);
                oracle_put_integer(out, "exact_total", result.exact_total);
                oracle_put(out, "p_exact", result.p_exact);
                oracle_put_integer(out, "circular_hits", result.circular_hits);
                oracle_put(out, "p_circular", result.p_circular);
                oracle_put(out, "tau_b_differenced", result.tau_b_differenced);
                oracle_put_text(out, "reason", result.reason);
        }
        free(load);
        free(pain);
        return out;
}

static cJSON *run_generator(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(out, "first5_hex");
        SplitMix generator = {(uint64_t)oracle_real(in, "seed")};
        char hex[17];

        for (int i = 0; i < 5; i++) {
                snprintf(hex, sizeof(hex), "%016" PRIx64, splitmix_next(&generator));
                cJSON_AddItemToArray(list, cJSON_CreateString(hex));
        }
        return out;
}

static cJSON *run_holm(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(out, "p_adj");
        size_t n;
        double *p = oracle_reals(oracle_at(in, "p"), &n);
        double *adjusted = calloc(n + 1, sizeof(*adjusted));

        holm_adjust(p, n, adjusted);
        for (size_t i = 0; i < n; i++)
                append(list, adjusted[i]);
        free(adjusted);
        free(p);
        return out;
}

const OracleFunction oracle_pain[] = {
        {"nrs_week", run_nrs},
        {"nrs_change", run_change},
        {"ostrc_o2", run_ostrc},
        {"trend", run_trend},
        {"trend_min_p", run_min_p},
        {"persistent_pain", run_clock},
        {"lagged_association", run_association},
        {"prng", run_generator},
        {"holm_adjust", run_holm},
        {0},
};
