#include "within.h"

#include "daemon/measure/efficiency.h"
#include "daemon/measure/parameters.h"

static Efficiency measure(EfficiencyHalf first, EfficiencyHalf second)
{
        Efficiency efficiency;

        efficiency_of(first, second, &efficiency);
        return efficiency;
}

static void equal_halves_lose_nothing_and_swapped_ones_gain(void **state)
{
        EfficiencyHalf easy = {3, 150}, hard = {3, 160};

        (void)state;
        assert_within(measure(easy, easy).decoupling_pct, 0, 0);
        assert_within(measure(easy, hard).decoupling_pct, 100 * (1 - 150.0 / 160.0), 1e-9);
        assert_true(measure(hard, easy).decoupling_pct < 0);
        assert_within(measure(easy, hard).first_m_per_beat, 1.2, 1e-12);
}

static void a_half_without_its_numbers_is_null_and_the_other_stays(void **state)
{
        Efficiency efficiency = measure((EfficiencyHalf){3, 0}, (EfficiencyHalf){3, 150});

        (void)state;
        assert_null_real(&efficiency, first_m_per_beat, "no_heart_rate");
        assert_null_real(&efficiency, decoupling_pct, "no_heart_rate");
        assert_within(efficiency.second_m_per_beat, 1.2, 1e-12);
        efficiency = measure((EfficiencyHalf){3, 150}, (EfficiencyHalf){-3, 150});
        assert_null_real(&efficiency, second_m_per_beat, "no_speed");
        assert_null_real(&efficiency, decoupling_pct, "no_speed");
        efficiency = measure((EfficiencyHalf){0, 150}, (EfficiencyHalf){3, 150});
        assert_null_real(&efficiency, decoupling_pct, "standing");
        for (size_t i = 0; i < sizeof(no_numbers) / sizeof(*no_numbers); i++) {
                efficiency = measure((EfficiencyHalf){3, no_numbers[i]}, (EfficiencyHalf){no_numbers[i], 150});
                assert_null_real(&efficiency, first_m_per_beat, "no_heart_rate");
                assert_null_real(&efficiency, second_m_per_beat, "no_speed");
        }
}

enum { N = 2402 };
static EfficiencySample samples[N];

/* One sample a second: N − 1 seconds, 150 beats in the first half, 160 in the second. */
static Efficiency measure_run(size_t n)
{
        Efficiency efficiency;

        efficiency_of_run(samples, n, &measure_defaults.efficiency, &efficiency);
        return efficiency;
}

static int fill(void **state)
{
        (void)state;
        for (size_t i = 0; i < N; i++)
                samples[i] = (EfficiencySample){(double)i, 3, i < 1200 ? 150 : 160, NULL_REAL};
        return 0;
}

static void a_run_is_halved_by_its_time(void **state)
{
        Efficiency efficiency = measure_run(2401);

        (void)state;
        assert_within(efficiency.first_m_per_beat, 1.2, 1e-12);
        assert_within(efficiency.second_m_per_beat, 180.0 / 160, 1e-12);
}

static void hills_and_gaps_do_not_count(void **state)
{
        Efficiency efficiency;

        (void)state;
        for (size_t i = 400; i < 500; i++)
                samples[i] = (EfficiencySample){(double)i, 1, 190, 8};
        for (size_t i = 1500; i < 1600; i++)
                samples[i] = (EfficiencySample){(double)i, 1, 190, -8};
        for (size_t i = 2000; i < N; i++)
                samples[i].time_s += 3600; /* stopped, the heart rate rests: not heard */
        efficiency = measure_run(2401);
        assert_within(efficiency.first_m_per_beat, 1.2, 2e-3);
        assert_within(efficiency.second_m_per_beat, 180.0 / 160, 2e-3);
}

static void twenty_minutes_are_enough_and_a_second_less_is_not(void **state)
{
        Efficiency efficiency = measure_run(1201);

        (void)state;
        assert_within(efficiency.decoupling_pct, 0, 1e-9);
        efficiency = measure_run(1200);
        assert_null_real(&efficiency, decoupling_pct, "too_short");
        assert_null_real(&efficiency, first_m_per_beat, "too_short");
        efficiency = measure_run(0);
        assert_null_real(&efficiency, second_m_per_beat, "too_short");
}

static void ten_seconds_and_two_per_cent_still_count(void **state)
{
        Efficiency efficiency;

        (void)state;
        for (size_t i = 0; i < N; i++)
                samples[i] = (EfficiencySample){10.0 * (double)i, 3, 150, i % 2 ? 2 : -2};
        efficiency = measure_run(121);
        assert_within(efficiency.second_m_per_beat, 1.2, 1e-12);
        samples[60].grade_pct = 2.1;
        efficiency = measure_run(121);
        assert_null_real(&efficiency, first_m_per_beat, "too_short");
        samples[60] = samples[59];
        efficiency = measure_run(121); /* time that stands still, then a gap of 20 s */
        assert_null_real(&efficiency, first_m_per_beat, "too_short");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(equal_halves_lose_nothing_and_swapped_ones_gain),
                cmocka_unit_test(a_half_without_its_numbers_is_null_and_the_other_stays),
                cmocka_unit_test_setup(a_run_is_halved_by_its_time, fill),
                cmocka_unit_test_setup(hills_and_gaps_do_not_count, fill),
                cmocka_unit_test_setup(twenty_minutes_are_enough_and_a_second_less_is_not, fill),
                cmocka_unit_test_setup(ten_seconds_and_two_per_cent_still_count, fill),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
