/* rounded.h: how a sum of metres or steps is told. */
#pragma once

#include "proto/fields.h"

/* Thousandths → what a run or a week says: to a tenth; below 100 as it is, where a tenth is more than
 * a thousandth of it. Whole sums stay whole. NULL_INTEGER → NULL_REAL. */
static inline double rounded(int64_t thousandths)
{
        if (thousandths == NULL_INTEGER)
                return NULL_REAL;
        return thousandths < 100000 ? (double)thousandths / 1000
                                    : (double)((thousandths + 50) / 100) / 10;
}

/* To a whole one: what runs are compared by. NULL_INTEGER stays. */
static inline int64_t rounded_whole(int64_t thousandths)
{
        return thousandths == NULL_INTEGER ? NULL_INTEGER : (thousandths + 500) / 1000;
}
