/* bone-stimulus.h: the daily load stimulus, (sum of a^m)^(1/(2m)), in g^1/2 (metrics.md 1.1).
 *
 * Form with root: Carter 1987 and Whalen 1988, as cited in ispub IJBE 4(1) 4116; 2 < m < 7 in
 * studies of running, 4 by default. The stimulus is not additive: what is stored, of a run, a day
 * or a week, is the sum of a^m; sums add, and the root comes last. At m >= 4 one spurious peak of
 * 40 g outweighs a week: peaks are debounced before, and the largest one is shown beside it.
 * Bands of makers are for the distal tibia and hold for no foot or sacrum pod. */
#pragma once

#include <stddef.h>

typedef struct BoneParameters {
        double exponent; /* m */
} BoneParameters;

extern const BoneParameters bone_defaults;

/* sum + n * (peak_g / 1 g)^m, g^m: n contacts more with this peak. Sums of the same m simply add.
 * NAN when anything is negative, infinite or NAN, m is not above 0, or the sum is too large;
 * NAN stays NAN. */
double bone_stimulus_add(double sum, double peak_g, double n, double m);

/* The same of a list, beginning with 0. */
double bone_stimulus_sum(const double *peaks_g, size_t n, double m);

/* The stimulus of a stored sum; of no contacts 0. NAN with *ret_reason "invalid_peak" when the
 * sum is NAN, negative or infinite, "invalid_exponent" when m is not above 0. */
double bone_stimulus(double sum, double m, const char **ret_reason);
