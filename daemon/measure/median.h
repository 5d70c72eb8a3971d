/* median.h: the middle value; of an even number of values the mean of the middle two. */
#pragma once

#include <stddef.h>

/* Sorts `values` in place. NAN when there is none. */
double median_of(double *values, size_t n);
