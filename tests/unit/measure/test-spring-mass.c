#include "within.h"

#include "base/cleanup.h"
#include "daemon/measure/spring-mass.h"
#include "daemon/measure/parameters.h"

static const SpringMassInput easy = {.contact_time_s = 0.25, .flight_time_s = 0.1, .mass_kg = 70,
                                     .leg_length_m = 0.9434, .speed_mps = 2.9, .grade_pct = (double)NAN};

static SpringMass measure(SpringMassInput input)
{
        SpringMass spring;

        spring_mass(&input, &measure_defaults.spring_mass, &spring);
        return spring;
}

/* Integrates a stance under F·sin(πt/tc) from the speed at which flight of tf lands; the
 * lowest point is Δy. Another road than the formula, so a wrong sign shows. */
static double sinking_by_integration(const SpringMassInput *input)
{
        double tc = input->contact_time_s, tf = input->flight_time_s, g = 9.81;
        double force = input->mass_kg * g * M_PI / 2 * (tf / tc + 1), v = -g * tf / 2, y = 0, lowest = 0;
        int n = 200000;

        for (int i = 0; i < n; i++) {
                double t = (i + 0.5) * tc / n, a = force * sin(M_PI * t / tc) / input->mass_kg - g;

                y += v * tc / n + a * (tc / n) * (tc / n) / 2;
                v += a * tc / n;
                lowest = y < lowest ? y : lowest;
        }
        return -lowest;
}

static void sinking_is_what_integrating_the_force_gives(void **state)
{
        static const double contacts[] = {0.15, 0.2, 0.25, 0.32}, flights[] = {0.02, 0.1, 0.16};

        (void)state;
        for (size_t c = 0; c < ARRAY_SIZE(contacts); c++) {
                for (size_t f = 0; f < ARRAY_SIZE(flights); f++) {
                        SpringMassInput input = easy;

                        input.contact_time_s = contacts[c];
                        input.flight_time_s = flights[f];
                        assert_within(measure(input).sinking_m, sinking_by_integration(&input), 1e-6);
                }
        }
}

static void force_and_stiffness_grow_with_mass_and_lengths_do_not(void **state)
{
        SpringMassInput heavy = easy;
        SpringMass one = measure(easy), two;

        (void)state;
        heavy.mass_kg = 140;
        two = measure(heavy);
        assert_within(two.force_max_n, 2 * one.force_max_n, 1e-9);
        assert_within(two.vertical_stiffness_n_m, 2 * one.vertical_stiffness_n_m, 1e-8);
        assert_within(two.leg_stiffness_n_m, 2 * one.leg_stiffness_n_m, 1e-8);
        assert_within(two.force_max_bw, one.force_max_bw, 0);
        assert_within(two.sinking_m, one.sinking_m, 1e-15);
        assert_within(two.compression_m, one.compression_m, 1e-15);
}

/* Lengths go with the square of time at the same g: a stance twice as long sinks four times. */
static void twice_the_times_sink_four_times_as_far(void **state)
{
        SpringMassInput slow = easy;

        (void)state;
        slow.contact_time_s *= 2;
        slow.flight_time_s *= 2;
        assert_within(measure(slow).sinking_m, 4 * measure(easy).sinking_m, 1e-12);
        assert_within(measure(slow).flight_rise_m, 4 * measure(easy).flight_rise_m, 1e-12);
        assert_within(measure(slow).oscillation_m, 4 * measure(easy).oscillation_m, 1e-12);
        assert_within(measure(easy).oscillation_m, measure(easy).sinking_m + measure(easy).flight_rise_m, 1e-15);
        assert_within(measure(easy).leg_stiffness_n_m * measure(easy).compression_m, measure(easy).force_max_n, 1e-9);
}

static void standing_still_the_leg_shortens_by_the_sinking(void **state)
{
        SpringMassInput input = easy;

        (void)state;
        input.speed_mps = 0;
        assert_within(measure(input).compression_m, measure(input).sinking_m, 1e-15);
}

typedef struct Fault {
        SpringMassInput input;
        const char *code;
} Fault;

#define WITH(member_, value_)                                                                      \
        (SpringMassInput)                                                                          \
        {                                                                                          \
                .contact_time_s = #member_[0] == 'c' ? (value_) : 0.25,                            \
                .flight_time_s = #member_[0] == 'f' ? (value_) : 0.1,                              \
                .mass_kg = #member_[0] == 'm' ? (value_) : 70,                                     \
                .leg_length_m = #member_[0] == 'l' ? (value_) : 0.9434,                            \
                .speed_mps = #member_[0] == 's' ? (value_) : 2.9,                                  \
                .grade_pct = #member_[0] == 'g' ? (value_) : 0                                     \
        }

static void a_missing_or_senseless_stance_leaves_no_model(void **state)
{
        const Fault faults[] = {
                {WITH(contact, NULL_REAL), "no_contact_time"}, {WITH(contact, 0), "no_contact_time"},
                {WITH(contact, -1), "no_contact_time"},        {WITH(contact, (double)INFINITY), "no_contact_time"},
                {WITH(flight, NULL_REAL), "no_flight_time"},   {WITH(flight, (double)INFINITY), "no_flight_time"},
                {WITH(flight, 0), "grounded"},                 {WITH(flight, -0.05), "grounded"},
                {WITH(grade, 2.01), "inclined"},               {WITH(grade, -2.01), "inclined"},
                {WITH(grade, (double)INFINITY), "inclined"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
                SpringMass spring = measure(faults[i].input);

                assert_null_real(&spring, force_max_n, faults[i].code);
                assert_null_real(&spring, force_max_bw, faults[i].code);
                assert_null_real(&spring, sinking_m, faults[i].code);
                assert_null_real(&spring, compression_m, faults[i].code);
                assert_null_real(&spring, vertical_stiffness_n_m, faults[i].code);
                assert_null_real(&spring, leg_stiffness_n_m, faults[i].code);
                assert_null_real(&spring, flight_rise_m, faults[i].code);
                assert_null_real(&spring, oscillation_m, faults[i].code);
        }
}

static void two_per_cent_and_an_unknown_grade_are_level(void **state)
{
        (void)state;
        assert_within(measure(WITH(grade, 2)).sinking_m, measure(easy).sinking_m, 0);
        assert_within(measure(WITH(grade, -2)).sinking_m, measure(easy).sinking_m, 0);
}

static void without_mass_only_the_flight_remains(void **state)
{
        static const double bad[] = {0, -70, (double)NAN, (double)INFINITY};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                SpringMass spring = measure(WITH(mass, bad[i]));

                assert_null_real(&spring, force_max_n, "no_mass");
                assert_null_real(&spring, leg_stiffness_n_m, "no_mass");
                assert_within(spring.flight_rise_m, 9.81 * 0.01 / 8, 1e-12);
        }
}

static void what_needs_no_leg_stays_without_one(void **state)
{
        const Fault faults[] = {
                {WITH(leg, NULL_REAL), "no_leg_length"}, {WITH(leg, 0), "no_leg_length"},
                {WITH(leg, -1), "no_leg_length"},        {WITH(speed, NULL_REAL), "no_speed"},
                {WITH(speed, -1), "no_speed"},           {WITH(speed, 10), "leg_too_short"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
                SpringMass spring = measure(faults[i].input);

                assert_null_real(&spring, compression_m, faults[i].code);
                assert_null_real(&spring, leg_stiffness_n_m, faults[i].code);
                assert_within(spring.vertical_stiffness_n_m, 25179.78108632919, 1e-6);
        }
}

static void a_leg_just_as_long_as_half_the_way_is_too_short(void **state)
{
        SpringMassInput input = easy;
        SpringMass spring;

        (void)state;
        input.leg_length_m = 0.5;
        input.speed_mps = 4;
        spring = measure(input);
        assert_null_real(&spring, compression_m, "leg_too_short");
        input.speed_mps = 3.999;
        assert_true(measure(input).compression_m > 0.45);
}

static void a_leg_is_a_share_of_the_height(void **state)
{
        (void)state;
        assert_within(spring_mass_leg_length(1.78, &measure_defaults.spring_mass), 0.9434, 1e-12);
        assert_true(isnan(spring_mass_leg_length(NULL_REAL, &measure_defaults.spring_mass)));
        assert_true(isnan(spring_mass_leg_length(0, &measure_defaults.spring_mass)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sinking_is_what_integrating_the_force_gives),
                cmocka_unit_test(force_and_stiffness_grow_with_mass_and_lengths_do_not),
                cmocka_unit_test(twice_the_times_sink_four_times_as_far),
                cmocka_unit_test(standing_still_the_leg_shortens_by_the_sinking),
                cmocka_unit_test(a_missing_or_senseless_stance_leaves_no_model),
                cmocka_unit_test(two_per_cent_and_an_unknown_grade_are_level),
                cmocka_unit_test(without_mass_only_the_flight_remains),
                cmocka_unit_test(what_needs_no_leg_stays_without_one),
                cmocka_unit_test(a_leg_just_as_long_as_half_the_way_is_too_short),
                cmocka_unit_test(a_leg_is_a_share_of_the_height),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
