/* losses.h: Private to control. What of a pod's records is not here, for the doctor. */
#pragma once

#include "daemon/control/state.h"
#include "daemon/ledger/roster.h"

typedef struct PodLosses {
        int64_t lost;    /* records that weeks which are looked back at may be of */
        int64_t untimed; /* received, but nobody knows when they were made */
        char reasons[64]; /* of the lost ones, for people */
} PodLosses;

/* 0 or -errno. */
int losses_of_pod(Ledger *ledger, const Pod *pod, int64_t now_utc_ms, PodLosses *ret) MUST_CHECK;
