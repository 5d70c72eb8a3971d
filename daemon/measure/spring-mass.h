/* spring-mass.h: force, sinking and stiffness from contact and flight (metrics.md 3.1).
 *
 * Morin 2005, J Appl Biomech 21:167: the vertical force of a stance is taken as half a
 * sine. Sinking Δy = F·tc²/(m·π²) MINUS g·tc²/8: copies of the formula with a plus give
 * 0.21 m where integrating the half sine gives 0.06 m. The temporal method is not valid on
 * inclined ground (Meyer 2023, doi 10.1055/a-2044-4805). */
#pragma once

#include "proto/fields.h"

/* Our own rules, and constants that a clinic may know better. */
typedef struct SpringMassParameters {
        double gravity_mps2;
        double grade_max_pct;  /* steeper, up or down: no model */
        double leg_per_height; /* leg length as a share of body height */
} SpringMassParameters;

/* NAN: not known. */
typedef struct SpringMassInput {
        double contact_time_s;
        double flight_time_s;
        double mass_kg;
        double leg_length_m; /* see spring_mass_leg_length */
        double speed_mps;
        double grade_pct; /* not known: taken as level */
} SpringMassInput;

typedef struct SpringMass {
        double force_max_n;            /* m·g·(π/2)·(tf/tc + 1) */
        double force_max_bw;           /* the same in body weights */
        double sinking_m;              /* Δy, of the centre of mass in stance */
        double compression_m;          /* ΔL, of the leg: L − √(L² − (v·tc/2)²) + Δy */
        double vertical_stiffness_n_m; /* F/Δy */
        double leg_stiffness_n_m;      /* F/ΔL */
        double flight_rise_m;          /* g·tf²/8 */
        double oscillation_m; /* Δy + flight rise; a trunk pod's measured value is better */
        Reasons reasons;      /* by member name */
} SpringMass;

/* A null and why: "no_contact_time" "no_flight_time" (missing, infinite or contact not above
 * 0), "grounded" (flight not above 0), "inclined"; "no_mass"; for the leg also "no_leg_length"
 * "no_speed" and "leg_too_short" (v·tc/2 is at least the leg). What needs no leg stays when
 * only the leg or the speed is missing. */
void spring_mass(const SpringMassInput *input, const SpringMassParameters *parameters,
                 SpringMass *ret);

/* NAN: no height. */
double spring_mass_leg_length(double height_m, const SpringMassParameters *parameters);
