/* The five states of a bond, each by its evidence. */
#include "daemon/ble/bond.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void each_state_is_told_by_its_evidence(void **state)
{
        static const struct {
                BondEvidence seen[5];
                size_t n;
                BondState is;
                bool is_bad;
        } cases[] = {
                {{0}, 0, BOND_UNPROVEN, false},
                {{BOND_SAW_DATA}, 1, BOND_BOTH, false},
                {{BOND_SAW_LINK_WITHOUT_KEY}, 1, BOND_NONE, true},
                {{BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY}, 3, BOND_ONLY_WE, true},
                {{BOND_SAW_DROP_WITHOUT_KEY, BOND_SAW_DROP_WITHOUT_KEY}, 2, BOND_ONLY_POD, true},
                {{BOND_SAW_LINK_WITHOUT_KEY, BOND_SAW_PAIRING_REFUSED}, 2, BOND_ONLY_POD, true},
                {{BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY, BOND_SAW_PAIRING_REFUSED},
                 4, BOND_DIFFERS, true},
                {{BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITHOUT_KEY}, 4,
                 BOND_DIFFERS, true},
                /* after that the gateway has no key either, and the pod still does not let it in */
                {{BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY, BOND_SAW_DROP_WITH_KEY, BOND_SAW_PAIRING_REFUSED,
                  BOND_SAW_DROP_WITHOUT_KEY},
                 5, BOND_DIFFERS, true},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Bond bond = {0};
                bool bad = false;

                for (size_t k = 0; k < cases[i].n; k++)
                        bad = bond_note(&bond, cases[i].seen[k]);
                assert_int_equal(bond.state, cases[i].is);
                assert_int_equal(bond_is_bad(&bond), cases[i].is_bad);
                if (cases[i].n > 0)
                        assert_int_equal(bad, cases[i].is_bad);
        }
}

static void a_link_that_drops_now_and_then_is_no_lost_bond(void **state)
{
        Bond bond = {0};

        (void)state;
        for (int i = 0; i < 100; i++) {
                assert_false(bond_note(&bond, BOND_SAW_DROP_WITH_KEY));
                assert_false(bond_note(&bond, BOND_SAW_DROP_WITH_KEY));
                assert_false(bond_note(&bond, BOND_SAW_DATA));
        }
}

static void one_more_try_that_fails_is_enough_to_stop_again(void **state)
{
        Bond bond = {0};

        (void)state;
        for (int i = 0; i < BOND_DROPS_WITH_KEY; i++)
                (void)bond_note(&bond, BOND_SAW_DROP_WITH_KEY);
        assert_true(bond_note(&bond, BOND_SAW_DROP_WITH_KEY));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_state_is_told_by_its_evidence),
                cmocka_unit_test(a_link_that_drops_now_and_then_is_no_lost_bond),
                cmocka_unit_test(one_more_try_that_fails_is_enough_to_stop_again),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
