#include "sim.h"

#include "base/bytes.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIG(id) "0000" id "-0000-1000-8000-00805f9b34fb"
#define ANSWER_MS        30 /* the pod thinks */
#define EVENT_MS         45 /* connection interval */
#define PACKETS_AN_EVENT 6
#define STEP_MAX_MS      5000 /* rows further apart add nothing */

/* ---- what it offers ---- */

static size_t read_battery(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        (void)sim;
        ret[0] = (uint8_t)pod->battery_pct;
        return 1;
}

static size_t read_maker(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        (void)sim, (void)pod;
        memcpy(ret, "Simulated", 9);
        return 9;
}

static size_t read_feature(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        StrideFeature feature = {.major = 1, .features = 15, .tick_hz = TICK_HZ,
                                 .capacity = pod->capacity ? (uint32_t)pod->capacity : 200000};

        (void)sim;
        return stride_feature_encode(&feature, ret);
}

static size_t read_rsc_feature(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        (void)sim, (void)pod;
        ret[0] = 0x05; /* stride length, walking or running */
        ret[1] = 0;
        return 2;
}

#define COMMON                                                                                     \
        {SIG("180f"), SIG("2a19"), {"read", "notify", NULL}, read_battery},                        \
                {SIG("180a"), SIG("2a29"), {"read", NULL}, read_maker}

static const SimCharacteristic stride_characteristics[] = {
        {STRIDE_SERVICE_UUID, STRIDE_FEATURE_UUID, {"read", NULL}, read_feature},
        {STRIDE_SERVICE_UUID, STRIDE_RECORDS_UUID, {"notify", NULL}, NULL},
        {STRIDE_SERVICE_UUID, STRIDE_CONTROL_UUID, {"write", "indicate", NULL}, NULL},
        COMMON,
};

static const SimCharacteristic rsc_characteristics[] = {
        {SIG("1814"), SIG("2a53"), {"notify", NULL}, NULL},
        {SIG("1814"), SIG("2a54"), {"read", NULL}, read_rsc_feature},
        COMMON,
};

static const SimCharacteristic heart_rate_characteristics[] = {
        {SIG("180d"), SIG("2a37"), {"notify", NULL}, NULL},
        COMMON,
};

const SimCharacteristic *pod_characteristics(const SimPod *pod, size_t *ret_n)
{
        static const struct {
                const SimCharacteristic *list;
                size_t n;
        } types[] = {
                [POD_STRIDE] = {stride_characteristics, ARRAY_SIZE(stride_characteristics)},
                [POD_RSC] = {rsc_characteristics, ARRAY_SIZE(rsc_characteristics)},
                [POD_HEART_RATE] = {heart_rate_characteristics, ARRAY_SIZE(heart_rate_characteristics)},
        };

        *ret_n = types[pod->type].n;
        return types[pod->type].list;
}

/* ---- memory ---- */

static SimEpoch *running_epoch(SimPod *pod)
{
        return &pod->epochs[pod->n_epochs - 1];
}

static uint32_t tick_at(const SimPod *pod, const SimEpoch *epoch, int64_t at_ms)
{
        double ms = (double)(at_ms - epoch->booted_ms) * (1 + pod->drift_ppm * 1e-6);

        return (uint32_t)(int64_t)llround(ms * TICK_HZ / 1000);
}

/* True: somebody has it, or soon will. */
static bool send_packet(Sim *sim, SimPod *pod, const void *data, size_t size)
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
static SimLost *lost_at(SimPod *pod, uint32_t epoch, uint32_t seq)
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
        tick = tick_at(pod, epoch, sim_now_ms(sim));
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
static Record tell_lost(Sim *sim, SimPod *pod, SimLost *lost, uint32_t seq)
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

static Record *record_at(SimPod *pod, const SimEpoch *epoch, uint32_t seq)
{
        return &pod->records[epoch->first + seq - 1];
}

/* Records of the running epoch are at the end of the memory. */
static void append(Sim *sim, SimPod *pod, Record record, int64_t at_ms)
{
        SimEpoch *epoch = running_epoch(pod);
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
        record.tick = tick_at(pod, epoch, at_ms);
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
                pod->sent[pod->n_records - 1] = send_packet(sim, pod, packet, size);
}

void pod_note_unknown(Sim *sim, SimPod *pod)
{
        Record record = {.kind = 16, .body_size = 6, .body = {0x55, 0, 0, 0, 0, 0xaa}};

        append(sim, pod, record, sim_now_ms(sim));
}

void pod_withhold(SimPod *pod, int back)
{
        pod->withheld = back < 0 ? 0 : running_epoch(pod)->n_records - (uint32_t)back;
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
                boot.boot.previous_epoch = running_epoch(pod)->epoch;
                boot.boot.previous_last_seq = running_epoch(pod)->n_records;
        }
        pod->epochs[pod->n_epochs] = (SimEpoch){.epoch = (uint32_t)pod->n_epochs + 1,
                                                .booted_ms = sim_now_ms(sim),
                                                .first = pod->n_records};
        pod->n_epochs++;
        append(sim, pod, boot, sim_now_ms(sim));
        append(sim, pod, configuration, sim_now_ms(sim));
}

/* ---- playing a recording ---- */

static void play_due(Sim *sim, SimPod *pod, int64_t argument);

static int64_t due_ms(const SimPod *pod)
{
        const SimRecording *recording = pod->recording;
        int64_t at_ms;

        if (!recording || pod->next == recording->n)
                return INT64_MAX;
        if (pod->type == POD_STRIDE) /* known when it ends */
                at_ms = recording->strides[pod->next].at_ms +
                        recording->strides[pod->next].stride.stride_time_1024 * 1000 / TICK_HZ;
        else
                at_ms = recording->rows[pod->next].at_ms;
        return pod->recording_start_ms + at_ms;
}

static void send_sample(Sim *sim, SimPod *pod, const char *uuid, const uint8_t *data, size_t size,
                        Record record)
{
        const Sample *sample = &record.sample;

        if (!bus_notify(sim, pod, uuid, data, size))
                return; /* nobody heard it, and it does not keep it */
        if (!pod->sent_on_link) {
                pod->sent_on_link = true;
                pod->link_epoch++;
                pod->link_seq = 0;
        }
        (void)fprintf(sim->sent,
                      "{\"pod\":\"%s\",\"placement\":\"%s\",\"epoch\":%u,\"seq\":%u,\"kind\":\"sample\","
                      "\"tick\":%lld,\"characteristic\":%lld",
                      pod->address, placement_name(pod->placement), pod->link_epoch, ++pod->link_seq,
                      (long long)sim_now_ms(sim), (long long)sample->characteristic);
        for (size_t i = 1; i < record_fields(RECORD_SAMPLE)->n_fields; i++) {
                const Field *field = &record_fields(RECORD_SAMPLE)->fields[i];
                int64_t value = *field_integer(field, &record);

                if (value == NULL_INTEGER)
                        (void)fprintf(sim->sent, ",\"%s\":null", field->path);
                else if (field->type == FIELD_BOOLEAN)
                        (void)fprintf(sim->sent, ",\"%s\":%s", field->path, value ? "true" : "false");
                else
                        (void)fprintf(sim->sent, ",\"%s\":%lld", field->path, (long long)value);
        }
        (void)fprintf(sim->sent, ",\"rr_1024\":[");
        for (int64_t i = 0; i < sample->n_rr; i++)
                (void)fprintf(sim->sent, "%s%lld", i ? "," : "", (long long)sample->rr_1024[i]);
        (void)fprintf(sim->sent, "]}\n");
}

/* For how long the row stands in Σ speed·dt; 0: it adds nothing. */
static int64_t row_step_ms(const SimRecording *recording, size_t at)
{
        int64_t step_ms = at + 1 < recording->n ? recording->rows[at + 1].at_ms - recording->rows[at].at_ms
                                                : 0;

        return step_ms <= STEP_MAX_MS ? step_ms : 0;
}

/* Rounds so that Σ value·dt stays true: what was rounded off, times its dt, is made up for by the rows
 * that follow, by at most one unit a row. Standing still stays standing still. */
static long round_carried(double value, int64_t step_ms, double *rest, long most)
{
        double owed = step_ms > 0 ? fmax(-1, fmin(1, *rest / (double)step_ms)) : 0;
        long rounded = value > 0 ? lround(value + owed) : 0;

        if (rounded < 0)
                rounded = 0;
        if (rounded > most)
                rounded = most;
        *rest += (value - (double)rounded) * (double)step_ms;
        return rounded;
}

static void play_rsc(Sim *sim, SimPod *pod, const SimRecording *recording, size_t at)
{
        const SimRow *row = &recording->rows[at];
        int64_t step_ms = row_step_ms(recording, at);
        bool blank = isnan(row->speed_mps) || isnan(row->cadence_spm);
        long speed = blank ? 0 : round_carried(row->speed_mps * 256, step_ms, &pod->speed_rest, 65535);
        long cadence = blank ? 0 : round_carried(row->cadence_spm, step_ms, &pod->cadence_rest, 255);
        long length = speed && cadence ? lround((double)speed / 256 * 120 / (double)cadence * 100) : 0;
        bool running = !blank && (pod->always_running ? speed > 0 || cadence > 0 : speed >= 512);
        uint8_t packet[8];
        ByteWriter w = byte_writer(packet, sizeof(packet));
        Record record = {.kind = RECORD_SAMPLE};

        length = length > 65535 ? 0 : length;
        fields_set_null(record_fields(RECORD_SAMPLE), &record);
        record.sample.n_rr = 0;
        record.sample.characteristic = 0x2A53;
        record.sample.speed_256 = speed;
        record.sample.cadence_raw = cadence;
        record.sample.running = running;
        write_u8(&w, (uint8_t)((length ? 1 : 0) | (running ? 4 : 0)));
        write_u16(&w, (uint16_t)speed);
        write_u8(&w, (uint8_t)cadence);
        if (length) {
                write_u16(&w, (uint16_t)length);
                record.sample.stride_length_cm = length;
        }
        send_sample(sim, pod, SIG("2a53"), packet, w.size, record);
}

static void play_heart(Sim *sim, SimPod *pod, const SimRow *row)
{
        uint8_t packet[8];
        ByteWriter w = byte_writer(packet, sizeof(packet));
        Record record = {.kind = RECORD_SAMPLE};
        long rate = isnan(row->heart_rate_bpm) ? 0 : lround(row->heart_rate_bpm);

        if (rate <= 0 || rate > 255)
                return;
        fields_set_null(record_fields(RECORD_SAMPLE), &record);
        record.sample.characteristic = 0x2A37;
        record.sample.heart_rate_bpm = rate;
        record.sample.n_rr = 1;
        record.sample.rr_1024[0] = 60 * 1024 / rate;
        write_u8(&w, 0x10);
        write_u8(&w, (uint8_t)rate);
        write_u16(&w, (uint16_t)record.sample.rr_1024[0]);
        send_sample(sim, pod, SIG("2a37"), packet, w.size, record);
}

/* Everything up to now. A pod that nobody listens to does it when somebody asks. */
static void play(Sim *sim, SimPod *pod)
{
        while (due_ms(pod) <= sim_now_ms(sim)) {
                const SimRecording *recording = pod->recording;
                size_t at = pod->next++;
                Record record = {.kind = RECORD_STRIDE};

                if (pod->type == POD_STRIDE) {
                        record.stride = recording->strides[at].stride;
                        append(sim, pod, record, pod->recording_start_ms + recording->strides[at].at_ms);
                } else if (pod->type == POD_RSC) {
                        play_rsc(sim, pod, recording, at);
                } else {
                        play_heart(sim, pod, &recording->rows[at]);
                }
        }
        if (due_ms(pod) == INT64_MAX)
                pod->recording = NULL;
        else if (pod->type != POD_STRIDE || (pod->live && pod->connected))
                sim_at(sim, due_ms(pod), play_due, pod, 0);
}

static void play_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        play(sim, pod);
}

void pod_catch_up(Sim *sim, SimPod *pod)
{
        play(sim, pod);
}

void pod_play(Sim *sim, SimPod *pod, const SimRecording *recording, int64_t skip_ms)
{
        Record battery = {.kind = RECORD_BATTERY};

        play(sim, pod);
        pod->recording = recording;
        pod->recording_start_ms = sim_now_ms(sim) - skip_ms;
        pod->next = 0;
        while (pod->next < recording->n &&
               (pod->type == POD_STRIDE ? recording->strides[pod->next].at_ms
                                        : recording->rows[pod->next].at_ms) < skip_ms)
                pod->next++;
        if (pod->battery_pct > 5)
                pod->battery_pct--;
        if (pod->type == POD_STRIDE) {
                battery.battery.level_pct = pod->battery_pct;
                append(sim, pod, battery, sim_now_ms(sim));
        }
        play(sim, pod);
}

void pod_stop(Sim *sim, SimPod *pod)
{
        play(sim, pod); /* what it did until now */
        sim_cancel(sim, play_due, pod);
        pod->recording = NULL;
}

/* ---- links ---- */

void pod_linked(Sim *sim, SimPod *pod)
{
        pod->sent_on_link = false;
        pod->live = false;
        pod->report.opcode = 0;
        pod->held_size = 0;
        play(sim, pod);
}

static void report_due(Sim *sim, SimPod *pod, int64_t argument);
static void answer_due(Sim *sim, SimPod *pod, int64_t argument);

void pod_unlinked(Sim *sim, SimPod *pod)
{
        play(sim, pod); /* what was live until now */
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

static SimEpoch *find_epoch(SimPod *pod, uint32_t number)
{
        for (size_t i = 0; i < pod->n_epochs; i++) {
                if (pod->epochs[i].epoch == number)
                        return &pod->epochs[i];
        }
        return NULL;
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

/* What a report will send: held records, lost ranges, and nothing of what was freed. */
static void fill_page(Sim *sim, SimPod *pod, const StrideRequest *request)
{
        SimEpoch *epoch = find_epoch(pod, request->epoch);
        uint32_t seq = request->first > epoch->freed ? request->first : epoch->freed + 1;

        pod->report = *request;
        pod->n_page = pod->page_at = 0;
        pod->page_last = request->last < epoch->n_records ? request->last : epoch->n_records;
        while (seq <= pod->page_last && pod->n_page < STRIDE_PAGE_RECORDS) {
                SimLost *lost = lost_at(pod, epoch->epoch, seq);
                Record *record = &pod->page[pod->n_page++];

                if (lost) {
                        *record = tell_lost(sim, pod, lost, seq);
                        seq = (uint32_t)record->lost.last_seq + 1;
                        continue;
                }
                *record = *record_at(pod, epoch, seq);
                record->from_store = true;
                if (epoch == running_epoch(pod) && seq == pod->withheld)
                        pod->n_page--;
                seq++;
        }
}

static void note_sent(SimPod *pod, const Record *records, int n)
{
        for (int i = 0; i < n; i++) {
                const SimEpoch *epoch = find_epoch(pod, records[i].epoch);

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
                if (send_packet(sim, pod, packet, size))
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
        SimEpoch *epoch = find_epoch(pod, request->epoch);
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
                crc32 = stride_crc32(crc32, record_at(pod, epoch, seq));
        if (request->first > epoch->overwritten && crc32 != request->crc32)
                response->status = STRIDE_CHECKSUM_DIFFERS;
        else
                epoch->freed = request->last;
}

static void take_anchor(Sim *sim, SimPod *pod, const StrideRequest *request, StrideResponse *response)
{
        Record anchor = {.kind = RECORD_ANCHOR,
                         .anchor = {.utc_ms = request->utc_ms, .clock_quality = request->clock_quality}};

        append(sim, pod, anchor, sim_now_ms(sim));
        response->token = request->token;
        response->epoch = running_epoch(pod)->epoch;
        response->received_tick = response->sent_tick =
                tick_at(pod, running_epoch(pod), sim_now_ms(sim));
}

static void handle(Sim *sim, SimPod *pod, const StrideRequest *request)
{
        StrideResponse response = {.opcode = request->opcode, .status = STRIDE_OK};

        play(sim, pod);
        switch (request->opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                list_epochs(pod, request, &response);
                break;
        case STRIDE_OP_REPORT:
                if (pod->report.opcode || !find_epoch(pod, request->epoch)) {
                        response.status = pod->report.opcode ? STRIDE_BUSY : STRIDE_NO_SUCH_EPOCH;
                        break;
                }
                fill_page(sim, pod, request);
                sim_at(sim, sim_now_ms(sim) + EVENT_MS, report_due, pod, 0);
                return;
        case STRIDE_OP_LIVE:
                pod->live = request->on;
                play(sim, pod);
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

/* ---- what they held ---- */

static void write_record(FILE *out, const SimPod *pod, const Record *record)
{
        const FieldTable *table = record_fields(record->kind);

        (void)fprintf(out,
                      "{\"pod\":\"%s\",\"placement\":\"%s\",\"epoch\":%u,\"seq\":%u,\"kind\":\"%s\","
                      "\"tick\":%lld",
                      pod->address, placement_name(pod->placement), record->epoch, record->seq,
                      record_kind_name(record->kind), (long long)record->tick);
        if (!table) {
                char hex[2 * RECORD_BODY_MAX + 1];

                hex_format(record->body, record->body_size, hex);
                (void)fprintf(out, ",\"kind_number\":%d,\"body\":\"%s\"", record->kind, hex);
        }
        for (size_t i = 0; table && i < table->n_fields; i++) {
                int64_t value = *field_integer(&table->fields[i], record);

                if (value == NULL_INTEGER)
                        (void)fprintf(out, ",\"%s\":null", table->fields[i].path);
                else if (table->fields[i].type == FIELD_BOOLEAN)
                        (void)fprintf(out, ",\"%s\":%s", table->fields[i].path, value ? "true" : "false");
                else
                        (void)fprintf(out, ",\"%s\":%lld", table->fields[i].path, (long long)value);
        }
        (void)fprintf(out, "}\n");
}

static bool is_sent(const SimPod *pod, const Record *record)
{
        return pod->sent[record - pod->records];
}

/* What nobody ever had, and what the pod said of it. */
static void write_lost(FILE *out, SimPod *pod)
{
        for (size_t i = 0; i < pod->n_lost; i++) {
                const SimLost *lost = &pod->lost[i];
                Record record = {.kind = RECORD_LOST, .epoch = lost->epoch, .seq = lost->first,
                                 .tick = lost->tick,
                                 .lost = {.last_seq = lost->last, .reason = LOST_OVERWRITTEN}};
                bool unsent = false;

                for (uint32_t seq = lost->first; seq <= lost->last; seq++)
                        unsent |= !is_sent(pod, record_at(pod, find_epoch(pod, lost->epoch), seq));
                if (lost->told || unsent)
                        write_record(out, pod, &record);
        }
}

static void write_records(FILE *out, SimPod *pod)
{
        for (size_t k = 0; k < pod->n_records; k++) {
                const Record *record = &pod->records[k];

                if (is_sent(pod, record) || !lost_at(pod, record->epoch, record->seq))
                        write_record(out, pod, record);
        }
        write_lost(out, pod);
}

int pods_write_freed(const Sim *sim, const char *path)
{
        FILE *out = fopen(path, "w");

        if (!out)
                return -errno;
        for (size_t i = 0; i < sim->n_pods; i++) {
                const SimPod *pod = &sim->pods[i];

                for (size_t k = 0; k < pod->n_epochs; k++)
                        (void)fprintf(out,
                                      "{\"pod\":\"%s\",\"epoch\":%u,\"records\":%u,\"freed\":%u,\"overwritten\":%u}\n",
                                      pod->address, pod->epochs[k].epoch, pod->epochs[k].n_records,
                                      pod->epochs[k].freed, pod->epochs[k].overwritten);
        }
        return fclose(out) == 0 ? 0 : -errno;
}

int pods_write(Sim *sim, const char *path)
{
        FILE *out = fopen(path, "w");
        char line[1024];

        if (!out)
                return -errno;
        rewind(sim->sent);
        while (fgets(line, sizeof(line), sim->sent))
                (void)fputs(line, out);
        for (size_t i = 0; i < sim->n_pods; i++)
                write_records(out, &sim->pods[i]);
        return fclose(out) == 0 ? 0 : -errno;
}

int pods_write_about(const Sim *sim, const char *path)
{
        static const char *const types[] = {"stride", "rsc", "heart_rate"};
        FILE *out = fopen(path, "w");

        if (!out)
                return -errno;
        (void)fprintf(out, "{\"boottime_utc_offset_ms\":%lld,\"pods\":{",
                      (long long)(sim_utc_ms(sim) - sim_now_ms(sim)));
        for (size_t i = 0; i < sim->n_pods; i++)
                (void)fprintf(out,
                              "%s\"%s\":{\"runner\":\"%s\",\"placement\":\"%s\",\"zone\":\"%s\",\"type\":"
                              "\"%s\"}",
                              i ? "," : "", sim->pods[i].address, sim->pods[i].runner,
                              placement_name(sim->pods[i].placement), sim->pods[i].zone,
                              types[sim->pods[i].type]);
        (void)fprintf(out, "}}\n");
        return fclose(out) == 0 ? 0 : -errno;
}
