/* dirty-why.h: reasons to derive runs and weeks anew. */
#pragma once

/* Why something has to be derived anew. Bits: a week may have several reasons at once. */
typedef enum DirtyWhy {
        DIRTY_RECORDS = 1 << 0, /* records came */
        DIRTY_DIARY = 1 << 1,   /* an entry came */
        DIRTY_TIME = 1 << 2,    /* what was there is of another time, as is known now */
        DIRTY_CADENCE = 1 << 3, /* what a pod's cadence counts is known now */
        DIRTY_ZONE = 1 << 4,    /* home was in another zone */
        DIRTY_PLACEMENT = 1 << 5, /* a pod was worn elsewhere, or by somebody else */
} DirtyWhy;
