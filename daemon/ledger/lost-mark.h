/* lost-mark.h: Private to the ledger. What follows from a lost range, in the running transaction. */
#pragma once

#include "daemon/ledger/sql.h"
#include "proto/record.h"

/* What a pod told as lost, nearest: the last such record that begins at `seq` or before, however far it
 * reaches. 1; 0: there is none that can be read. */
int lost_record_at(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t seq, Record *ret) MUST_CHECK;
/* The numbers first..last of the epoch are lost now, or no longer: weeks in which they may lie, and
 * those that look back at them, are due. */
int lost_mark(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t first, int64_t last) MUST_CHECK;
/* The same for the whole epoch, if it lost something: its time is known otherwise than before. */
int lost_mark_epoch(Ledger *ledger, int64_t pod_id, uint32_t epoch) MUST_CHECK;
/* Records below `seq` are about to be let go: what they tell of lost ranges among them is kept. */
int lost_keep_bounds(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t seq) MUST_CHECK;
