/* oracle-expression.h: a case's list that is given as a formula of i.
 *
 * "x[i]=250+(3 if i%5==0 else -1)": numbers, i, + - * / // %, comparisons, `and` `or` `not`,
 * `a if c else b` and parentheses, as Python means them. */
#pragma once

#include <stddef.h>

/* What stands after '=' (or the whole), for i = 0..n−1. 0, or -EINVAL. */
int oracle_generate(const char *formula, size_t n, double *ret);
