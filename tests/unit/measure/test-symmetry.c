#include "within.h"

#include "base/cleanup.h"
#include "daemon/measure/symmetry.h"

#include <stdlib.h>

static Symmetry measure(double left, double right)
{
        Symmetry symmetry;

        symmetry_of(left, right, &symmetry);
        return symmetry;
}

static void swapping_the_sides_mirrors_everything(void **state)
{
        unsigned seed = 20261125;

        (void)state;
        print_message("seed %u\n", seed);
        srand(seed);
        for (int i = 0; i < 1000; i++) {
                double left = 1 + rand() % 500, right = 1 + rand() % 500;
                Symmetry one = measure(left, right), other = measure(right, left);

                assert_within(one.index_pct, -other.index_pct, 1e-9);
                assert_within(one.angle_pct, -other.angle_pct, 1e-9);
                assert_within(one.left_share_pct, 100 - other.left_share_pct, 1e-9);
                assert_true((one.index_pct > 0) == (right > left));
                assert_true(fabs(one.angle_pct) <= 50 && fabs(one.index_pct) <= 200);
        }
}

static void another_unit_changes_nothing(void **state)
{
        Symmetry one = measure(0.26, 0.24), other = measure(260, 240);

        (void)state;
        assert_within(one.index_pct, other.index_pct, 1e-9);
        assert_within(one.angle_pct, other.angle_pct, 1e-9);
}

static void a_silent_side_is_fifty_either_way(void **state)
{
        (void)state;
        assert_within(measure(5, 0).angle_pct, -50, 1e-9);
        assert_within(measure(0, 5).angle_pct, 50, 1e-9);
        assert_within(measure(5, 0).index_pct, -200, 1e-9);
        assert_within(measure(-5, 0).angle_pct, -50, 1e-9);
}

static void opposite_signs_have_an_angle_and_no_index(void **state)
{
        Symmetry symmetry = measure(-3, 3);

        (void)state;
        assert_null_real(&symmetry, index_pct, "sum_zero");
        assert_null_real(&symmetry, left_share_pct, "sum_zero");
        assert_within(symmetry.angle_pct, 100, 1e-9);
}

static void nothing_on_both_sides_is_no_symmetry(void **state)
{
        Symmetry symmetry = measure(0, 0);

        (void)state;
        assert_null_real(&symmetry, index_pct, "both_zero");
        assert_null_real(&symmetry, angle_pct, "both_zero");
        assert_null_real(&symmetry, left_share_pct, "both_zero");
}

static void a_missing_side_is_null_and_not_zero(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
                Symmetry left = measure(no_numbers[i], 240), right = measure(240, no_numbers[i]);

                assert_null_real(&left, index_pct, "missing");
                assert_null_real(&left, angle_pct, "missing");
                assert_null_real(&right, left_share_pct, "missing");
                assert_true(isnan(symmetry_difference(no_numbers[i], 1)));
        }
        assert_within(symmetry_difference(-3, 4), 7, 0);
        assert_within(symmetry_difference(4, -3), -7, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(swapping_the_sides_mirrors_everything),
                cmocka_unit_test(another_unit_changes_nothing),
                cmocka_unit_test(a_silent_side_is_fifty_either_way),
                cmocka_unit_test(opposite_signs_have_an_angle_and_no_index),
                cmocka_unit_test(nothing_on_both_sides_is_no_symmetry),
                cmocka_unit_test(a_missing_side_is_null_and_not_zero),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
