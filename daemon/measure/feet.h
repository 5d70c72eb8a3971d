/* feet.h: one number from two feet. Distance is never left plus right (metrics.md 1.1). */
#pragma once

#include <stddef.h>

typedef struct FootLoad {
        double distance_m; /* >= 0 */
        double coverage;   /* 0..1; a foot without either number saw nothing */
} FootLoad;

/* Both feet from coverage_min on: their mean; else the one that saw more (left in a
 * tie); neither saw anything: NAN and "none". Answers the source's name, a literal. */
const char *feet_merge_distance(FootLoad left, FootLoad right, double coverage_min,
                                double *ret_distance_m);

/* Contacts of both feet; with one pod (n_right or n_left 0) twice its strides. */
size_t feet_steps(size_t n_left, size_t n_right);

/* Valid strides / (moving time / median stride time), at most 1. */
double foot_coverage(size_t n_strides, double moving_s, double median_stride_s);

/* Σ (peak / 1 g)^k; NAN when a peak is negative, infinite or NAN, or k is no number >= 0. */
double impact_sum(const double *peaks_g, size_t n, double k);
