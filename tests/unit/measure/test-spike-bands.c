/* A run against the longest of the 30 days before it: borders by the metre and by the day. */
#include "tests/unit/measure/fixture.h"

#include "daemon/measure/spike.h"

static Spike against(int64_t reference_m, int64_t distance_m)
{
        const SpikeRun runs[] = {{.day = 100, .distance_m = reference_m},
                                 {.day = 101, .distance_m = distance_m}};

        return spike_of(runs, 1, 30);
}

static void bands_end_exactly_where_they_say(void **state)
{
        static const struct {
                int64_t distance_m;
                const char *band;
        } cases[] = {
                {1, "reference"},      {9000, "reference"},  {11000, "reference"},
                {11001, "small"},      {13000, "small"},     {13001, "moderate"},
                {20000, "moderate"},   {20001, "large"},     {100000, "large"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Spike spike = against(10000, cases[i].distance_m);

                assert_int_equal(spike.reference_m, 10000);
                assert_non_null(spike.band);
                assert_string_equal(spike.band->name, cases[i].band);
        }
}

static void day_30_counts_and_day_31_does_not(void **state)
{
        SpikeRun runs[] = {{.day = 100, .distance_m = 9000}, {.day = 130, .distance_m = 10000}};

        (void)state;
        assert_int_equal(spike_of(runs, 1, 30).reference_m, 9000);
        runs[1].day = 131;
        assert_int_equal(spike_of(runs, 1, 30).reference_m, NULL_INTEGER);
        assert_null(spike_of(runs, 1, 30).band);
}

static void the_longest_earlier_run_is_the_reference_also_of_the_same_day(void **state)
{
        const SpikeRun runs[] = {{.day = 100, .distance_m = 5000},
                                 {.day = 110, .distance_m = 8000},
                                 {.day = 110, .distance_m = 12000},
                                 {.day = 110, .distance_m = 30000}};

        (void)state;
        assert_int_equal(spike_of(runs, 2, 30).reference_m, 8000);
        assert_string_equal(spike_of(runs, 2, 30).band->name, "moderate");
        assert_int_equal(spike_of(runs, 1, 30).reference_m, 5000); /* later ones do not count */
}

static void the_first_run_has_no_reference(void **state)
{
        const SpikeRun run = {.day = 100, .distance_m = 5000};

        (void)state;
        assert_int_equal(spike_of(&run, 0, 30).reference_m, NULL_INTEGER);
        assert_null(spike_of(&run, 0, 30).band);
}

static void runs_of_unknown_or_no_distance_are_no_reference(void **state)
{
        (void)state;
        assert_int_equal(against(NULL_INTEGER, 5000).reference_m, NULL_INTEGER);
        assert_int_equal(against(0, 5000).reference_m, NULL_INTEGER);
}

static void bands_carry_their_evidence_in_order(void **state)
{
        const SpikeBand *band = against(100, 100).band;

        (void)state;
        assert_true(band->hazard_rate_ratio == 1);
        band = against(100, 120).band;
        assert_true(band->hazard_rate_ratio == 1.64 && band->ratio_low == 1.31 &&
                    band->ratio_high == 2.05);
        band = against(100, 1000).band;
        assert_true(band->hazard_rate_ratio == 2.28);
        assert_true(against(100, 100).band < against(100, 120).band);
        assert_true(against(100, 150).band < band);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(bands_end_exactly_where_they_say),
                TEST(day_30_counts_and_day_31_does_not),
                TEST(the_longest_earlier_run_is_the_reference_also_of_the_same_day),
                TEST(the_first_run_has_no_reference),
                TEST(runs_of_unknown_or_no_distance_are_no_reference),
                TEST(bands_carry_their_evidence_in_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
