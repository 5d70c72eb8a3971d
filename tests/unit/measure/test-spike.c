#include "near.h"

#include "daemon/measure/spike.h"
#include "proto/fields.h"

static const char *band_of(int64_t reference_m, int64_t distance_m, int32_t days)
{
        SpikeRun runs[] = {{100, reference_m}, {100 + days, distance_m}};
        Spike spike = spike_of(runs, 1, 30);

        assert_true((spike.reference_m == NULL_INTEGER) == (spike.band == NULL));
        return spike.band ? spike.band->name : "no_reference";
}

static void a_band_ends_on_its_edge(void **state)
{
        (void)state;
        assert_string_equal(band_of(10000, 11000, 1), "reference");
        assert_string_equal(band_of(10000, 11001, 1), "small");
        assert_string_equal(band_of(10000, 13000, 1), "small");
        assert_string_equal(band_of(10000, 13001, 1), "moderate");
        assert_string_equal(band_of(10000, 20000, 1), "moderate");
        assert_string_equal(band_of(10000, 20001, 1), "large");
}

static void thirty_days_count_and_thirty_one_do_not(void **state)
{
        (void)state;
        assert_string_equal(band_of(10000, 10000, 0), "reference");
        assert_string_equal(band_of(10000, 10000, 30), "reference");
        assert_string_equal(band_of(10000, 10000, 31), "no_reference");
}

static void a_run_without_distance_and_a_later_date_are_no_reference(void **state)
{
        (void)state;
        assert_string_equal(band_of(0, 10000, 1), "no_reference");
        assert_string_equal(band_of(NULL_INTEGER, 10000, 1), "no_reference");
        assert_string_equal(band_of(10000, 10000, -1), "no_reference");
        assert_string_equal(band_of(10000, NULL_INTEGER, 1), "no_reference");
}

static void scaling_all_distances_leaves_the_band(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 1000; round++) {
                int64_t reference_m = 1 + (int64_t)random_below(30000),
                        distance_m = 1 + (int64_t)random_below(60000);

                assert_string_equal(band_of(reference_m, distance_m, 3),
                                    band_of(7 * reference_m, 7 * distance_m, 3));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_band_ends_on_its_edge),
                cmocka_unit_test(thirty_days_count_and_thirty_one_do_not),
                cmocka_unit_test(a_run_without_distance_and_a_later_date_are_no_reference),
                cmocka_unit_test(scaling_all_distances_leaves_the_band),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
