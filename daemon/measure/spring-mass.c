#include "daemon/measure/spring-mass.h"

#include "base/cleanup.h"

static bool is_positive(double value)
{
        return isfinite(value) && value > 0;
}

static const char *flight_fault(const SpringMassInput *input,
                                const SpringMassParameters *parameters)
{
        if (!is_positive(input->contact_time_s))
                return "no_contact_time";
        if (!isfinite(input->flight_time_s))
                return "no_flight_time";
        if (input->flight_time_s <= 0)
                return "grounded";
        /* NAN compares false: a grade that nobody knows is level */
        return fabs(input->grade_pct) > parameters->grade_max_pct ? "inclined" : NULL;
}

static const char *leg_fault(const SpringMassInput *input)
{
        if (!is_positive(input->leg_length_m))
                return "no_leg_length";
        if (!isfinite(input->speed_mps) || input->speed_mps < 0)
                return "no_speed";
        return input->speed_mps * input->contact_time_s / 2.0 >= input->leg_length_m
                       ? "leg_too_short"
                       : NULL;
}

static const char *const of_mass[] = {"force_max_n", "force_max_bw", "sinking_m",
                                      "vertical_stiffness_n_m", "oscillation_m"};
static const char *const of_leg[] = {"compression_m", "leg_stiffness_n_m"};

static void give_reason(Reasons *reasons, const char *const *paths, size_t n, const char *code)
{
        for (size_t i = 0; i < n; i++)
                reasons_add(reasons, paths[i], code);
}

void spring_mass(const SpringMassInput *input, const SpringMassParameters *parameters,
                 SpringMass *ret)
{
        const char *fault = flight_fault(input, parameters), *short_leg;
        double tc = input->contact_time_s, tf = input->flight_time_s, m = input->mass_kg;
        double g = parameters->gravity_mps2, half_way;

        *ret = (SpringMass){.force_max_n = NULL_REAL,
                            .force_max_bw = NULL_REAL,
                            .sinking_m = NULL_REAL,
                            .compression_m = NULL_REAL,
                            .vertical_stiffness_n_m = NULL_REAL,
                            .leg_stiffness_n_m = NULL_REAL,
                            .flight_rise_m = NULL_REAL,
                            .oscillation_m = NULL_REAL};
        if (fault)
                reasons_add(&ret->reasons, "flight_rise_m", fault);
        else
                ret->flight_rise_m = g * tf * tf / 8.0;
        if (!fault && !is_positive(m))
                fault = "no_mass";
        if (fault) {
                give_reason(&ret->reasons, of_mass, ARRAY_SIZE(of_mass), fault);
                give_reason(&ret->reasons, of_leg, ARRAY_SIZE(of_leg), fault);
                return;
        }
        ret->force_max_bw = M_PI / 2.0 * (tf / tc + 1.0);
        ret->force_max_n = m * g * ret->force_max_bw;
        ret->sinking_m = ret->force_max_n * tc * tc / (m * M_PI * M_PI) - g * tc * tc / 8.0;
        ret->vertical_stiffness_n_m = ret->force_max_n / ret->sinking_m;
        ret->oscillation_m = ret->sinking_m + ret->flight_rise_m;

        short_leg = leg_fault(input);
        if (short_leg) {
                give_reason(&ret->reasons, of_leg, ARRAY_SIZE(of_leg), short_leg);
                return;
        }
        half_way = input->speed_mps * tc / 2.0;
        ret->compression_m = input->leg_length_m -
                             sqrt(input->leg_length_m * input->leg_length_m - half_way * half_way) +
                             ret->sinking_m;
        ret->leg_stiffness_n_m = ret->force_max_n / ret->compression_m;
}

double spring_mass_leg_length(double height_m, const SpringMassParameters *parameters)
{
        return is_positive(height_m) ? parameters->leg_per_height * height_m : NULL_REAL;
}
