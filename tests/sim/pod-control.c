/* The control point of the Stride Service: requests, reports, answers, as long as a link lasts. */
#include "pod.h"

#define ANSWER_MS        30 /* the pod thinks */
#define EVENT_MS         45 /* connection interval */
#define PACKETS_AN_EVENT 6

void pod_linked(Sim *sim, SimPod *pod)
{
        pod->sent_on_link = false;
        pod->live = false;
        pod->report.opcode = 0;
        pod->held_size = 0;
        pod_catch_up(sim, pod);
}

static void report_due(Sim *sim, SimPod *pod, int64_t argument);
static void answer_due(Sim *sim, SimPod *pod, int64_t argument);

void pod_unlinked(Sim *sim, SimPod *pod)
{
        pod_catch_up(sim, pod); /* what was live until now */
        pod->live = false;
        pod->report.opcode = 0;
        sim_cancel(sim, report_due, pod);
        sim_cancel(sim, answer_due, pod);
}

/* ---- control point ---- */

static void answer(Sim *sim, SimPod *pod, const StrideResponse *response)
{
        uint8_t data[20];
        size_t size = stride_response_encode(response, data);

        if (pod->lose_answers > 0 && (!pod->lose_opcode || pod->lose_opcode == response->opcode)) {
                pod->lose_answers--;
                return;
        }
        (void)bus_notify(sim, pod, STRIDE_CONTROL_UUID, data, size); /* no listener, no answer */
}

static void list_epochs(SimPod *pod, const StrideRequest *request, StrideResponse *response)
{
        size_t held[SIM_EPOCHS_MAX], n = 0;
        const SimEpoch *epoch;

        for (size_t i = 0; i < pod->n_epochs; i++) {
                if (pod->epochs[i].freed < pod->epochs[i].n_records || i + 1 == pod->n_epochs)
                        held[n++] = i;
        }
        response->total = (uint8_t)n;
        response->index = request->index;
        if (request->index >= n) {
                response->status = STRIDE_BAD_PARAMETER;
                return;
        }
        epoch = &pod->epochs[held[request->index]];
        response->epoch = epoch->epoch;
        response->first = epoch->freed + 1;
        response->last = epoch->n_records > epoch->freed ? epoch->n_records : 0;
}

/* What was freed is there until its place is needed: with a bounded memory, at once. */
static bool is_forgotten(const SimPod *pod, const SimEpoch *epoch, uint32_t seq)
{
        return pod->capacity > 0 && seq <= epoch->freed;
}

static Record tell_forgotten(Sim *sim, const SimPod *pod, const SimEpoch *epoch, uint32_t seq)
{
        Record record = {.kind = RECORD_LOST, .epoch = epoch->epoch, .seq = seq,
                         .tick = pod_tick_at(pod, epoch, sim_now_ms(sim)), .from_store = true,
                         .lost = {.last_seq = epoch->freed, .reason = LOST_ERASED}};

        if (record_encode(&record) < 0)
                abort();
        return record;
}

/* What a report will send: held records, and lost ranges. */
static void fill_page(Sim *sim, SimPod *pod, const StrideRequest *request)
{
        SimEpoch *epoch = pod_find_epoch(pod, request->epoch);
        uint32_t seq = request->first;

        pod->report = *request;
        pod->n_page = pod->page_at = 0;
        pod->page_last = request->last < epoch->n_records ? request->last : epoch->n_records;
        while (seq <= pod->page_last && pod->n_page < STRIDE_PAGE_RECORDS) {
                SimLost *lost = pod_lost_at(pod, epoch->epoch, seq);
                Record *record = &pod->page[pod->n_page++];

                if (is_forgotten(pod, epoch, seq)) {
                        *record = tell_forgotten(sim, pod, epoch, seq);
                        seq = epoch->freed + 1;
                        continue;
                }
                if (lost) {
                        *record = pod_tell_lost(sim, pod, lost, seq);
                        seq = (uint32_t)record->lost.last_seq + 1;
                        continue;
                }
                *record = *pod_record_at(pod, epoch, seq);
                record->from_store = true;
                if (epoch == pod_running_epoch(pod) && seq == pod->withheld)
                        pod->n_page--;
                seq++;
        }
}

static void note_sent(SimPod *pod, const Record *records, int n)
{
        for (int i = 0; i < n; i++) {
                const SimEpoch *epoch = pod_find_epoch(pod, records[i].epoch);

                if (records[i].kind != RECORD_LOST)
                        pod->sent[epoch->first + records[i].seq - 1] = true;
        }
}

/* A connection event's worth of a report. */
static void report_due(Sim *sim, SimPod *pod, int64_t argument)
{
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;

        (void)argument;
        for (int i = 0; i < PACKETS_AN_EVENT && pod->page_at < pod->n_page; i++) {
                const Record *first = &pod->page[pod->page_at];
                int n = stride_packet_encode(first, pod->n_page - pod->page_at, pod->mtu_payload, packet,
                                             &size);

                if (n <= 0)
                        break;
                if (pod_send_packet(sim, pod, packet, size))
                        note_sent(pod, first, n);
                pod->page_at += (size_t)n;
        }
        if (pod->page_at < pod->n_page) {
                sim_at(sim, sim_now_ms(sim) + EVENT_MS, report_due, pod, 0);
                return;
        }
        answer(sim, pod,
               &(StrideResponse){.opcode = STRIDE_OP_REPORT, .status = STRIDE_OK,
                                 .epoch = pod->report.epoch, .first = pod->report.first,
                                 .last = pod->page_last, .count = (uint16_t)pod->n_page});
        pod->report.opcode = 0;
}

static void free_range(SimPod *pod, const StrideRequest *request, StrideResponse *response)
{
        SimEpoch *epoch = pod_find_epoch(pod, request->epoch);
        uint32_t crc32 = 0;

        response->epoch = request->epoch;
        response->last = request->last;
        if (!epoch) {
                response->status = STRIDE_NO_SUCH_EPOCH;
                return;
        }
        if (request->first <= request->last && request->last <= epoch->freed) {
                response->last = epoch->freed; /* the answer before was lost */
                return;
        }
        if (request->first != epoch->freed + 1 || request->last < request->first ||
            request->last > epoch->n_records) {
                response->status = STRIDE_BAD_PARAMETER;
                return;
        }
        for (uint32_t seq = request->first; seq <= request->last; seq++)
                crc32 = stride_crc32(crc32, pod_record_at(pod, epoch, seq));
        if (request->first > epoch->overwritten && crc32 != request->crc32)
                response->status = STRIDE_CHECKSUM_DIFFERS;
        else
                epoch->freed = request->last;
}

static void take_anchor(Sim *sim, SimPod *pod, const StrideRequest *request, StrideResponse *response)
{
        Record anchor = {.kind = RECORD_ANCHOR,
                         .anchor = {.utc_ms = request->utc_ms, .clock_quality = request->clock_quality}};

        pod_append(sim, pod, anchor, sim_now_ms(sim));
        response->token = request->token;
        response->epoch = pod_running_epoch(pod)->epoch;
        response->received_tick = response->sent_tick =
                pod_tick_at(pod, pod_running_epoch(pod), sim_now_ms(sim));
}

static void handle(Sim *sim, SimPod *pod, const StrideRequest *request)
{
        StrideResponse response = {.opcode = request->opcode, .status = STRIDE_OK};

        pod_catch_up(sim, pod);
        switch (request->opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                list_epochs(pod, request, &response);
                break;
        case STRIDE_OP_REPORT:
                if (pod->report.opcode || !pod_find_epoch(pod, request->epoch)) {
                        response.status = pod->report.opcode ? STRIDE_BUSY : STRIDE_NO_SUCH_EPOCH;
                        break;
                }
                fill_page(sim, pod, request);
                sim_at(sim, sim_now_ms(sim) + EVENT_MS, report_due, pod, 0);
                return;
        case STRIDE_OP_LIVE:
                pod->live = request->on;
                pod_catch_up(sim, pod);
                break;
        case STRIDE_OP_DURABLE:
                free_range(pod, request, &response);
                break;
        case STRIDE_OP_ANCHOR:
                take_anchor(sim, pod, request, &response);
                break;
        default:
                response.status = STRIDE_OP_UNSUPPORTED;
        }
        answer(sim, pod, &response);
}

static StrideRequest waiting_request[SIM_PODS_MAX]; /* one at a time, as ATT writes are */

static void answer_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        handle(sim, pod, &waiting_request[pod - sim->pods]);
}

void pod_control(Sim *sim, SimPod *pod, const void *data, size_t size)
{
        StrideRequest request;

        if (stride_request_decode(data, size, &request) < 0) {
                answer(sim, pod,
                       &(StrideResponse){.opcode = size ? *(const uint8_t *)data : 0,
                                         .status = STRIDE_BAD_PARAMETER});
                return;
        }
        waiting_request[pod - sim->pods] = request;
        sim_at(sim, sim_now_ms(sim) + ANSWER_MS, answer_due, pod, 0);
}
