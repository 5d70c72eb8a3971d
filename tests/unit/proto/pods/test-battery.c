/* Battery: 0x2A19, from the service's specification. */
#include "tests/unit/proto/pods/values.h"

static void a_level_is_a_percentage(void **state)
{
        (void)state;
        for (int level_pct = 0; level_pct < 256; level_pct++) {
                uint8_t packet[2] = {(uint8_t)level_pct, 0};
                PodValues values;

                if (level_pct > 100) {
                        assert_refused("2A19", packet, 1);
                        continue;
                }
                assert_int_equal(describe("2A19", packet, 1, &values), 0);
                assert_int_equal(integer_of(&values, "level_pct"), level_pct);
                assert_int_equal(values.n, 1);
                assert_refused("2A19", packet, 2);
        }
        assert_refused("2A19", "", 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(a_level_is_a_percentage)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
