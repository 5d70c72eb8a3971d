/* Corrections of diary entries, plans as versions, assessments, acknowledgements, red flags. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/redflags.h"

static DiaryEntry entry_of(const char *id, const char *corrects, int64_t pain)
{
        DiaryEntry entry;

        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), id);
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.corrects, sizeof(entry.corrects), corrects);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        entry.at_utc_ms = NOW_MS - HOUR_MS;
        entry.received_utc_ms = NOW_MS;
        entry.pain = pain;
        return entry;
}

static int note(Home *home, DiaryEntry entry)
{
        return diary_store(home->ledger, &entry);
}

/* "id:pain " of each, in order. */
static int list_pain(const DiaryEntry *entry, void *userdata)
{
        char *text = userdata;
        size_t used = strlen(text);

        (void)snprintf(text + used, 200 - used, "%s:%lld ", entry->id, (long long)entry->pain);
        return 0;
}

static void assert_diary(Home *home, const char *wanted)
{
        char text[200] = "";

        assert_int_equal(diary_each(home->ledger, RUNNER, 0, INT64_MAX, list_pain, text), 0);
        assert_string_equal(text, wanted);
}

/* ---- corrections ---- */

static void a_correction_takes_the_place_of_an_entry_whatever_comes_first(void **state)
{
        Home *home = *state;

        assert_int_equal(note(home, entry_of("c", "b", 1)), 1); /* before what it corrects */
        assert_diary(home, "c:1 ");
        assert_int_equal(note(home, entry_of("a", "", 9)), 1);
        assert_int_equal(note(home, entry_of("b", "a", 8)), 1);
        assert_diary(home, "c:1 ");
        home_reopen(home);
        assert_diary(home, "c:1 ");
}

static int count_superseded(const DiaryEntry *entry, const char *superseded_by, void *userdata)
{
        (void)entry;
        *(int *)userdata += superseded_by[0] != '\0';
        return 0;
}

static void a_withdrawal_leaves_nothing_and_everything_is_kept(void **state)
{
        Home *home = *state;
        DiaryEntry withdrawal = entry_of("w", "a", NULL_INTEGER);
        int n = 0;

        withdrawal.withdrawn = 1;
        assert_int_equal(note(home, entry_of("a", "", 9)), 1);
        assert_int_equal(note(home, withdrawal), 1);
        assert_diary(home, "");
        assert_int_equal(diary_history_each(home->ledger, RUNNER, count_superseded, &n), 0);
        assert_int_equal(n, 1);
        assert_int_equal(note(home, entry_of("again", "w", 2)), 1); /* that was a mistake, too */
        assert_diary(home, "again:2 ");
}

static void a_second_correction_of_an_entry_is_refused(void **state)
{
        Home *home = *state;

        assert_int_equal(note(home, entry_of("a", "", 9)), 1);
        assert_int_equal(note(home, entry_of("b", "a", 8)), 1);
        assert_int_equal(note(home, entry_of("b", "a", 8)), 0); /* that was b itself, once more */
        assert_int_equal(note(home, entry_of("c", "a", 7)), -EALREADY);
        assert_diary(home, "b:8 ");
}

static void entries_that_correct_each_other_in_a_ring_are_refused(void **state)
{
        Home *home = *state;

        assert_int_equal(note(home, entry_of("a", "c", 1)), 1);
        assert_int_equal(note(home, entry_of("b", "a", 2)), 1);
        assert_int_equal(note(home, entry_of("c", "b", 3)), -ELOOP);
        assert_diary(home, "b:2 ");
}

static void both_days_of_a_correction_are_derived_anew(void **state)
{
        Home *home = *state;
        DiaryEntry moved = entry_of("b", "a", 4);
        Dirty dirty;
        int n = 0;

        assert_int_equal(note(home, entry_of("a", "", 4)), 1);
        while (dirty_next(home->ledger, &dirty) > 0)
                assert_int_equal(dirty_clear(home->ledger, dirty.id), 0);
        moved.at_utc_ms = NOW_MS - 20 * DAY_MS;
        assert_int_equal(note(home, moved), 1);
        for (; dirty_next(home->ledger, &dirty) > 0; n++) {
                assert_true(dirty.from_utc_ms == NOW_MS - HOUR_MS || dirty.from_utc_ms == moved.at_utc_ms);
                assert_int_equal(dirty_clear(home->ledger, dirty.id), 0);
        }
        assert_int_equal(n, 2);
}

static void an_entry_that_was_not_begun_with_null_is_refused(void **state)
{
        Home *home = *state;
        DiaryEntry entry = {.id = "z", .runner = RUNNER, .at_utc_ms = NOW_MS, .pain = 4, .origin = "clinic"};

        assert_int_equal(diary_store(home->ledger, &entry), -EINVAL);
        assert_diary(home, "");
}

/* ---- about runs ---- */

static void put_run(Home *home, const char *id, int64_t start_utc_ms)
{
        Run run = {.reasons = {.n = 0}};

        fields_set_null(&run_fields, &run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)text_copy(run.run, sizeof(run.run), id);
        (void)text_copy(run.state, sizeof(run.state), "current");
        run.start_utc_ms = start_utc_ms;
        run.end_utc_ms = start_utc_ms + HOUR_MS;
        assert_int_equal(run_put(home->ledger, &run), 1);
}

static void a_rating_is_found_by_its_run_however_late_it_came(void **state)
{
        Home *home = *state;
        DiaryEntry late = entry_of("late", "", NULL_INTEGER), day = entry_of("day", "", NULL_INTEGER);
        char text[200] = "";
        int64_t start_utc_ms = NOW_MS - 9 * DAY_MS;

        put_run(home, "20261115T080000Z", start_utc_ms);
        late.rpe = 7;
        (void)text_copy(late.run, sizeof(late.run), "20261115T080000Z");
        day.rpe = 5;
        day.at_utc_ms = start_utc_ms + 12 * HOUR_MS;
        assert_int_equal(note(home, late), 1);
        assert_int_equal(note(home, day), 1);
        assert_int_equal(note(home, entry_of("pain", "", 3)), 1); /* says nothing of a run */
        assert_int_equal(diary_about_runs_each(home->ledger, RUNNER, start_utc_ms, start_utc_ms + DAY_MS,
                                               list_pain, text),
                         0);
        assert_non_null(strstr(text, "late:"));
        assert_non_null(strstr(text, "day:"));
        assert_null(strstr(text, "pain:"));
        text[0] = '\0'; /* not where it was said, but where the run was */
        assert_int_equal(diary_about_runs_each(home->ledger, RUNNER, NOW_MS - DAY_MS, NOW_MS + DAY_MS,
                                               list_pain, text),
                         0);
        assert_string_equal(text, "");
}

/* ---- plans ---- */

static Plan plan_of(const char *id, int64_t based_on, const char *from)
{
        Plan plan;

        fields_set_null(&plan_fields, &plan);
        (void)text_copy(plan.runner, sizeof(plan.runner), RUNNER);
        (void)text_copy(plan.id, sizeof(plan.id), id);
        (void)text_copy(plan.from, sizeof(plan.from), from);
        (void)text_copy(plan.origin, sizeof(plan.origin), "clinic");
        plan.based_on = based_on;
        plan.per_week[2] = 5;
        plan.received_utc_ms = NOW_MS;
        return plan;
}

static void a_plan_that_did_not_see_the_newest_is_refused(void **state)
{
        Home *home = *state;
        Plan first = plan_of("p1", 0, "2026-11-02"), mine = plan_of("p2", 1, "2026-11-20"),
             yours = plan_of("p3", 1, "2026-11-21"), there;
        int64_t newest = -1;

        assert_int_equal(plan_store(home->ledger, &mine, &newest), -ESTALE);
        assert_int_equal(newest, 0);
        assert_int_equal(plan_store(home->ledger, &first, &newest), 1);
        assert_int_equal(first.version, 1);
        assert_int_equal(plan_store(home->ledger, &mine, &newest), 1);
        assert_int_equal(plan_store(home->ledger, &yours, &newest), -ESTALE);
        assert_int_equal(newest, 2);
        first.version = 77; /* the same message again is answered as it was */
        assert_int_equal(plan_store(home->ledger, &first, &newest), 0);
        assert_int_equal(first.version, 1);
        assert_int_equal(plan_get(home->ledger, RUNNER, 0, &there), 1);
        assert_string_equal(there.id, "p2");
        assert_int_equal(plan_get(home->ledger, RUNNER, 1, &there), 1);
        assert_string_equal(there.id, "p1");
}

static void on_a_day_the_newest_plan_begun_by_then_is_in_force(void **state)
{
        Home *home = *state;
        Plan first = plan_of("p1", 0, "2026-11-04"), second = plan_of("p2", 1, "2026-11-18"), there;
        int32_t monday = day_from_civil(2026, 11, 16), begun;
        int64_t newest;

        assert_int_equal(plan_first_day(home->ledger, RUNNER, &begun), 0);
        assert_int_equal(plan_store(home->ledger, &first, &newest), 1);
        assert_int_equal(plan_store(home->ledger, &second, &newest), 1);
        assert_int_equal(plan_on_day(home->ledger, RUNNER, monday - 14, &there), 0);
        assert_int_equal(plan_on_day(home->ledger, RUNNER, monday + 1, &there), 1);
        assert_int_equal(there.version, 1);
        assert_int_equal(plan_on_day(home->ledger, RUNNER, monday + 2, &there), 1); /* Wednesday */
        assert_int_equal(there.version, 2);
        assert_int_equal(plan_first_day(home->ledger, RUNNER, &begun), 1);
        assert_int_equal(begun, day_from_civil(2026, 11, 4));
}

static int find_plan_row(const OutboxRow *row, void *userdata)
{
        if (row->kind == OUTBOX_PLAN && row->state == OUTBOX_WAITING)
                *(OutboxRow *)userdata = *row;
        return 0;
}

static void a_plan_is_told_only_with_consent_and_again_when_it_is_given(void **state)
{
        Home *home = *state;
        Plan plan = plan_of("p1", 0, "2026-11-02");
        OutboxRow row = {0};
        int64_t newest;

        assert_int_equal(plan_store(home->ledger, &plan, &newest), 1);
        assert_int_equal(outbox_each(home->ledger, true, 0, 100, find_plan_row, &row), 0);
        assert_int_equal(row.kind, 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        assert_int_equal(outbox_each(home->ledger, true, 0, 100, find_plan_row, &row), 0);
        assert_int_equal(row.kind, OUTBOX_PLAN);
        assert_int_equal(row.revision, 1);
}

/* ---- assessments ---- */

static Assessment assessment_of(const char *id, const char *corrects, int64_t at_utc_ms)
{
        Assessment assessment;

        fields_set_null(&assessment_fields, &assessment);
        (void)text_copy(assessment.runner, sizeof(assessment.runner), RUNNER);
        (void)text_copy(assessment.id, sizeof(assessment.id), id);
        (void)text_copy(assessment.corrects, sizeof(assessment.corrects), corrects);
        (void)text_copy(assessment.origin, sizeof(assessment.origin), "clinic");
        (void)text_copy(assessment.joints[2], sizeof(assessment.joints[2]), "restricted");
        assessment.scores[0][0] = 2;
        assessment.at_utc_ms = at_utc_ms;
        assessment.received_utc_ms = NOW_MS;
        return assessment;
}

static void the_newest_assessment_in_force_is_found(void **state)
{
        Home *home = *state;
        Assessment old = assessment_of("a1", "", NOW_MS - 60 * DAY_MS), wrong = assessment_of("a2", "", NOW_MS - DAY_MS),
                   right = assessment_of("a3", "a2", NOW_MS - 30 * DAY_MS), there;

        assert_int_equal(assessment_before(home->ledger, RUNNER, NOW_MS, &there), 0);
        assert_int_equal(assessment_store(home->ledger, &old), 1);
        assert_int_equal(assessment_store(home->ledger, &wrong), 1);
        assert_int_equal(assessment_before(home->ledger, RUNNER, NOW_MS, &there), 1);
        assert_true(fields_equal(&assessment_fields, &there, &wrong));
        assert_int_equal(assessment_store(home->ledger, &right), 1);
        assert_int_equal(assessment_store(home->ledger, &right), 0);
        assert_int_equal(assessment_before(home->ledger, RUNNER, NOW_MS, &there), 1);
        assert_string_equal(there.id, "a3");
        assert_int_equal(assessment_before(home->ledger, RUNNER, right.at_utc_ms, &there), 1);
        assert_string_equal(there.id, "a1");
}

/* ---- acknowledgements ---- */

static Acknowledgement acknowledgement_of_alert(const char *id, const char *alert, int64_t at_utc_ms)
{
        Acknowledgement given;

        fields_set_null(&acknowledgement_fields, &given);
        (void)text_copy(given.runner, sizeof(given.runner), RUNNER);
        (void)text_copy(given.id, sizeof(given.id), id);
        (void)text_copy(given.by, sizeof(given.by), "dr-7");
        (void)text_copy(given.alert, sizeof(given.alert), alert);
        (void)text_copy(given.origin, sizeof(given.origin), "clinic");
        given.at_utc_ms = at_utc_ms;
        given.received_utc_ms = NOW_MS;
        return given;
}

static void a_snooze_ends(void **state)
{
        Acknowledgement given = acknowledgement_of_alert("k1", "pain_high", NOW_MS);

        (void)state;
        given.until_utc_ms = NOW_MS + DAY_MS;
        assert_true(acknowledgement_holds(&given, NOW_MS + DAY_MS - 1));
        assert_false(acknowledgement_holds(&given, NOW_MS + DAY_MS));
}

/* ---- red flags ---- */

#define AFTER_MS (30 * MINUTE_MS)

static void raise_flag(Home *home, const char *id)
{
        DiaryEntry entry = entry_of(id, "", NULL_INTEGER);

        entry.red_flags[RED_FLAG_BLADDER] = 1;
        assert_int_equal(note(home, entry), 1);
}

static void a_red_flag_overtakes_all_that_waits(void **state)
{
        Home *home = *state;
        OutboxRow row;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        for (int i = 0; i < 50; i++)
                assert_int_equal(outbox_add(home->ledger, OUTBOX_ACK, RUNNER, "x", i), 0);
        assert_int_equal(outbox_next_redflag(home->ledger, 0, &row), 0);
        raise_flag(home, "f1");
        assert_int_equal(outbox_next_redflag(home->ledger, 0, &row), 1);
        assert_string_equal(row.key, "f1");
        assert_int_equal(outbox_next_redflag(home->ledger, row.id, &row), 0);
        assert_int_equal(outbox_next(home->ledger, row.id - 1, &row), 0); /* it is in one lane only */
}

static void a_no_to_every_question_is_no_red_flag(void **state)
{
        Home *home = *state;
        DiaryEntry entry = entry_of("calm", "", NULL_INTEGER);
        RedFlagState flag;

        for (RedFlag i = 0; i < RED_FLAG_COUNT; i++)
                entry.red_flags[i] = 0;
        assert_int_equal(note(home, entry), 1);
        assert_int_equal(redflag_get(home->ledger, RUNNER, "calm", &flag), 0);
}

static int count_flag(const RedFlagState *flag, void *userdata)
{
        (void)flag;
        (*(int *)userdata)++;
        return 0;
}

static int open_flags(Home *home)
{
        int n = 0;

        assert_int_equal(redflag_open_each(home->ledger, RUNNER, count_flag, &n), 0);
        return n;
}

static void a_runner_is_told_once_when_nobody_answered_in_time(void **state)
{
        Home *home = *state;
        int64_t next;
        Ack ack;

        raise_flag(home, "f1"); /* without consent: nobody can answer it, and the runner must know */
        assert_int_equal(redflags_tell(home->ledger, AFTER_MS, "call", &next), 0);
        assert_int_equal(next, clock_utc_ms(home->clock) + AFTER_MS);
        clock_manual_advance(home->clock, AFTER_MS);
        assert_int_equal(redflags_tell(home->ledger, AFTER_MS, "call", &next), 1);
        assert_int_equal(next, NULL_INTEGER);
        assert_int_equal(redflags_tell(home->ledger, AFTER_MS, "call", &next), 0);
        assert_int_equal(ack_get(home->ledger, RUNNER, "f1", &ack), 1);
        assert_string_equal(ack.code, "redflag_unanswered");
        assert_string_equal(ack.message, "call");
        assert_int_equal(open_flags(home), 1); /* told is not answered */
}

static int find_clear(const OutboxRow *row, void *userdata)
{
        if (row->kind == OUTBOX_CLEAR && row->clears == OUTBOX_REDFLAG)
                *(OutboxRow *)userdata = *row;
        return 0;
}

static void an_acknowledged_flag_leaves_the_broker_and_nobody_is_told(void **state)
{
        Home *home = *state;
        Acknowledgement given = acknowledgement_of_alert("k1", "", NOW_MS);
        OutboxRow row = {0};
        int64_t next;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        (void)text_copy(given.redflag, sizeof(given.redflag), "f1");
        assert_int_equal(acknowledgement_store(home->ledger, &given), -ESRCH);
        raise_flag(home, "f1");
        assert_int_equal(note(home, entry_of("sorry", "f1", 1)), 1); /* a correction does not unsay it */
        assert_int_equal(open_flags(home), 1);
        assert_int_equal(acknowledgement_store(home->ledger, &given), 1);
        assert_int_equal(open_flags(home), 0);
        assert_int_equal(outbox_each(home->ledger, true, 0, 100, find_clear, &row), 0);
        assert_string_equal(row.key, "f1");
        clock_manual_advance(home->clock, AFTER_MS);
        assert_int_equal(redflags_tell(home->ledger, AFTER_MS, "call", &next), 0);
}

static void without_consent_a_red_flag_stays_at_home_until_it_is_given(void **state)
{
        Home *home = *state;
        OutboxRow row;

        raise_flag(home, "f1");
        assert_int_equal(outbox_next_redflag(home->ledger, 0, &row), 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        assert_int_equal(outbox_next_redflag(home->ledger, 0, &row), 1);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, false), 0);
        assert_int_equal(outbox_next_redflag(home->ledger, 0, &row), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_correction_takes_the_place_of_an_entry_whatever_comes_first),
                TEST(a_withdrawal_leaves_nothing_and_everything_is_kept),
                TEST(a_second_correction_of_an_entry_is_refused),
                TEST(entries_that_correct_each_other_in_a_ring_are_refused),
                TEST(both_days_of_a_correction_are_derived_anew),
                TEST(an_entry_that_was_not_begun_with_null_is_refused),
                TEST(a_rating_is_found_by_its_run_however_late_it_came),
                TEST(a_plan_that_did_not_see_the_newest_is_refused),
                TEST(on_a_day_the_newest_plan_begun_by_then_is_in_force),
                TEST(a_plan_is_told_only_with_consent_and_again_when_it_is_given),
                TEST(the_newest_assessment_in_force_is_found),
                TEST(a_snooze_ends),
                TEST(a_red_flag_overtakes_all_that_waits),
                TEST(a_no_to_every_question_is_no_red_flag),
                TEST(a_runner_is_told_once_when_nobody_answered_in_time),
                TEST(an_acknowledged_flag_leaves_the_broker_and_nobody_is_told),
                TEST(without_consent_a_red_flag_stays_at_home_until_it_is_given),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
