/* What is told of a runner over weeks: alerts that nobody has seen, the 14-day clock, silence. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/alerts.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/imports.h"

static DiaryEntry entry_at(const char *id, int64_t at_utc_ms)
{
        DiaryEntry entry;

        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), id);
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        entry.at_utc_ms = entry.received_utc_ms = at_utc_ms;
        return entry;
}

/* `day` 0 is NOW_MS, Tuesday of week 48. */
static void pain_on(Home *home, int day, int64_t pain)
{
        char id[16];
        DiaryEntry entry;

        (void)snprintf(id, sizeof(id), "p%d", day + 1000);
        entry = entry_at(id, NOW_MS + day * DAY_MS);
        entry.pain = pain;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
}

static void acknowledge(Home *home, const char *id, const char *code)
{
        Acknowledgement given;

        fields_set_null(&acknowledgement_fields, &given);
        (void)text_copy(given.runner, sizeof(given.runner), RUNNER);
        (void)text_copy(given.id, sizeof(given.id), id);
        (void)text_copy(given.by, sizeof(given.by), "dr-7");
        (void)text_copy(given.alert, sizeof(given.alert), code);
        (void)text_copy(given.origin, sizeof(given.origin), "clinic");
        given.at_utc_ms = given.received_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(acknowledgement_store(home->ledger, &given), 1);
}

/* "code severity week", "seen" behind it. "": none. */
static void told(Home *home, const char *wanted)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        char text[200] = "", week[WEEK_ID_SIZE];
        int64_t now_ms = clock_utc_ms(home->clock);
        IsoWeek newest;
        Alert alert;

        assert_int_equal(homes_new(home->ledger, RUNNER, &homes), 0);
        assert_int_equal(newest_week(home->ledger, RUNNER, homes, now_ms, &newest), 1);
        if (alert_told(home->ledger, RUNNER, homes, newest, now_ms, &alert) > 0) {
                iso_week_format(alert.week, week);
                (void)snprintf(text, sizeof(text), "%s %lld %s%s", alert.reason.code,
                               (long long)alert.reason.severity, week, alert.is_seen ? " seen" : "");
        }
        assert_string_equal(text, wanted);
}

/* ---- alerts that nobody has seen ---- */

static void an_alert_of_sunday_is_told_through_the_week_after_unless_somebody_sees_it(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        clock_manual_advance(home->clock, 5 * DAY_MS + 14 * HOUR_MS); /* Sunday, an hour before its end */
        pain_on(home, 5, 9);
        assert_int_equal(derive_now(derive), 0);
        told(home, "pain_high 9 " THIS_WEEK);
        derive = started = derive_free(derive); /* Monday, and nobody has made its week yet */
        clock_manual_advance(home->clock, 2 * HOUR_MS);
        told(home, "pain_high 9 " THIS_WEEK);
        derive = start(home);
        assert_int_equal(derive_now(derive), 0);
        told(home, "pain_high 9 " THIS_WEEK);
        clock_manual_advance(home->clock, 6 * DAY_MS);
        told(home, "pain_high 9 " THIS_WEEK);
        clock_manual_advance(home->clock, DAY_MS); /* Monday after: it is older than the week before */
        assert_int_equal(derive_now(derive), 0);
        told(home, "");
}

static void an_alert_that_was_seen_is_not_told_of_the_week_after(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        pain_on(home, 0, 9);
        assert_int_equal(derive_now(derive), 0);
        acknowledge(home, "k1", "pain_high");
        told(home, "pain_high 9 " THIS_WEEK " seen");
        clock_manual_advance(home->clock, 7 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        told(home, "");
        pain_on(home, 6, 9); /* in a row: the same occurrence, no worse */
        assert_int_equal(derive_now(derive), 0);
        told(home, "pain_high 9 " NEXT_WEEK " seen");
        pain_on(home, 7, 10);
        assert_int_equal(derive_now(derive), 0);
        told(home, "pain_high 10 " NEXT_WEEK);
}

/* ---- a streak that is longer than what a week looks back ---- */

static void correct(Home *home, int day, int64_t pain)
{
        char id[16];
        DiaryEntry entry;

        (void)snprintf(id, sizeof(id), "c%d", day + 1000);
        entry = entry_at(id, NOW_MS + day * DAY_MS);
        (void)snprintf(entry.corrects, sizeof(entry.corrects), "p%d", day + 1000);
        entry.pain = pain;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
}

static void check_clock(Home *home, const char *id, const char *since, const char *alert, int64_t span_days)
{
        WeekPainClock clock = week_of(home, id).pain_clock;

        assert_string_equal(clock.start, since);
        assert_string_equal(clock.alert, alert);
        assert_int_equal(clock.span_days, span_days);
        assert_string_equal(clock.verdict, "alert");
        assert_int_equal(clock.is_older, 0);
}

/* Pain every second day for 33 weeks, whose first months come last and are corrected afterwards. */
static void the_clock_starts_where_its_streak_did_however_long_ago(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        for (int day = -150; day <= 0; day += 2)
                pain_on(home, day, 3);
        assert_int_equal(derive_now(derive), 0);
        check_clock(home, THIS_WEEK, "2026-06-27", "2026-07-11", 151);
        for (int day = -152; day >= -226; day -= 2) /* the newest first */
                pain_on(home, day, 3);
        assert_int_equal(derive_now(derive), 0);
        check_clock(home, THIS_WEEK, "2026-04-12", "2026-04-26", 227);
        check_clock(home, "2026-W47", "2026-04-12", "2026-04-26", 225);
        check_clock(home, "2026-W20", "2026-04-12", "2026-04-26", 35);
        assert_string_equal(week_of(home, THIS_WEEK).verdict.since, "2026-04-20");
        for (int day = -198; day <= -194; day += 2) /* three free days in a row end it */
                correct(home, day, 0);
        assert_int_equal(derive_now(derive), 0);
        check_clock(home, THIS_WEEK, "2026-05-16", "2026-05-30", 193);
        check_clock(home, "2026-W40", "2026-05-16", "2026-05-30", 141);
}

/* ---- silence ---- */

static void entry_on(Home *home, const char *id, int day, double rpe)
{
        DiaryEntry entry = entry_at(id, NOW_MS + day * DAY_MS);

        entry.rpe = rpe;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
}

static void check_silence(Home *home, const char *id, int64_t days)
{
        char words[64];

        (void)snprintf(words, sizeof(words), "Nothing heard for %lld days;", (long long)days);
        if (days == 0)
                assert_null(strstr(week_of(home, id).verdict.sentence, "Nothing heard"));
        else
                assert_non_null(strstr(week_of(home, id).verdict.sentence, words));
}

static void an_entry_of_any_kind_is_something_that_was_heard(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        entry_on(home, "e1", 5, 4); /* a rating, no pain */
        clock_manual_advance(home->clock, 18 * DAY_MS); /* Saturday of week 50 */
        assert_int_equal(derive_now(derive), 0);
        check_silence(home, "2026-W50", 0); /* 13 days */
        assert_non_null(strstr(week_of(home, THIS_WEEK).verdict.sentence, "no pain entry"));
        clock_manual_advance(home->clock, DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        check_silence(home, "2026-W50", 14);
        told(home, "no_data 1 2026-W50");
}

static void nobody_is_silent_for_longer_than_they_have_been_here(void **state)
{
        Home *home = *state;
        ImportedRun run;
        ImportOutcome outcome;
        Derive *derive = start(home);

        fields_set_null(&imported_run_fields, &run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)text_copy(run.kind, sizeof(run.kind), "fit");
        (void)text_copy(run.file, sizeof(run.file), "old.fit");
        run.start_utc_ms = NOW_MS - 300 * DAY_MS;
        run.end_utc_ms = run.start_utc_ms + HOUR_MS;
        run.distance_m = 10000;
        run.duration_s = 3600;
        run.line = 1;
        clock_manual_advance(home->clock, 4 * DAY_MS);
        run.imported_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(import_put(home->ledger, &run, &outcome, NULL), 0);
        assert_int_equal(derive_now(derive), 0);
        check_silence(home, THIS_WEEK, 0);
        clock_manual_advance(home->clock, 15 * DAY_MS); /* 19 since they came, 15 since the file did */
        assert_int_equal(derive_now(derive), 0);
        check_silence(home, "2026-W50", 15);
        check_silence(home, "2026-W49", 0);
}

static void a_pod_that_is_alive_is_heard(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record boot = anchor(EPOCH, 1, 0, NOW_MS - 8 * DAY_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &boot, 1);
        clock_manual_advance(home->clock, 20 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        check_silence(home, "2026-W51", 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_alert_of_sunday_is_told_through_the_week_after_unless_somebody_sees_it),
                TEST(an_alert_that_was_seen_is_not_told_of_the_week_after),
                TEST(an_entry_of_any_kind_is_something_that_was_heard),
                TEST(nobody_is_silent_for_longer_than_they_have_been_here),
                TEST(a_pod_that_is_alive_is_heard),
                TEST(the_clock_starts_where_its_streak_did_however_long_ago),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
