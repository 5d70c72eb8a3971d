/* Every pair of state and event is a rule, or ignored for a reason; no state is a trap. */
#include "daemon/ble/link-rules.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_pair_is_a_rule_or_ignored_for_a_reason_and_never_both(void **state)
{
        (void)state;
        for (LinkStage in = 0; in < LINK_STAGES; in++) {
                for (LinkEvent on = 0; on < LINK_EVENTS; on++) {
                        bool ruled = link_rule(in, on), ignored = link_ignored_because(in, on);

                        if (ruled == ignored)
                                fail_msg("state %d, event %d: %s", in, on,
                                         ruled ? "a rule, and ignored" : "nobody thought of it");
                }
        }
}

static void no_rule_hides_another(void **state)
{
        (void)state;
        for (unsigned i = 0; link_rule_at(i); i++)
                assert_ptr_equal(link_rule(link_rule_at(i)->in, link_rule_at(i)->on), link_rule_at(i));
}

/* States that can be reached from `from`, as bits. */
static unsigned reachable(LinkStage from)
{
        unsigned seen = 1u << from, before = 0;

        while (seen != before) {
                before = seen;
                for (unsigned i = 0; link_rule_at(i); i++) {
                        if (seen & 1u << link_rule_at(i)->in)
                                seen |= 1u << link_rule_at(i)->becomes;
                }
        }
        return seen;
}

static void from_every_state_a_way_leads_to_every_other(void **state)
{
        (void)state;
        for (LinkStage from = 0; from < LINK_STAGES; from++)
                assert_int_equal(reachable(from), (1u << LINK_STAGES) - 1);
}

static void without_a_radio_every_link_is_absent_and_its_session_over(void **state)
{
        (void)state;
        for (LinkStage in = LINK_ABSENT + 1; in < LINK_STAGES; in++) {
                if (in == LINK_HELD)
                        continue; /* has no session, and a restart of bluetoothd must not begin one */
                assert_non_null(link_rule(in, ON_RADIO_GONE));
                assert_int_equal(link_rule(in, ON_RADIO_GONE)->becomes, LINK_ABSENT);
                assert_int_equal(link_rule(in, ON_RADIO_GONE)->act, DO_END);
        }
}

/* Each try may kill bluetoothd: whatever the radio does, only a person or an hour leads out. */
static void a_bad_bond_is_not_tried_again_in_a_loop(void **state)
{
        (void)state;
        for (LinkEvent on = 0; on < LINK_EVENTS; on++)
                assert_int_equal(link_rule(LINK_HELD, on) != NULL, on == ON_RETRY_DUE || on == ON_BOND_MENDED);
}

/* A pod that goes away for good, or never answers, leaves no link waiting for ever. */
static void every_state_that_waits_ends_by_loss_or_by_time(void **state)
{
        (void)state;
        for (LinkStage in = LINK_ABSENT + 1; in < LINK_STAGES; in++)
                assert_true(link_rule(in, ON_RETRY_DUE) || (link_rule(in, ON_LOST) && link_rule(in, ON_FAILED)));
}

static void only_a_turn_calls_connect_and_only_services_begin_a_session(void **state)
{
        (void)state;
        for (unsigned i = 0; link_rule_at(i); i++) {
                const LinkRule *rule = link_rule_at(i);

                assert_int_equal(rule->act == DO_CONNECT, rule->on == ON_TURN);
                assert_int_equal(rule->act == DO_BEGIN_SESSION, rule->on == ON_RESOLVED);
                assert_int_equal(rule->becomes == LINK_CONNECTING, rule->act == DO_CONNECT);
                assert_int_equal(rule->becomes == LINK_SYNCING, rule->act == DO_BEGIN_SESSION);
                assert_int_equal(rule->becomes == LINK_BACKING_OFF,
                                 rule->act == DO_LOSE || rule->act == DO_DISCONNECT);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_pair_is_a_rule_or_ignored_for_a_reason_and_never_both),
                cmocka_unit_test(no_rule_hides_another),
                cmocka_unit_test(from_every_state_a_way_leads_to_every_other),
                cmocka_unit_test(without_a_radio_every_link_is_absent_and_its_session_over),
                cmocka_unit_test(a_bad_bond_is_not_tried_again_in_a_loop),
                cmocka_unit_test(every_state_that_waits_ends_by_loss_or_by_time),
                cmocka_unit_test(only_a_turn_calls_connect_and_only_services_begin_a_session),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
