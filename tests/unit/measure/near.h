/* near.h: comparing measures in unit tests, and numbers to try them with. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#define assert_near(value, expected)                                                               \
        do {                                                                                       \
                double value_ = (value), expected_ = (expected);                                   \
                if (!(fabs(value_ - expected_) <= 1e-9 * fmax(1, fabs(expected_))))                \
                        fail_msg("%s is %.12g, not %.12g", #value, value_, expected_);             \
        } while (0)

#define assert_no_number(value)                                                                    \
        do {                                                                                       \
                double value_ = (value);                                                           \
                if (!isnan(value_))                                                                \
                        fail_msg("%s is %.12g, not null", #value, value_);                         \
        } while (0)

static inline void seed_from_clock(void)
{
        unsigned seed = (unsigned)time(NULL);

        print_message("seed %u\n", seed);
        srandom(seed);
}

/* 0 .. n - 1 */
static inline size_t random_below(size_t n)
{
        return (size_t)random() % n;
}
