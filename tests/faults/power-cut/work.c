/* The daemon's work in random order. */
#include "tests/faults/power-cut/life.h"

#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"

/* ---- pods ---- */

/* A record that was stored comes once more, with other octets. */
static void contradict(Life *life, int pod, Reach reach)
{
        StoreResult result = {0};
        Record record;

        if (!pod_record(pod, reach.epoch, reach.last, &record) || record.kind != RECORD_STRIDE)
                return;
        record.stride.stride_length_mm += 500;
        if (life_fine(life, record_encode(&record), "record_encode") &&
            life_fine(life, records_store(life->ledger, pod_address(pod), &record, 1, &result),
                 "records_store") &&
            result.stored != 0)
                life_wrong(life, "record %u of epoch %u was confirmed and could be stored again",
                           record.seq, record.epoch);
}

/* From here on the batch may be under way: all of it is there afterwards, or nothing. */
static void offer(Life *life, int pod, uint32_t epoch, uint32_t first, uint32_t last)
{
        StoreResult result;

        story_promise(life->story, (Promise){.kind = SAID_OFFERED, .pod = pod, .epoch = epoch,
                                             .first = first, .last = last});
        life_store(life, pod, epoch, first, last, &result);
}

static void work_store(Life *life)
{
        int pod = (int)life_random(life, PODS);
        Reach reach = life_reach(life, pod);
        uint32_t n = 1 + life_random(life, BATCH_MAX), first = reach.last + 1;

        if (life_random(life, 12) == 0 && reach.last > 0)
                contradict(life, pod, reach);
        if ((life_random(life, 40) == 0 || first + 2 * n > SEQ_MAX) &&
            reach.epoch + 1 < EPOCH_FIRST + EPOCHS_MAX) { /* rebooted */
                reach.epoch++;
                first = 1;
        }
        if (first + 2 * n > SEQ_MAX)
                return;
        story_reach(life->story, pod, reach.epoch, first + 2 * n - 1);
        if (life_random(life, 4) == 0) { /* out of order, with a hole in between */
                offer(life, pod, reach.epoch, first + n, first + 2 * n - 1);
                offer(life, pod, reach.epoch, first, first + n - 1);
        } else {
                offer(life, pod, reach.epoch, first, first + 2 * n - 1);
        }
        if (life_random(life, 5) == 0)
                offer(life, pod, reach.epoch, first, first + n - 1);
}

static void work_durable(Life *life)
{
        for (int pod = 0; pod < PODS; pod++) {
                Reach newest = life_reach(life, pod);

                for (uint32_t epoch = EPOCH_FIRST; epoch <= newest.epoch; epoch++) {
                        SeqRange range;
                        uint32_t crc32;

                        while (durable_next(life->ledger, pod_address(pod), epoch,
                                            1 + life_random(life, 100), &range, &crc32) > 0) {
                                /* From here on the pod may have freed it. */
                                story_promise(life->story,
                                              (Promise){.kind = SAID_DURABLE, .pod = pod,
                                                        .epoch = epoch, .first = range.first,
                                                        .last = range.last});
                                if (life_random(life, 8) == 0)
                                        return; /* its answer is lost: it is told again */
                                if (!life_fine(life, durable_told(life->ledger, pod_address(pod), epoch,
                                                             range.last), "durable_told"))
                                        return;
                        }
                }
        }
}

static void work_raw(Life *life)
{
        uint64_t octets = splitmix_next(&life->random);

        (void)life_fine(life, raw_packet_keep(life->ledger, pod_address(0), "0x2A53", &octets,
                                         sizeof(octets), "for a test"), "raw_packet_keep");
        (void)life_fine(life, pod_set_battery(life->ledger, pod_address(1), octets % 101),
                   "pod_set_battery");
        pod_heard(life->ledger, pod_address(1), clock_utc_ms(life->clock));
}

/* ---- the clinic ---- */

static void work_inbound(Life *life)
{
        uint32_t n = 1 + life_random(life, 4), first = life_reach(life, -1).last + 1;

        for (uint32_t number = first; number < first + n; number++) {
                story_reach(life->story, -1, EPOCH_FIRST, number);
                life_deliver(life, number);
                if (life_random(life, 8) == 0)
                        life_deliver(life, number);
        }
        if (life_random(life, 3) > 0)
                life_take_inbound(life, 1);
}

static void work_derive(Life *life)
{
        if (life_random(life, 3) == 0)
                clock_manual_advance(life->clock, 60000); /* by itself, a moment after a change */
        else
                (void)life_fine(life, derive_now(life->derive), "derive_now");
        if (life_random(life, 10) == 0)
                (void)life_fine(life, outbox_add(life->ledger, OUTBOX_STATUS, "", "", 0), "outbox_add");
}

static void work_send(Life *life)
{
        int64_t ids[SENT_A_TURN], id;
        size_t n = 0;

        if (life_random(life, 4) == 0)
                life->last_sent = 0; /* a new connection: what was under way leaves again */
        for (size_t i = 0; i < SENT_A_TURN && life_send(life, &id) > 0; i++) {
                if (life_random(life, 6) > 0) /* else its PUBACK is lost */
                        ids[n++] = id;
        }
        life_settle(life, ids, n);
}

/* ---- the file ---- */

/* A person's shell looks in. */
static void work_checkpoint(Life *life)
{
        static const int modes[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_FULL,
                                    SQLITE_CHECKPOINT_RESTART, SQLITE_CHECKPOINT_TRUNCATE};
        sqlite3 *db = NULL;
        int code = sqlite3_open_v2(life->path, &db, SQLITE_OPEN_READWRITE, NULL);

        if (code == SQLITE_OK) /* before it has read, it does not know of a journal to write back */
                code = sqlite3_exec(db, "SELECT count(*) FROM about", NULL, NULL, NULL);
        if (code == SQLITE_OK)
                code = sqlite3_wal_checkpoint_v2(db, NULL, modes[life_random(life, 4)], NULL, NULL);
        if (code != SQLITE_OK)
                life_wrong(life, "checkpoint: %s", sqlite3_errstr(code));
        (void)sqlite3_close(db); /* it wrote nothing of its own */
}

static void work_restart(Life *life)
{
        life_close(life);
        (void)life_fine(life, life_open(life), "a restart");
}

/* Sometimes it was switched off for two months: then there is something to prune. */
static void work_prune(Life *life)
{
        int64_t utc_ms = clock_utc_ms(life->clock) + 61 * 86400000LL;

        if (life_random(life, 3) == 0) {
                life_close(life);
                life->clock = clock_free(life->clock);
                if (!life_fine(life, clock_new_manual(utc_ms, &life->clock), "a clock") ||
                    !life_fine(life, life_open(life), "a restart"))
                        return;
                story_step(life->story, WORK_PRUNE, utc_ms); /* a cut from here on is judged by then */
        }
        (void)life_fine(life, ledger_prune(life->ledger), "ledger_prune");
}

/* ---- a life ---- */

static const struct {
        Work work;
        uint32_t weight;
        void (*run)(Life *life);
} works[] = {
        {WORK_STORE, 30, work_store},     {WORK_DURABLE, 14, work_durable},
        {WORK_INBOUND, 16, work_inbound}, {WORK_DERIVE, 12, work_derive},
        {WORK_SEND, 14, work_send},       {WORK_PRUNE, 3, work_prune},
        {WORK_CHECKPOINT, 4, work_checkpoint}, {WORK_RESTART, 3, work_restart},
        {WORK_RAW, 4, work_raw},
};

void life_work(Life *life, size_t n_steps)
{
        for (size_t i = 0; i < n_steps && !life->wrong[0]; i++) {
                uint32_t at = life_random(life, 100);
                size_t k = 0;

                while (at >= works[k].weight)
                        at -= works[k++].weight;
                story_step(life->story, works[k].work, clock_utc_ms(life->clock));
                works[k].run(life);
                if (life->wrong[0])
                        return;
                story_step(life->story, WORK_DERIVE, clock_utc_ms(life->clock));
                clock_manual_advance(life->clock, 1000 * (1 + life_random(life, 20)));
        }
}
