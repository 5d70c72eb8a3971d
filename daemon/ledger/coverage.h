/* coverage.h: Private to the ledger. Which seqs of an epoch are received or lost, as ranges
 * that never overlap and join when they touch. In the running transaction. */
#pragma once

#include "daemon/ledger/records.h"
#include "daemon/ledger/sql.h"

/* Makes the epoch known and widens it to hold first..last (last 0: leaves it as it is). */
int epoch_touch(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t first, uint32_t last)
        MUST_CHECK;
/* The first number from `seq` on that is received or lost. 1, 0: none. */
int span_next(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t seq, int64_t *ret) MUST_CHECK;
/* first..last are received (or lost). What is received stays received; a lost range gives way
 * to a record that comes after all. 1: it did; 0. */
int span_add(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t first, uint32_t last,
             bool lost) MUST_CHECK;
