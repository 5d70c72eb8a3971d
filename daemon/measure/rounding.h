/* rounding.h: numbers as they are told. More digits than the measure is good for would make a new
 * revision of a week out of nothing. */
#pragma once

#include <stddef.h>

/* To thousandths; NAN stays. */
double rounded(double value);

/* Half of the 95 % interval of the median, 1.57 · IQR / √n (McGill 1978: the notch of a box plot),
 * quartiles in proportion between ranks. Sorts. NAN below 2 values. */
double median_half_width(double *values, size_t n);
