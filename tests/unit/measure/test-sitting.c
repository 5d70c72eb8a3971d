#include "within.h"

#include "daemon/measure/sitting.h"
#include "daemon/measure/parameters.h"

#include <stdlib.h>
#include <string.h>

/* "S120 U4 S119": epochs of a day. */
static SittingDay day_in_epochs(const char *text, double epoch_s)
{
        static const char letters[] = "NUSL"; /* as in Posture */
        SittingParameters parameters = measure_defaults.sitting;
        PostureRun runs[32];
        SittingDay day;
        size_t n = 0;

        parameters.epoch_s = epoch_s;
        while (*text) {
                char *end;

                assert_true(n < ARRAY_SIZE(runs));
                runs[n].posture = (Posture)(strchr(letters, *text) - letters);
                runs[n++].n_epochs = strtol(text + 1, &end, 10);
                text = *end ? end + 1 : end;
        }
        assert_int_equal(sitting_day(runs, n, &parameters, &day), 0);
        return day;
}

static SittingDay day_of(const char *text)
{
        return day_in_epochs(text, 15);
}

static void half_an_hour_is_prolonged_and_an_epoch_less_is_not(void **state)
{
        SittingDay day = day_of("S120 U1 S119");

        (void)state;
        assert_int_equal(day.n_prolonged, 1);
        assert_within(day.prolonged_s, 1800, 0);
        assert_within(day.longest_s, 1800, 0);
}

static void only_an_upright_bout_between_two_sittings_is_a_break(void **state)
{
        (void)state;
        assert_int_equal(day_of("S10 U1 S10").breaks, 1);
        assert_int_equal(day_of("S10 U100").breaks, 0);
        assert_int_equal(day_of("U5 S10").breaks, 0);
        assert_int_equal(day_of("S10 N4 S10").breaks, 0);
        assert_int_equal(day_of("S10 N4 S10").n_bouts, 2);
        assert_int_equal(day_of("L5 U4 S10").breaks, 0);
        assert_int_equal(day_of("S10 L4 S10").breaks, 0);
        assert_int_equal(day_of("S10 L4 S10").n_bouts, 2);
        assert_int_equal(day_of("S10 U4 L9 S10").breaks, 0);
        assert_int_equal(day_of("S10 U4 N9 S10").breaks, 0);
}

static void neighbours_alike_are_one_bout(void **state)
{
        SittingDay day = day_of("S60 S0 U0 S60 U-5 S1");

        (void)state;
        assert_int_equal(day.n_bouts, 1);
        assert_within(day.longest_s, 1815, 0);
        assert_int_equal(day.breaks, 0);
}

static void a_stand_below_ten_seconds_is_sitting(void **state)
{
        SittingDay day = day_in_epochs("S100 U9 S100", 1);

        (void)state;
        assert_int_equal(day.n_bouts, 1);
        assert_within(day.sit_s, 209, 0);
        assert_within(day.upright_s, 0, 0);
        day = day_in_epochs("S100 U10 S100", 1);
        assert_int_equal(day.n_bouts, 2);
        assert_int_equal(day.breaks, 1);
        assert_within(day.upright_s, 10, 0);
        assert_within(day_in_epochs("S100 U9 L100", 1).upright_s, 9, 0);
}

static void half_of_the_sitting_is_in_bouts_up_to_w50(void **state)
{
        (void)state;
        assert_within(day_of("S10 U1 S20 U1 S100").w50_s, 1500, 0);
        assert_within(day_of("S30 U1 S40 U1 S50 U1 S60").w50_s, 750, 0);
        assert_within(day_of("S7").w50_s, 105, 0);
        assert_within(day_of("S10 U1 S20 U1 S10").w50_s, 150, 0); /* exactly half: the shorter */
}

static void another_epoch_length_scales_times_only(void **state)
{
        SittingDay one = day_in_epochs("L9 S20 U4 S30 N3 S5", 15), two = day_in_epochs("L9 S20 U4 S30 N3 S5", 30);

        (void)state;
        assert_within(two.sit_s, 2 * one.sit_s, 0);
        assert_within(two.w50_s, 2 * one.w50_s, 0);
        assert_within(one.wear_s, 15 * (9 + 20 + 4 + 30 + 5), 0);
        assert_within(one.breaks_per_sit_hour, 3600.0 / (15 * 55), 1e-12);
        assert_within(two.sit_pct_of_wear, one.sit_pct_of_wear, 1e-12);
        assert_within(two.breaks_per_sit_hour, one.breaks_per_sit_hour / 2, 1e-12);
        assert_int_equal(two.n_bouts, one.n_bouts);
}

static void a_day_not_worn_or_not_sat_is_not_zero(void **state)
{
        SittingDay day = day_of("N5000");

        (void)state;
        assert_null_real(&day, sit_pct_of_wear, "no_wear");
        assert_null_real(&day, longest_s, "no_wear");
        assert_null_real(&day, breaks_per_sit_hour, "no_wear");
        assert_null_real(&day, w50_s, "no_wear");
        day = day_of("");
        assert_null_real(&day, w50_s, "no_wear");
        day = day_of("U500 L20");
        assert_within(day.sit_pct_of_wear, 0, 0);
        assert_within(day.longest_s, 0, 0);
        assert_null_real(&day, breaks_per_sit_hour, "no_sitting");
        assert_null_real(&day, w50_s, "no_sitting");
}

static void ten_hours_make_a_day_and_four_days_a_week(void **state)
{
        SittingDay days[5];
        SittingWeek week;

        (void)state;
        days[0] = day_of("S1200 U1200"); /* 10 h exactly */
        days[1] = day_of("S1200 U1199 N400");
        assert_true(days[0].valid);
        assert_false(days[1].valid);
        days[2] = days[3] = days[0];
        days[4] = day_of("U2400");
        week = sitting_week(days, 4, &measure_defaults.sitting);
        assert_int_equal(week.valid_days, 3);
        assert_null_real(&week, sit_s_per_day, "too_few_valid_days");
        assert_null_real(&week, sit_pct_of_wear, "too_few_valid_days");
        assert_null_real(&week, breaks_per_sit_hour, "too_few_valid_days");
        week = sitting_week(days, 5, &measure_defaults.sitting);
        assert_within(week.sit_s_per_day, 3 * 18000.0 / 4, 1e-9);
        assert_within(week.sit_pct_of_wear, 37.5, 1e-9);
        assert_within(week.breaks_per_sit_hour, 0, 0);
        days[0] = day_of("S600 U1200 S600"); /* a break in 5 h */
        days[2] = day_of("S600 U600 S300 U600 S300"); /* two */
        week = sitting_week(days, 5, &measure_defaults.sitting);
        assert_within(week.breaks_per_sit_hour, 0.2, 1e-12); /* 0.2, 0.4 and 0; a day without sitting has none */
        for (size_t i = 0; i < 4; i++)
                days[i] = days[4];
        week = sitting_week(days, 4, &measure_defaults.sitting);
        assert_null_real(&week, breaks_per_sit_hour, "no_sitting");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(half_an_hour_is_prolonged_and_an_epoch_less_is_not),
                cmocka_unit_test(only_an_upright_bout_between_two_sittings_is_a_break),
                cmocka_unit_test(neighbours_alike_are_one_bout),
                cmocka_unit_test(a_stand_below_ten_seconds_is_sitting),
                cmocka_unit_test(half_of_the_sitting_is_in_bouts_up_to_w50),
                cmocka_unit_test(another_epoch_length_scales_times_only),
                cmocka_unit_test(a_day_not_worn_or_not_sat_is_not_zero),
                cmocka_unit_test(ten_hours_make_a_day_and_four_days_a_week),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
