#include "daemon/ledger/stretch.h"

#include "daemon/ledger/coverage.h"
#include "daemon/ledger/unwrap.h"

/* Anchors move others, lost ranges stand for many, what we do not know has no tick of its own. */
static bool is_plain(const Record *record)
{
        return record->kind != RECORD_ANCHOR && record->kind != RECORD_LOST && record_fields(record->kind);
}

void stretch_open(Stretch *stretch, const Record *record, int64_t time_tick)
{
        stretch->is_open = record->kind != RECORD_LOST && record_fields(record->kind);
        stretch->epoch = record->epoch;
        stretch->last = record->seq;
        stretch->n = 0;
        stretch->time_tick = time_tick;
        stretch->next_seq = 0;
}

int stretch_takes(Stretch *stretch, const Record *record, int64_t *ret_time_tick)
{
        if (!stretch->is_open || record->seq == 0 || record->epoch != stretch->epoch || record->seq != stretch->last + 1 ||
            !is_plain(record))
                return 0;
        if (stretch->next_seq == 0) {
                int r = span_next(stretch->ledger, stretch->pod_id, stretch->epoch, record->seq,
                                  &stretch->next_seq);

                if (r < 0)
                        return r;
                if (r == 0)
                        stretch->next_seq = INT64_MAX;
        }
        if ((int64_t)record->seq + 1 >= stretch->next_seq)
                return 0; /* known, or it closes a hole */
        *ret_time_tick = stretch->has_memory ? tick_after(stretch->time_tick, record->tick) : record->tick;
        return 1;
}

void stretch_extend(Stretch *stretch, int64_t time_tick)
{
        stretch->last++;
        stretch->n++;
        stretch->time_tick = time_tick;
}

int stretch_close(Stretch *stretch)
{
        uint32_t first = stretch->last - stretch->n + 1;
        int r;

        stretch->is_open = false;
        if (stretch->n == 0)
                return 0;
        stretch->n = 0;
        r = epoch_touch(stretch->ledger, stretch->pod_id, stretch->epoch, first, stretch->last);
        return r < 0 ? r
                     : span_add(stretch->ledger, stretch->pod_id, stretch->epoch, first, stretch->last, false);
}
