#include "tests/histories/pod.h"

#include "tests/fuzz/fuzz.h"

static PodEpoch *running(ModelPod *pod)
{
        return &pod->epochs[pod->n_epochs - 1];
}

PodEpoch *pod_epoch(ModelPod *pod, uint32_t number)
{
        for (size_t i = 0; i < pod->n_epochs; i++) {
                if (pod->epochs[i].number == number)
                        return &pod->epochs[i];
        }
        return NULL;
}

static uint32_t tick_at(const ModelPod *pod, const PodEpoch *epoch, int64_t now_ms)
{
        return pod->first_tick +
               (uint32_t)(int64_t)((double)(now_ms - epoch->booted_ms) * (1 + pod->drift) * TICK_HZ / 1000);
}

/* ---- the air ---- */

void pod_catch_up(ModelPod *pod)
{
        size_t size = pod->held_size;

        pod->held_size = 0;
        if (size > 0)
                pod->deliver(pod->held, size, pod->userdata);
}

static void notify(ModelPod *pod, const uint8_t *data, size_t size)
{
        if (pod->lose > 0) {
                pod->lose--;
                return;
        }
        if (pod->reorder > 0 && pod->held_size == 0) {
                pod->reorder--;
                memcpy(pod->held, data, size);
                pod->held_size = size;
                return;
        }
        pod->deliver(data, size, pod->userdata);
        if (pod->twice > 0) {
                pod->twice--;
                pod->deliver(data, size, pod->userdata);
        }
        pod_catch_up(pod);
}

void pod_unlink(ModelPod *pod)
{
        pod->connected = pod->live = false;
        pod->held_size = 0;
}

/* ---- memory ---- */

static bool is_durable(const ModelPod *pod, size_t index)
{
        const Record *record = &pod->records[index];

        for (size_t i = 0; i < pod->n_epochs; i++) {
                if (pod->epochs[i].number == record->epoch)
                        return record->seq <= pod->epochs[i].freed;
        }
        return false;
}

/* The oldest durable record goes first, else the oldest. */
static void make_room(ModelPod *pod)
{
        size_t n_kept = 0, oldest = pod->n, durable = pod->n;

        for (size_t i = pod->n; i-- > 0;) {
                if (pod->kept[i] != KEPT)
                        continue;
                n_kept++;
                oldest = i;
                if (is_durable(pod, i))
                        durable = i;
        }
        if (pod->capacity == 0 || n_kept < pod->capacity)
                return;
        if (durable < pod->n)
                pod->kept[durable] = OVERWRITTEN;
        else
                pod->kept[oldest] = LOST;
}

/* What its memory says of the record a moment later; the first word counts. */
static void contradict(ModelPod *pod, Record record)
{
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;

        record.stride.stride_length_mm += 1;
        PROMISE(record_encode(&record) == 0);
        PROMISE(stride_packet_encode(&record, 1, pod->mtu_payload, packet, &size) == 1);
        pod->deliver(packet, size, pod->userdata);
        pod->n_contradicted++;
        pod->contradict--;
}

static void append(ModelPod *pod, Record record, int64_t now_ms)
{
        PodEpoch *epoch = running(pod);
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;

        PROMISE(pod->n < POD_RECORDS_MAX);
        make_room(pod);
        record.epoch = epoch->number;
        record.seq = ++epoch->n;
        record.tick = tick_at(pod, epoch, now_ms);
        PROMISE(record_encode(&record) == 0);
        pod->kept[pod->n] = KEPT;
        pod->made_ms[pod->n] = now_ms;
        pod->records[pod->n++] = record;
        if (!pod->live)
                return;
        PROMISE(stride_packet_encode(&record, 1, pod->mtu_payload, packet, &size) == 1);
        if (pod->contradict > 0 && record.kind == RECORD_STRIDE && pod->lose == 0 && pod->reorder == 0) {
                pod->deliver(packet, size, pod->userdata);
                contradict(pod, record);
        } else {
                notify(pod, packet, size);
        }
}

void pod_boot(ModelPod *pod, int64_t now_ms, int cause)
{
        Record boot = {.kind = RECORD_BOOT, .boot = {.reset_cause = cause}};
        Record configuration = {.kind = RECORD_CONFIGURATION,
                                .configuration = {.placement = pod->placement}};

        PROMISE(pod->n_epochs < POD_EPOCHS_MAX);
        pod_unlink(pod);
        if (pod->n_epochs > 0) {
                boot.boot.previous_epoch = running(pod)->number;
                boot.boot.previous_last_seq = running(pod)->n;
        }
        pod->epochs[pod->n_epochs] = (PodEpoch){.number = (uint32_t)pod->n_epochs + 1,
                                                .begins = pod->n,
                                                .booted_ms = now_ms};
        pod->n_epochs++;
        append(pod, boot, now_ms);
        append(pod, configuration, now_ms);
}

void pod_stride(ModelPod *pod, int64_t now_ms, int length_mm)
{
        Record record = {.kind = RECORD_STRIDE,
                         .stride = {.stride_time_1024 = 720,
                                    .contact_time_1024 = 250,
                                    .stride_length_mm = length_mm,
                                    .peak_impact_mg = 9125,
                                    .running = 1,
                                    .quality = 3}};

        append(pod, record, now_ms);
}

const Record *pod_made(const ModelPod *pod, uint32_t number, uint32_t seq, Kept *ret_kept)
{
        for (size_t i = 0; i < pod->n_epochs; i++) {
                const PodEpoch *epoch = &pod->epochs[i];

                if (epoch->number != number || seq < 1 || seq > epoch->n)
                        continue;
                *ret_kept = pod->kept[epoch->begins + seq - 1];
                return &pod->records[epoch->begins + seq - 1];
        }
        return NULL;
}

/* ---- control point ---- */

static void list(ModelPod *pod, const StrideRequest *request, StrideResponse *response)
{
        const PodEpoch *listed[POD_EPOCHS_MAX];
        uint8_t n = 0;

        for (size_t i = 0; i < pod->n_epochs; i++) {
                if (pod->epochs[i].freed < pod->epochs[i].n || i + 1 == pod->n_epochs)
                        listed[n++] = &pod->epochs[i];
        }
        response->index = request->index;
        response->total = n;
        if (request->index >= n) {
                response->status = STRIDE_BAD_PARAMETER;
                return;
        }
        response->epoch = listed[request->index]->number;
        response->first = listed[request->index]->freed + 1;
        response->last = listed[request->index]->n;
        if (response->last < response->first)
                response->last = 0;
}

/* How many of the records from `at` on share its fate, up to `last`. */
static uint32_t stretch(const ModelPod *pod, const PodEpoch *epoch, uint32_t at, uint32_t last)
{
        uint32_t n = 1;

        while (at + n <= last && pod->kept[epoch->begins + at + n - 1] == pod->kept[epoch->begins + at - 1])
                n++;
        return n;
}

static uint32_t report_kept(ModelPod *pod, const PodEpoch *epoch, uint32_t at, uint32_t n)
{
        static Record copies[STRIDE_PAGE_RECORDS];
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;
        int packed;

        for (uint32_t i = 0; i < n; i++) {
                copies[i] = pod->records[epoch->begins + at + i - 1];
                copies[i].from_store = true;
        }
        packed = stride_packet_encode(copies, n, pod->mtu_payload, packet, &size);
        PROMISE(packed >= 1);
        notify(pod, packet, size);
        return (uint32_t)packed;
}

static void report_lost(ModelPod *pod, const PodEpoch *epoch, uint32_t at, uint32_t n, int reason)
{
        Record lost = {.epoch = epoch->number, .seq = at, .kind = RECORD_LOST, .from_store = true,
                       .tick = pod->records[epoch->begins + epoch->n - 1].tick,
                       .lost = {.last_seq = at + n - 1, .reason = reason}};
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;

        PROMISE(record_encode(&lost) == 0);
        PROMISE(stride_packet_encode(&lost, 1, pod->mtu_payload, packet, &size) == 1);
        notify(pod, packet, size);
}

static void report(ModelPod *pod, const StrideRequest *request, StrideResponse *response)
{
        const PodEpoch *epoch = pod_epoch(pod, request->epoch);
        uint32_t last;

        if (!epoch || request->first < 1 || request->last < request->first ||
            request->last - request->first >= STRIDE_PAGE_RECORDS) {
                response->status = epoch ? STRIDE_BAD_PARAMETER : STRIDE_NO_SUCH_EPOCH;
                return;
        }
        last = request->last < epoch->n ? request->last : epoch->n;
        for (uint32_t at = request->first; at <= last;) {
                uint32_t n = stretch(pod, epoch, at, last);
                Kept kept = pod->kept[epoch->begins + at - 1];

                if (kept == KEPT)
                        n = report_kept(pod, epoch, at, n);
                else
                        report_lost(pod, epoch, at, n, kept == LOST ? LOST_OVERWRITTEN : LOST_ERASED);
                response->count++;
                at += n;
        }
        response->epoch = request->epoch;
        response->first = request->first;
        response->last = last;
}

/* What it lost of the range it cannot check: then the gateway's word counts. */
static bool checksum_agrees(const ModelPod *pod, const PodEpoch *epoch, const StrideRequest *request)
{
        uint32_t crc32 = 0;

        for (uint32_t seq = request->first; seq <= request->last; seq++) {
                if (pod->kept[epoch->begins + seq - 1] != KEPT)
                        return true;
                crc32 = stride_crc32(crc32, &pod->records[epoch->begins + seq - 1]);
        }
        return crc32 == request->crc32;
}

static void durable(ModelPod *pod, const StrideRequest *request, StrideResponse *response)
{
        PodEpoch *epoch = pod_epoch(pod, request->epoch);

        response->epoch = request->epoch;
        response->last = request->last;
        if (!epoch)
                response->status = STRIDE_NO_SUCH_EPOCH;
        else if (request->last < request->first || request->last > epoch->n)
                response->status = STRIDE_BAD_PARAMETER;
        else if (request->last <= epoch->freed)
                return; /* again: the answer was lost */
        else if (request->first != epoch->freed + 1)
                response->status = STRIDE_BAD_PARAMETER;
        else if (!checksum_agrees(pod, epoch, request))
                response->status = STRIDE_CHECKSUM_DIFFERS;
        else
                epoch->freed = pod->frees_more ? epoch->n : request->last;
}

static void take_anchor(ModelPod *pod, int64_t now_ms, const StrideRequest *request,
                        StrideResponse *response)
{
        Record anchor = {.kind = RECORD_ANCHOR,
                         .anchor = {.utc_ms = request->utc_ms, .clock_quality = request->clock_quality}};

        append(pod, anchor, now_ms);
        response->token = request->token;
        response->epoch = running(pod)->number;
        response->received_tick = response->sent_tick = tick_at(pod, running(pod), now_ms);
}

size_t pod_control(ModelPod *pod, int64_t now_ms, const uint8_t *data, size_t size,
                   uint8_t ret[static 20])
{
        StrideResponse response = {.status = STRIDE_OK};
        StrideRequest request;

        PROMISE(stride_request_decode(data, size, &request) == 0);
        response.opcode = request.opcode;
        switch (request.opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                list(pod, &request, &response);
                break;
        case STRIDE_OP_REPORT:
                report(pod, &request, &response);
                break;
        case STRIDE_OP_LIVE:
                pod->live = request.on;
                break;
        case STRIDE_OP_DURABLE:
                durable(pod, &request, &response);
                break;
        case STRIDE_OP_ANCHOR:
                take_anchor(pod, now_ms, &request, &response);
                break;
        default:
                response.status = STRIDE_OP_UNSUPPORTED;
        }
        return stride_response_encode(&response, ret);
}
