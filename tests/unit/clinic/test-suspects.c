/* Who may be why the broker ended the connection, and what becomes of what is set aside. */
#include "daemon/clinic/suspects.h"
#include "daemon/ledger/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static OutboxRow a_week(int64_t id, int n)
{
        OutboxRow row = {.id = id, .kind = OUTBOX_WEEK, .runner = "r"};

        (void)snprintf(row.key, sizeof(row.key), "2026-W%02d", n);
        return row;
}

static void a_newer_row_of_the_same_topic_is_as_suspect(void **state)
{
        static Suspects suspects;
        OutboxRow row = a_week(1, 47), newer = a_week(9, 47), other = a_week(2, 46);

        (void)state;
        assert_null(suspects_find(&suspects, &row));
        assert_int_equal(suspects_note(&suspects, &row, 0, "cut"), 0);
        assert_false(suspect_is_proven(suspects_find(&suspects, &newer)));
        assert_null(suspects_find(&suspects, &other));
        for (int i = 1; i <= SUSPECT_PROOFS; i++)
                assert_int_equal(suspects_note(&suspects, &newer, 1, "cut"), i);
        assert_true(suspect_is_proven(suspects_find(&suspects, &row)));
        suspects_clear(&suspects, &newer);
        assert_null(suspects_find(&suspects, &row));
}

static void the_one_noted_longest_ago_makes_room(void **state)
{
        static Suspects suspects;
        OutboxRow first = a_week(1, 1), second = a_week(2, 2);

        (void)state;
        for (int i = 1; i <= SUSPECTS_MAX + 1; i++) {
                OutboxRow row = a_week(i, i);

                (void)suspects_note(&suspects, &row, 1, "cut");
        }
        assert_int_equal(suspects.n, SUSPECTS_MAX);
        assert_null(suspects_find(&suspects, &first));
        assert_non_null(suspects_find(&suspects, &second));
}

/* ---- what is set aside ---- */

static void with_ledger(void (*function)(Ledger *, Clock *))
{
        char directory[] = "/tmp/strided-suspects-XXXXXX", path[64], command[96];
        Runner runner = {.id = "r", .zone = "UTC", .consent = 1};
        Clock *clock;
        Ledger *ledger;

        assert_non_null(mkdtemp(directory));
        (void)snprintf(path, sizeof(path), "%s/ledger.db", directory);
        assert_int_equal(clock_new_manual(1795593600000LL, &clock), 0);
        assert_int_equal(ledger_open(path, clock, &ledger, NULL, 0), 0);
        assert_int_equal(runner_add(ledger, &runner), 0);
        function(ledger, clock);
        ledger_close(ledger);
        clock_free(clock);
        (void)snprintf(command, sizeof(command), "rm -r %s", directory);
        assert_int_equal(system(command), 0);
}

static int64_t add_and_set_aside(Ledger *ledger, OutboxKind kind, const char *key, bool mendable)
{
        OutboxRow row = {0}, last = {0};

        assert_int_equal(outbox_add(ledger, kind, "r", key, 1), 0);
        while (outbox_next_any(ledger, row.id, &row) == 1)
                last = row;
        assert_int_equal(outbox_set_aside(ledger, last.id, mendable, "Not authorized"), 0);
        return last.id;
}

static void age_and_supersede(Ledger *ledger, Clock *clock)
{
        int64_t summary = add_and_set_aside(ledger, OUTBOX_SUMMARY, "", true);
        int64_t week = add_and_set_aside(ledger, OUTBOX_WEEK, "2026-W47", true);
        int64_t run = add_and_set_aside(ledger, OUTBOX_RUN, "x", false);
        OutboxRow row;

        assert_int_equal(outbox_next_mendable(ledger, 0, &row), 1);
        assert_int_equal(row.id, summary);
        assert_string_equal(row.refusal, "Not authorized");
        assert_int_equal(outbox_add(ledger, OUTBOX_SUMMARY, "r", "", 0), 0); /* supersedes it */
        assert_int_equal(outbox_next_mendable(ledger, 0, &row), 1);
        assert_int_equal(row.id, week);
        assert_int_equal(outbox_next_mendable(ledger, week, &row), 0);
        clock_manual_set(clock, 1795593600000LL + 70 * 86400000LL, CLOCK_SET);
        assert_int_equal(ledger_prune(ledger), 0);
        assert_int_equal(outbox_get(ledger, run, &row), 0);
        assert_int_equal(outbox_get(ledger, week, &row), 1);
        assert_true(row.mendable);
        assert_int_equal(outbox_settle(ledger, &week, 1), 0);
        assert_int_equal(outbox_next_mendable(ledger, 0, &row), 0);
        assert_int_equal(runner_set_consent(ledger, "r", false), 0);
}

static void what_the_broker_may_yet_take_is_kept_until_it_does_or_is_superseded(void **state)
{
        (void)state;
        with_ledger(age_and_supersede);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_newer_row_of_the_same_topic_is_as_suspect),
                cmocka_unit_test(the_one_noted_longest_ago_makes_room),
                cmocka_unit_test(what_the_broker_may_yet_take_is_kept_until_it_does_or_is_superseded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
