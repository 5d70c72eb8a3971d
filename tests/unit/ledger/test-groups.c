/* Groups of measures: whatever is in the table of groups is stored with its revision, read back,
 * compared, and makes a new revision when it differs. */
#include "tests/unit/full-groups.h"
#include "tests/unit/ledger/fixture.h"

static Week a_week(void)
{
        Week week;

        week_set_null(&week);
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.week, sizeof(week.week), "2026-W48");
        (void)text_copy(week.state, sizeof(week.state), "provisional");
        return week;
}

static Run a_run(void)
{
        Run run;

        run_set_null(&run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)text_copy(run.run, sizeof(run.run), "r1");
        (void)text_copy(run.state, sizeof(run.state), "current");
        run.start_utc_ms = NOW_MS;
        run.end_utc_ms = NOW_MS + HOUR_MS;
        run.received_utc_ms = NOW_MS;
        return run;
}

static void every_field_of_every_group_survives_reopening(void **state)
{
        Home *home = *state;
        Week week = a_week(), read_week;
        Run run = a_run(), read_run;

        fill_groups(&week_groups, &week);
        fill_groups(&run_groups, &run);
        assert_int_equal(week_put(home->ledger, &week), 1);
        assert_int_equal(run_put(home->ledger, &run), 1);
        home_reopen(home);
        assert_int_equal(week_get(home->ledger, RUNNER, "2026-W48", 0, &read_week), 1);
        assert_int_equal(run_get(home->ledger, RUNNER, "r1", 0, &read_run), 1);
        for (size_t i = 0; i < week_groups.n; i++) {
                const Group *group = &week_groups.groups[i];

                assert_false(group_is_absent(group, &read_week));
                assert_true(fields_equal(group->fields, group_of(group, &week),
                                         group_of(group, &read_week)));
        }
        assert_true(groups_equal(&run_groups, &run, &read_run));
        assert_int_equal(week_put(home->ledger, &read_week), 0);
        assert_int_equal(run_put(home->ledger, &read_run), 0);
}

static void put_each(Home *home, const Group *group, void *record, int64_t *revision,
                     int (*put)(Ledger *ledger, void *record), const int64_t *ret_revision)
{
        for (size_t f = 0; f < group->fields->n_fields; f++) {
                fill_field(&group->fields->fields[f], group_of(group, record), 1);
                assert_int_equal(put(home->ledger, record), 1);
                assert_int_equal(*ret_revision, ++*revision);
                assert_int_equal(put(home->ledger, record), 0);
        }
}

static int put_week(Ledger *ledger, void *week)
{
        return week_put(ledger, week);
}

static int put_run(Ledger *ledger, void *run)
{
        return run_put(ledger, run);
}

static void any_field_of_a_group_that_differs_is_a_new_revision(void **state)
{
        Home *home = *state;
        Week week = a_week();
        Run run = a_run();
        int64_t revision = 1;

        fill_groups(&week_groups, &week);
        assert_int_equal(week_put(home->ledger, &week), 1);
        for (size_t i = 0; i < week_groups.n; i++)
                put_each(home, &week_groups.groups[i], &week, &revision, put_week, &week.revision);
        revision = 1;
        fill_groups(&run_groups, &run);
        assert_int_equal(run_put(home->ledger, &run), 1);
        for (size_t i = 0; i < run_groups.n; i++)
                put_each(home, &run_groups.groups[i], &run, &revision, put_run, &run.revision);
}

static void an_absent_group_is_absent_after_reading_and_old_revisions_keep_theirs(void **state)
{
        Home *home = *state;
        Week week = a_week(), read;

        fill_groups(&week_groups, &week);
        assert_int_equal(week_put(home->ledger, &week), 1);
        for (size_t i = 0; i < week_groups.n; i++) {
                const Group *group = &week_groups.groups[i];

                fields_set_null(group->fields, group_of(group, &week));
                assert_int_equal(week_put(home->ledger, &week), 1);
                assert_int_equal(week_get(home->ledger, RUNNER, "2026-W48", 0, &read), 1);
                assert_true(group_is_absent(group, &read));
                assert_int_equal(week_get(home->ledger, RUNNER, "2026-W48", 1, &read), 1);
                assert_false(group_is_absent(group, &read));
        }
}

static int look_for_groups(const Week *week, void *userdata)
{
        bool *whole = userdata;

        for (size_t i = 0; i < week_groups.n; i++)
                assert_int_equal(!group_is_absent(&week_groups.groups[i], week), *whole);
        return 0;
}

static void a_brief_walk_leaves_the_groups_out(void **state)
{
        Home *home = *state;
        Week week = a_week();
        bool whole = true, brief = false;

        fill_groups(&week_groups, &week);
        assert_int_equal(week_put(home->ledger, &week), 1);
        assert_int_equal(week_each(home->ledger, RUNNER, "", "9", false, look_for_groups, &whole), 0);
        assert_int_equal(week_each_brief(home->ledger, RUNNER, "", "9", look_for_groups, &brief), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(every_field_of_every_group_survives_reopening),
                TEST(any_field_of_a_group_that_differs_is_a_new_revision),
                TEST(an_absent_group_is_absent_after_reading_and_old_revisions_keep_theirs),
                TEST(a_brief_walk_leaves_the_groups_out),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
