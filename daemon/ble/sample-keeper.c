#include "daemon/ble/sample-keeper.h"

#include "base/log.h"
#include "base/text.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/timebase.h"

#include <errno.h>
#include <string.h>

#define LOST_MAX 32 /* room for these behind the samples */

typedef struct Kept {
        char address[ADDRESS_SIZE];
        Record record;
} Kept;

struct SampleKeeper {
        Ledger *ledger;
        Clock *clock;
        Timer *retry_timer;
        Kept kept[SAMPLE_KEEPER_MAX + LOST_MAX];
        size_t n_kept;
};

/* The anchor may be of now: a link's ticks are the boottime of this boot. */
static int store(const SampleKeeper *keeper)
{
        const Kept *before = NULL;
        int r = ledger_begin(keeper->ledger);

        if (r < 0)
                return r;
        for (size_t i = 0; i < keeper->n_kept && r >= 0; before = &keeper->kept[i++]) {
                const Kept *kept = &keeper->kept[i];

                if (!before || before->record.epoch != kept->record.epoch ||
                    strcmp(before->address, kept->address) != 0)
                        r = timebase_anchor(keeper->ledger, kept->address, kept->record.epoch,
                                            clock_boottime_ms(keeper->clock),
                                            clock_utc_ms(keeper->clock), clock_quality(keeper->clock));
                if (r >= 0)
                        r = records_store(keeper->ledger, kept->address, &kept->record, 1, NULL);
        }
        if (r < 0) {
                ledger_rollback(keeper->ledger);
                return r;
        }
        return ledger_commit(keeper->ledger);
}

static void on_retry(void *userdata)
{
        SampleKeeper *keeper = userdata;

        if (store(keeper) < 0) { /* the link that ended said so */
                timer_arm(keeper->retry_timer, SAMPLE_KEEPER_RETRY_MS);
                return;
        }
        log_event(LOG_LEDGER_FAILED, LOG_LEVEL_NOTICE, NULL, NULL,
                  "the ledger took the %zu samples that waited", keeper->n_kept);
        keeper->n_kept = 0;
}

static void keep(SampleKeeper *keeper, const char *address, const Record *record)
{
        Kept *kept = &keeper->kept[keeper->n_kept++];

        (void)text_copy(kept->address, sizeof(kept->address), address);
        kept->record = *record;
        if (!timer_is_armed(keeper->retry_timer))
                timer_arm(keeper->retry_timer, SAMPLE_KEEPER_RETRY_MS);
}

int sample_keeper_take(SampleKeeper *keeper, const char *address, const Record *records, size_t n)
{
        Record lost = {.kind = RECORD_LOST, .epoch = records[0].epoch, .seq = records[0].seq,
                       .lost = {.last_seq = records[n - 1].seq, .reason = LOST_OVERWRITTEN}};
        int r;

        if (keeper->n_kept + n <= SAMPLE_KEEPER_MAX) {
                for (size_t i = 0; i < n; i++)
                        keep(keeper, address, &records[i]);
                return 0;
        }
        if (keeper->n_kept == ARRAY_SIZE(keeper->kept))
                return -ENOBUFS;
        r = record_encode(&lost);
        if (r < 0)
                return r;
        lost.tick = records[0].tick; /* boottime, more than the body's 32 bits in the long run */
        keep(keeper, address, &lost);
        return 1;
}

uint32_t sample_keeper_epoch(const SampleKeeper *keeper, const char *address)
{
        uint32_t highest = 0;

        for (size_t i = 0; i < keeper->n_kept; i++) {
                if (strcmp(keeper->kept[i].address, address) == 0 &&
                    keeper->kept[i].record.epoch > highest)
                        highest = keeper->kept[i].record.epoch;
        }
        return highest;
}

int sample_keeper_new(Ledger *ledger, Clock *clock, SampleKeeper **ret)
{
        CLEANUP(sample_keeper_freep) SampleKeeper *keeper = calloc(1, sizeof(*keeper));
        int r;

        if (!keeper)
                return -ENOMEM;
        keeper->ledger = ledger;
        keeper->clock = clock;
        r = timer_new(clock, "samples-kept", on_retry, keeper, &keeper->retry_timer);
        if (r < 0)
                return r;
        *ret = TAKE(keeper);
        return 0;
}

SampleKeeper *sample_keeper_free(SampleKeeper *keeper)
{
        if (!keeper)
                return NULL;
        if (keeper->n_kept > 0 && store(keeper) < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                          "%zu samples that the ledger refused until the end (%s) are lost",
                          keeper->n_kept, ledger_error(keeper->ledger));
        timer_free(keeper->retry_timer);
        free(keeper);
        return NULL;
}
