/* Groups of runs and weeks, from records and diary to the ledger: what they say, and that neither
 * the order of arrival nor a later day changes them. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"

#include <math.h>

enum { WEEKS = 6, LATE = 3 };

/* ---- a story: runs and entries that may arrive in any order ---- */

typedef struct Delivery {
        enum { RUN, ENTRY } what;
        uint32_t seq, from_s, n; /* a run: so many strides of 1 s and 2 m */
        DiaryEntry entry;
} Delivery;

typedef struct Story {
        Delivery list[160];
        size_t n;
} Story;

static uint32_t next(uint32_t *random)
{
        *random = *random * 1664525u + 1013904223u;
        return *random >> 8;
}

static void tell_run(Story *story, uint32_t seq, uint32_t from_s, uint32_t n)
{
        assert_true(story->n < ARRAY_SIZE(story->list));
        story->list[story->n++] = (Delivery){.what = RUN, .seq = seq, .from_s = from_s, .n = n};
}

static DiaryEntry *tell(Story *story, int64_t at_utc_ms)
{
        Delivery *delivery = &story->list[story->n];
        DiaryEntry *entry = &delivery->entry;

        assert_true(story->n < ARRAY_SIZE(story->list));
        delivery->what = ENTRY;
        diary_entry_set_null(entry);
        (void)snprintf(entry->id, sizeof(entry->id), "e%zu", story->n++);
        (void)text_copy(entry->runner, sizeof(entry->runner), RUNNER);
        (void)text_copy(entry->origin, sizeof(entry->origin), "gateway");
        entry->at_utc_ms = entry->received_utc_ms = at_utc_ms;
        return entry;
}

/* Six weeks from NOW_MS: a run every other day, pain on most days, ratings, questionnaires. */
static Story make_story(uint32_t *random)
{
        Story story = {.n = 0};

        for (uint32_t day = 0; day < WEEKS * 7; day++) {
                int64_t noon_ms = NOW_MS + day * DAY_MS + 4 * HOUR_MS;

                if (day % 2 == 0)
                        tell_run(&story, 1000 + 100 * day, day * 86400 + 600, 30 + next(random) % 60);
                if (next(random) % 4 > 0)
                        tell(&story, noon_ms - 5 * HOUR_MS)->pain = next(random) % 6;
                if (next(random) % 3 == 0) {
                        DiaryEntry *entry = tell(&story, noon_ms);

                        entry->rpe = next(random) % 10;
                        entry->stopped_for_pain = next(random) % 4 == 0 ? 1 : NULL_INTEGER;
                }
                if (day % 7 == 5) {
                        DiaryEntry *entry = tell(&story, noon_ms + HOUR_MS);

                        for (size_t i = 0; i < 4; i++)
                                entry->ostrc[i] = next(random) % 4;
                }
        }
        return story;
}

/* As run_for, but read from the pod's memory: live, they would be of now. */
static void back_fill(Home *home, const Delivery *delivery)
{
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t i = 0; i < delivery->n; i++) {
                Record record = stride(EPOCH, delivery->seq + i, (delivery->from_s + i) * TICK_HZ);

                record.stride.stride_time_1024 = 1024;
                record.from_store = true;
                record = encoded(record);
                (void)store(home, POD, &record, 1);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
}

static void deliver(Home *home, const Delivery *delivery)
{
        if (delivery->what == RUN)
                back_fill(home, delivery);
        else
                assert_int_equal(diary_store(home->ledger, &delivery->entry), 1);
}

static void shuffle(Story *story, uint32_t *random)
{
        for (size_t i = story->n; i > 1; i--) {
                size_t j = next(random) % i;
                Delivery kept = story->list[j];

                story->list[j] = story->list[i - 1];
                story->list[i - 1] = kept;
        }
}

/* ---- what came of it ---- */

typedef struct Told {
        Week weeks[WEEKS + 2];
        size_t n_weeks;
        Run runs[64];
        size_t n_runs;
} Told;

static int collect_week(const Week *week, void *userdata)
{
        Told *told = userdata;

        assert_true(told->n_weeks < ARRAY_SIZE(told->weeks));
        told->weeks[told->n_weeks++] = *week;
        return 0;
}

static int collect_all(const Run *run, void *userdata)
{
        Told *told = userdata;

        assert_true(told->n_runs < ARRAY_SIZE(told->runs));
        told->runs[told->n_runs++] = *run;
        return 0;
}

static void look(Home *home, Told *ret)
{
        ret->n_weeks = ret->n_runs = 0;
        assert_int_equal(week_each(home->ledger, RUNNER, "", "9", false, collect_week, ret), 0);
        assert_int_equal(run_each(home->ledger, RUNNER, 0, INT64_MAX, collect_all, ret), 0);
}

static void check_groups(const GroupTable *table, const char *key, const void *a, const void *b)
{
        for (size_t i = 0; i < table->n; i++) {
                if (!group_equal(&table->groups[i], a, b))
                        fail_msg("%s: %s differs", key, table->groups[i].path);
        }
}

static void check_fields(const Week *a, const Week *b)
{
        for (size_t i = 0; i < week_fields.n_fields; i++) {
                const FieldTable one = {.fields = &week_fields.fields[i], .n_fields = 1};

                if (!fields_equal(&one, a, b))
                        fail_msg("%s: %s differs", a->week, week_fields.fields[i].path);
        }
}

static void check_same(Told *a, Told *b)
{
        assert_int_equal(a->n_weeks, b->n_weeks);
        assert_int_equal(a->n_runs, b->n_runs);
        for (size_t i = 0; i < a->n_weeks; i++) {
                a->weeks[i].revision = b->weeks[i].revision = 1;
                check_fields(&a->weeks[i], &b->weeks[i]);
                check_groups(&week_groups, a->weeks[i].week, &a->weeks[i], &b->weeks[i]);
        }
        for (size_t i = 0; i < a->n_runs; i++)
                check_groups(&run_groups, a->runs[i].run, &a->runs[i], &b->runs[i]);
}

/* Every null of a present group, and every absent group, has a reason. */
static void check_reasons(const GroupTable *table, const char *key, const void *record,
                          const Reasons *reasons)
{
        for (size_t i = 0; i < table->n; i++) {
                const Group *group = &table->groups[i];

                if (group_is_absent(group, record) && !reasons_find(reasons, group->path))
                        fail_msg("%s: %s is absent without a reason", key, group->path);
                for (size_t f = 0; f < group->fields->n_fields; f++) {
                        const Field *field = &group->fields->fields[f];

                        if (field_is_null(field, group_of(group, record)) &&
                            !reasons_explain(reasons, field->path))
                                fail_msg("%s: %s is null without a reason", key, field->path);
                }
        }
}

static void check_all_reasons(const Told *told)
{
        for (size_t i = 0; i < told->n_weeks; i++)
                check_reasons(&week_groups, told->weeks[i].week, &told->weeks[i],
                              &told->weeks[i].reasons);
        for (size_t i = 0; i < told->n_runs; i++)
                check_reasons(&run_groups, told->runs[i].run, &told->runs[i], &told->runs[i].reasons);
}

static void begin(Home *home)
{
        set_time(home);
        clock_manual_advance(home->clock, WEEKS * 7 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
}

static void neither_order_of_arrival_nor_of_derivation_leaves_a_trace(void **state)
{
        static Told first, again;
        uint32_t seed = (uint32_t)getpid() * 2654435761u, random = seed;
        Story story = make_story(&random);

        print_message("seed %u\n", seed);
        for (int round = 0; round < 3; round++) {
                Derive *derive;

                if (round > 0) {
                        (void)leave(state);
                        (void)make_home(state);
                        shuffle(&story, &random);
                }
                begin(*state);
                derive = start(*state);
                for (size_t i = 0; i < story.n; i++) {
                        deliver(*state, &story.list[i]);
                        if (round > 0 && next(&random) % 40 == 0)
                                assert_int_equal(derive_now(derive), 0);
                }
                assert_int_equal(derive_now(derive), 0);
                look(*state, round == 0 ? &first : &again);
                if (round > 0)
                        check_same(&first, &again);
                else
                        check_all_reasons(&first);
        }
        assert_int_equal(first.n_weeks, WEEKS + 1);
}

/* A day of week w changes w and what looks back on it; of w - 1 only what its last runs did to the
 * back; nothing before. */
static void a_later_day_never_changes_an_earlier_week(void **state)
{
        static Told before, after;
        Home *home = *state;
        uint32_t seed = (uint32_t)getpid() * 2654435761u, random = seed;
        Story story = make_story(&random);
        Story late = {.n = 0};
        Derive *derive;
        DiaryEntry *entry;

        print_message("seed %u\n", seed);
        begin(home);
        derive = start(home);
        for (size_t i = 0; i < story.n; i++)
                deliver(home, &story.list[i]);
        assert_int_equal(derive_now(derive), 0);
        look(home, &before);
        tell_run(&late, 90000, LATE * 7 * 86400 + 50000, 500);
        entry = tell(&late, NOW_MS + LATE * 7 * DAY_MS + 12 * HOUR_MS);
        entry->pain = 10;
        (void)text_copy(entry->id, sizeof(entry->id), "late");
        for (size_t i = 0; i < late.n; i++)
                deliver(home, &late.list[i]);
        assert_int_equal(derive_now(derive), 0);
        look(home, &after);
        for (size_t i = 0; i < before.n_weeks; i++) {
                Week *a = &before.weeks[i], *b = &after.weeks[i];

                assert_string_equal(a->week, b->week);
                if (i < LATE) {
                        assert_int_equal(a->revision, b->revision);
                } else if (i == LATE) {
                        assert_int_not_equal(a->revision, b->revision);
                        assert_int_equal(b->pain_max, 10);
                } else { /* its own days are what they were */
                        assert_true(group_equal(&week_groups.groups[0], a, b) || i == LATE + 1);
                        assert_true(a->load_distance_m == b->load_distance_m);
                        assert_true(fields_equal(&week_pain_days_fields, &a->pain_week, &b->pain_week));
                }
        }
}

/* ---- what they say ---- */

static void pain_on(Home *home, int64_t day, int64_t pain)
{
        DiaryEntry entry;

        diary_entry_set_null(&entry);
        (void)snprintf(entry.id, sizeof(entry.id), "p%d", (int)day);
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "gateway");
        entry.at_utc_ms = entry.received_utc_ms = NOW_MS + day * DAY_MS;
        entry.pain = pain;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
}

/* NOW_MS is a Tuesday, 24 November: day 14 is Tuesday of week 50. */
static void the_clock_says_since_when_and_reaches_its_day_whatever_came_first(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        WeekPainClock clock;

        clock_manual_advance(home->clock, 19 * DAY_MS);
        for (int day = 14; day > 0; day--)
                pain_on(home, day, 3);
        assert_int_equal(derive_now(derive), 0);
        clock = week_of(home, "2026-W50").pain_clock;
        assert_string_equal(clock.start, "2026-11-25");
        assert_int_equal(clock.span_days, 14);
        assert_string_not_equal(clock.verdict, "alert");
        pain_on(home, 0, 1); /* the first day comes last */
        assert_int_equal(derive_now(derive), 0);
        clock = week_of(home, "2026-W50").pain_clock;
        assert_string_equal(clock.start, "2026-11-24");
        assert_string_equal(clock.verdict, "alert");
        assert_string_equal(clock.alert, "2026-12-08");
        assert_string_equal(clock.reaches, "2026-12-08");
        assert_string_equal(week_of(home, "2026-W49").pain_clock.verdict, "no");
        assert_string_equal(week_of(home, "2026-W48").pain_clock.start, "2026-11-24");
}

static void pain_is_held_against_the_week_that_the_clinic_fixed(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Plan plan;
        int64_t newest;
        Week week;

        clock_manual_advance(home->clock, 14 * DAY_MS);
        for (int day = 0; day < 4; day++)
                pain_on(home, day, 6);
        for (int day = 6; day < 12; day++)
                pain_on(home, day, 2);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(reason(&week, "pain.change"), "no_baseline");
        fields_set_null(&plan_fields, &plan);
        (void)text_copy(plan.runner, sizeof(plan.runner), RUNNER);
        (void)text_copy(plan.id, sizeof(plan.id), "plan-1");
        (void)text_copy(plan.from, sizeof(plan.from), "2026-11-20");
        (void)text_copy(plan.baseline_week, sizeof(plan.baseline_week), THIS_WEEK);
        (void)text_copy(plan.origin, sizeof(plan.origin), "clinic");
        plan.based_on = 0;
        plan.received_utc_ms = NOW_MS;
        assert_int_equal(plan_store(home->ledger, &plan, &newest), 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.pain_change.baseline_week, THIS_WEEK);
        assert_true(week.pain_change.baseline_mean == 6);
        assert_true(week.pain_change.drop == 4);
        assert_string_equal(week.pain_change.word, "improved");
        pain_on(home, 4, 0); /* the baseline changes: 24 / 5 */
        assert_int_equal(derive_now(derive), 0);
        assert_true(fabs(week_of(home, NEXT_WEEK).pain_change.baseline_mean - 4.8) < 1e-9);
}

static void a_rating_belongs_to_the_run_it_names_or_else_to_the_last_one_of_its_day(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        DiaryEntry entry;
        RunList runs;

        set_time(home);
        run_for(home, 2, 600, 60);
        run_for(home, 100, 8000, 120);
        clock_manual_advance(home->clock, DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        runs = runs_of(home);
        assert_int_equal(runs.n, 2);
        assert_int_equal(runs.list[0].revision, 1);
        assert_string_equal(reasons_explain(&runs.list[0].reasons, "load.effort.rating"), "no_rating");
        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), "r1");
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "gateway");
        entry.at_utc_ms = entry.received_utc_ms = NOW_MS + 10 * HOUR_MS;
        entry.rpe = 5;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        (void)text_copy(entry.id, sizeof(entry.id), "r2");
        (void)text_copy(entry.run, sizeof(entry.run), runs.list[0].run);
        entry.at_utc_ms += DAY_MS;
        entry.rpe = 8;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(derive_now(derive), 0);
        runs = runs_of(home);
        assert_true(runs.list[0].effort.rating == 8);
        assert_true(runs.list[1].effort.rating == 5);
        assert_true(fabs(runs.list[1].effort.session_rpe_au - 10) < 0.1); /* 5 times 2 min */
        assert_true(fabs(week_of(home, THIS_WEEK).effort.session_rpe_au - 18) < 0.2);
        assert_int_equal(week_of(home, THIS_WEEK).effort.n_missing, 0);
}

static void a_day_nobody_could_see_is_no_rest(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 600, 60);
        clock_manual_advance(home->clock, 3 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK); /* nothing was read to its end */
        assert_string_equal(week.days.state, ",before,unknown,unknown,unknown,unknown,ahead,ahead");
        assert_true(week.days.distance_m[1] == 120);
        assert_int_equal(week.days.is_lower_bound, 1);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 3 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.days.state, ",before,run,rest,rest,unknown,ahead,ahead");
        assert_int_equal(week.days.head.n, 3);
        assert_int_equal(week.days.is_lower_bound, 0);
        assert_string_equal(reason(&week, "load.days.monotony"), "running_week");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(neither_order_of_arrival_nor_of_derivation_leaves_a_trace),
                TEST(a_later_day_never_changes_an_earlier_week),
                TEST(the_clock_says_since_when_and_reaches_its_day_whatever_came_first),
                TEST(pain_is_held_against_the_week_that_the_clinic_fixed),
                TEST(a_rating_belongs_to_the_run_it_names_or_else_to_the_last_one_of_its_day),
                TEST(a_day_nobody_could_see_is_no_rest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
