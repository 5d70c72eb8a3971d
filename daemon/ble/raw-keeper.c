#include "daemon/ble/raw-keeper.h"

#include "base/log.h"
#include "daemon/ledger/records.h"

#include <errno.h>
#include <string.h>

typedef struct RawPacket {
        char uuid[40];
        char why[128];
        uint8_t data[STRIDE_PACKET_MAX];
        size_t size;
} RawPacket;

struct RawKeeper {
        Ledger *ledger;
        char address[ADDRESS_SIZE];
        RawPacket waiting[RAW_KEEPER_MAX];
        size_t n_waiting;
        Timer *flush_timer;
        uint64_t n_taken;  /* on this link */
        uint64_t n_untold; /* since the last line of the log */
        uint64_t n_dropped;
};

static int store(RawKeeper *keeper)
{
        int r = ledger_begin(keeper->ledger);

        if (r < 0)
                return r;
        for (size_t i = 0; i < keeper->n_waiting && r >= 0; i++) {
                const RawPacket *packet = &keeper->waiting[i];

                r = raw_packet_keep(keeper->ledger, keeper->address, packet->uuid, packet->data,
                                    packet->size, packet->why);
        }
        if (r < 0) {
                ledger_rollback(keeper->ledger);
                return r;
        }
        return ledger_commit(keeper->ledger);
}

/* Each flush of a burst says one line at most. */
static void flush(RawKeeper *keeper)
{
        int r;

        timer_disarm(keeper->flush_timer);
        if (keeper->n_waiting == 0)
                return;
        r = store(keeper);
        if (r < 0) {
                timer_arm(keeper->flush_timer, RAW_KEEPER_FLUSH_MS);
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, keeper->address, NULL,
                          "%zu packets that could not be read could not be kept either (%s), trying "
                          "again in %d s; %llu were dropped",
                          keeper->n_waiting, ledger_error(keeper->ledger), RAW_KEEPER_FLUSH_MS / 1000,
                          (unsigned long long)keeper->n_dropped);
                return;
        }
        keeper->n_waiting = 0;
}

static void tell_count(RawKeeper *keeper)
{
        if (keeper->n_untold == 0)
                return;
        log_event(LOG_PACKET_REFUSED, LOG_LEVEL_WARNING, keeper->address, NULL,
                  "%llu more packets could not be read, kept raw",
                  (unsigned long long)keeper->n_untold);
        keeper->n_untold = 0;
}

static void on_flush(void *userdata)
{
        RawKeeper *keeper = userdata;

        tell_count(keeper);
        flush(keeper);
}

void raw_keeper_take(RawKeeper *keeper, const char *uuid, const void *data, size_t size,
                     const char *why)
{
        RawPacket *packet;

        if (keeper->n_taken++ == 0)
                log_event(LOG_PACKET_REFUSED, LOG_LEVEL_WARNING, keeper->address, NULL,
                          "a packet of %.8s could not be read (%s), kept raw", uuid, why);
        else
                keeper->n_untold++;
        if (keeper->n_waiting == RAW_KEEPER_MAX) {
                keeper->n_dropped++; /* the ledger refuses: its line tells */
                return;
        }
        packet = &keeper->waiting[keeper->n_waiting++];
        packet->size = size < sizeof(packet->data) ? size : sizeof(packet->data);
        if (packet->size > 0)
                memcpy(packet->data, data, packet->size);
        (void)text_copy(packet->uuid, sizeof(packet->uuid), uuid);
        (void)text_copy(packet->why, sizeof(packet->why), why);
        if (!timer_is_armed(keeper->flush_timer))
                timer_arm(keeper->flush_timer, RAW_KEEPER_FLUSH_MS);
        else if (keeper->n_waiting == RAW_KEEPER_MAX)
                flush(keeper);
}

int raw_keeper_new(Ledger *ledger, Clock *clock, const char *address, RawKeeper **ret)
{
        CLEANUP(raw_keeper_freep) RawKeeper *keeper = calloc(1, sizeof(*keeper));
        int r;

        if (!keeper)
                return -ENOMEM;
        keeper->ledger = ledger;
        (void)text_copy(keeper->address, sizeof(keeper->address), address);
        r = timer_new(clock, "raw-packets", on_flush, keeper, &keeper->flush_timer);
        if (r < 0)
                return r;
        *ret = TAKE(keeper);
        return 0;
}

RawKeeper *raw_keeper_free(RawKeeper *keeper)
{
        if (!keeper)
                return NULL;
        if (keeper->flush_timer)
                on_flush(keeper);
        timer_free(keeper->flush_timer);
        free(keeper);
        return NULL;
}
