/* within.h: what tests of measures assert: a real within a tolerance, a null and its reason. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "proto/fields.h"

#define assert_within(got_, expected_, tolerance_)                                                   \
        do {                                                                                       \
                double a_ = (got_), b_ = (expected_);                                              \
                if (!(fabs(a_ - b_) <= (tolerance_)))                                              \
                        fail_msg("%s is %.12g, not %.12g", #got_, a_, b_);                         \
        } while (0)

/* Null, and the reason stands under that name. */
#define assert_null_real(struct_, member_, code_)                                                  \
        do {                                                                                       \
                const char *code__ = reasons_find(&(struct_)->reasons, #member_);                  \
                if (!isnan((struct_)->member_))                                                    \
                        fail_msg("%s is %.12g, not null", #member_, (struct_)->member_);           \
                assert_non_null(code__);                                                           \
                assert_string_equal(code__, code_);                                                \
        } while (0)

/* What nobody may send us, and what must come to nothing without a crash. */
static const double no_numbers[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
