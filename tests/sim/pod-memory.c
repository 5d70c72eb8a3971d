/* A pod's memory: epochs and their records, what was lost when it was full. */
#include "pod.h"

#include "base/bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

SimEpoch *pod_running_epoch(SimPod *pod)
{
        return &pod->epochs[pod->n_epochs - 1];
}

SimEpoch *pod_find_epoch(SimPod *pod, uint32_t number)
{
        for (size_t i = 0; i < pod->n_epochs; i++) {
                if (pod->epochs[i].epoch == number)
                        return &pod->epochs[i];
        }
        return NULL;
}

uint32_t pod_tick_at(const SimPod *pod, const SimEpoch *epoch, int64_t at_ms)
{
        double ms = (double)(at_ms - epoch->booted_ms) * (1 + pod->drift_ppm * 1e-6);

        return (uint32_t)(int64_t)llround(ms * TICK_HZ / 1000);
}

/* True: somebody has it, or soon will. */
bool pod_send_packet(Sim *sim, SimPod *pod, const void *data, size_t size)
{
        bool heard;

        if (pod->lose > 0) {
                pod->lose--;
                return false;
        }
        if (pod->reorder > 0 && pod->held_size == 0) {
                pod->reorder--;
                memcpy(pod->held, data, size);
                pod->held_size = size;
                return true;
        }
        heard = bus_notify(sim, pod, STRIDE_RECORDS_UUID, data, size); /* nobody: it keeps it */
        if (pod->held_size > 0) {
                (void)bus_notify(sim, pod, STRIDE_RECORDS_UUID, pod->held, pod->held_size);
                pod->held_size = 0;
        }
        return heard;
}

/* ---- a full memory ---- */

static uint32_t gone(const SimEpoch *epoch)
{
        return epoch->freed > epoch->overwritten ? epoch->freed : epoch->overwritten;
}

/* The lost range that holds a record, or NULL. */
SimLost *pod_lost_at(SimPod *pod, uint32_t epoch, uint32_t seq)
{
        for (size_t i = 0; i < pod->n_lost; i++) {
                if (pod->lost[i].epoch == epoch && pod->lost[i].first <= seq && seq <= pod->lost[i].last)
                        return &pod->lost[i];
        }
        return NULL;
}

static SimLost *lost_add(Sim *sim, SimPod *pod, SimLost lost)
{
        if (pod->n_lost == SIM_LOST_MAX) {
                (void)fprintf(stderr, "sim: a pod lost more ranges than there is room for\n");
                sim->failed = true;
                pod->n_lost--;
        }
        pod->lost[pod->n_lost] = lost;
        return &pod->lost[pod->n_lost++];
}

static void overwrite_oldest(Sim *sim, SimPod *pod)
{
        SimEpoch *epoch = pod->epochs;
        SimLost *newest = pod->n_lost > 0 ? &pod->lost[pod->n_lost - 1] : NULL;
        uint32_t seq;
        int64_t tick;

        while (gone(epoch) == epoch->n_records)
                epoch++;
        seq = epoch->overwritten = gone(epoch) + 1;
        tick = pod_tick_at(pod, epoch, sim_now_ms(sim));
        if (!newest || newest->told || newest->epoch != epoch->epoch || newest->last != seq - 1)
                newest = lost_add(sim, pod, (SimLost){.epoch = epoch->epoch, .first = seq});
        newest->last = seq;
        newest->tick = tick;
}

/* Freed records go first, and at once. */
static void make_room(Sim *sim, SimPod *pod)
{
        size_t held = 0;

        for (size_t i = 0; i < pod->n_epochs; i++)
                held += pod->epochs[i].n_records - gone(&pod->epochs[i]);
        for (; pod->capacity > 0 && held > pod->capacity; held--)
                overwrite_oldest(sim, pod);
}

/* A lost record from `seq` on; what was asked for in the middle of a range becomes its own. */
Record pod_tell_lost(Sim *sim, SimPod *pod, SimLost *lost, uint32_t seq)
{
        Record record = {.kind = RECORD_LOST, .epoch = lost->epoch, .seq = seq, .tick = lost->tick,
                         .from_store = true, .lost = {.last_seq = lost->last, .reason = LOST_OVERWRITTEN}};

        if (lost->first < seq) {
                SimLost rest = *lost;

                lost->last = seq - 1;
                rest.first = seq;
                lost = lost_add(sim, pod, rest);
        }
        lost->told = true;
        if (record_encode(&record) < 0)
                abort();
        return record;
}

Record *pod_record_at(SimPod *pod, const SimEpoch *epoch, uint32_t seq)
{
        return &pod->records[epoch->first + seq - 1];
}

/* Records of the running epoch are at the end of the memory. */
void pod_append(Sim *sim, SimPod *pod, Record record, int64_t at_ms)
{
        SimEpoch *epoch = pod_running_epoch(pod);
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;

        if ((pod->n_records & (pod->n_records - 1)) == 0) {
                size_t room = pod->n_records ? pod->n_records * 2 : 64;

                pod->records = reallocarray(pod->records, room, sizeof(Record));
                pod->sent = reallocarray(pod->sent, room, sizeof(bool));
                if (!pod->records || !pod->sent)
                        abort();
        }
        record.epoch = epoch->epoch;
        record.seq = ++epoch->n_records;
        record.tick = pod_tick_at(pod, epoch, at_ms);
        if (!record_fields(record.kind)) { /* its body is given; the tick has its place in it */
                ByteWriter w = byte_writer(record.body + 1, 4);

                write_u32(&w, (uint32_t)record.tick);
        } else if (record_encode(&record) < 0) {
                (void)fprintf(stderr, "sim: a record does not encode\n");
                sim->failed = true;
                return;
        }
        pod->sent[pod->n_records] = false;
        pod->records[pod->n_records++] = record;
        make_room(sim, pod);
        if (!pod->live || !pod->connected)
                return;
        if (stride_packet_encode(&record, 1, pod->mtu_payload, packet, &size) > 0)
                pod->sent[pod->n_records - 1] = pod_send_packet(sim, pod, packet, size);
}

void pod_note_unknown(Sim *sim, SimPod *pod)
{
        Record record = {.kind = 21, .body_size = 6, .body = {0x55, 0, 0, 0, 0, 0xaa}};

        pod_append(sim, pod, record, sim_now_ms(sim));
}

void pod_withhold(SimPod *pod, int back)
{
        pod->withheld = back < 0 ? 0 : pod_running_epoch(pod)->n_records - (uint32_t)back;
}

void pod_boot(Sim *sim, SimPod *pod, int reset_cause)
{
        Record boot = {.kind = RECORD_BOOT, .boot = {.reset_cause = reset_cause}};
        Record configuration = {.kind = RECORD_CONFIGURATION,
                                .configuration = {.placement = pod->placement}};

        if (pod->type != POD_STRIDE)
                return;
        if (pod->n_epochs == SIM_EPOCHS_MAX) {
                (void)fprintf(stderr, "sim: too many boots\n");
                sim->failed = true;
                return;
        }
        if (pod->n_epochs > 0) {
                boot.boot.previous_epoch = pod_running_epoch(pod)->epoch;
                boot.boot.previous_last_seq = pod_running_epoch(pod)->n_records;
        }
        pod->epochs[pod->n_epochs] = (SimEpoch){.epoch = (uint32_t)pod->n_epochs + 1,
                                                .booted_ms = sim_now_ms(sim),
                                                .first = pod->n_records};
        pod->n_epochs++;
        pod_append(sim, pod, boot, sim_now_ms(sim));
        pod_append(sim, pod, configuration, sim_now_ms(sim));
}
