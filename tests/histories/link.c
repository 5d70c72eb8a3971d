/* The session of a link, as plain as can be: packets to records, the conversation turn by turn. */
#include "tests/histories/link.h"

#include "tests/fuzz/fuzz.h"
#include "tests/histories/world.h"

#define ANCHOR_MS (6 * 3600000LL)

void link_drop(Link *link)
{
        pod_unlink(link->pod);
        link->in_round = false;
}

/* What the gateway says in DURABLE it must keep for ever, even if nobody hears it. */
static void note_offer(const Link *link)
{
        PodEpoch *epoch = pod_epoch(link->pod, link->request.epoch);

        if (link->request.opcode == STRIDE_OP_DURABLE && epoch && link->request.last > epoch->offered)
                epoch->offered = link->request.last;
}

/* What came into the ledger. A gateway that does not commit leaves the transaction open. */
void link_flush(Link *link)
{
        World *world = link->world;
        size_t n = link->n_pending;

        link->n_pending = 0;
        if (n == 0)
                return;
        if (world->broken == BROKEN_COMMIT && !world->uncommitted) {
                PROMISE(ledger_begin(world->ledger) == 0);
                world->uncommitted = true;
        }
        if (records_store(world->ledger, link->pod->address, link->pending, n, NULL) == 0)
                return;
        if (!world->full)
                WORLD_WRONG(world, "records could not be stored: %s", ledger_error(world->ledger));
        link_drop(link); /* not confirmed: they will be asked for again */
}

void link_arrive(const uint8_t *data, size_t size, void *userdata)
{
        Link *link = userdata;
        StridePacket packet;
        int r = stride_packet_begin(&packet, data, size);

        while (r >= 0) {
                PROMISE(link->n_pending < LINK_PENDING);
                r = stride_packet_next(&packet, link->backfill.running_epoch,
                                       &link->pending[link->n_pending]);
                if (r <= 0)
                        break;
                link->n_pending++;
        }
        if (r < 0)
                WORLD_WRONG(link->world, "a packet of a pod was not understood");
}

static void take_step(Link *link, int step)
{
        World *world = link->world;

        link->step = step;
        if (step < 0) {
                if (!world_may_fail(world, step))
                        WORLD_WRONG(world, "the conversation with a good pod ended: %s", strerror(-step));
                link_drop(link);
        }
        if (step != BACKFILL_DONE)
                return;
        link->in_round = false;
        if (backfill_is_complete(&link->backfill))
                PROMISE(world_may_fail(world, pod_set_reported(world->ledger, link->pod->address,
                                                               clock_utc_ms(world->clock))));
}

static void begin_round(Link *link)
{
        World *world = link->world;
        BackfillNow now = {.utc_ms = clock_utc_ms(world->clock), .quality = world->quality};

        if (link->anchored_ms > 0 && world->true_ms - link->anchored_ms < ANCHOR_MS)
                now.quality = CLOCK_UNSET;
        link_flush(link);
        if (!link->pod->connected)
                return; /* the ledger refused what had come */
        link->in_round = true;
        take_step(link, backfill_begin(&link->backfill, now, &link->request));
}

static void exchange(Link *link)
{
        World *world = link->world;
        uint8_t data[20], answer[20];
        size_t size = stride_request_encode(&link->request, data);
        StrideResponse response;

        if (world->dead) { /* it is not said any more */
                link_drop(link);
                return;
        }
        note_offer(link);
        if (link->request_lost) { /* no answer within 10 s ends a link */
                link->request_lost = false;
                link_flush(link);
                link_drop(link);
                return;
        }
        if (link->request.opcode == STRIDE_OP_ANCHOR)
                link->anchored_ms = world->true_ms;
        size = pod_control(link->pod, world->true_ms, data, size, answer);
        if (link->answer_lost) {
                link->answer_lost = false;
                link_flush(link);
                link_drop(link);
                return;
        }
        PROMISE(stride_response_decode(answer, size, &response) == 0);
        link_flush(link);
        if (!link->pod->connected)
                return;
        take_step(link, backfill_answer(&link->backfill, &response, &link->request));
}

void link_talk(Link *link, int turns)
{
        for (int i = 0; i < turns && link->pod->connected; i++) {
                if (!link->in_round) {
                        if (i > 0)
                                return; /* the round is over */
                        begin_round(link);
                        if (link->in_round)
                                exchange(link); /* at once: it may hold the time */
                } else if (link->step == BACKFILL_SEND) {
                        exchange(link);
                } else {
                        pod_catch_up(link->pod);
                        link_flush(link);
                        if (!link->pod->connected)
                                return;
                        take_step(link, backfill_settled(&link->backfill, &link->request));
                }
        }
}

void link_connect(Link *link)
{
        if (link->pod->connected)
                return;
        link->pod->connected = true;
        link->anchored_ms = 0;
        link->n_pending = 0;
        backfill_init(&link->backfill, link->world->ledger, link->pod->address);
}
