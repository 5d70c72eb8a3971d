/* A recording as it is played: strides into the memory, samples onto the air. */
#include "pod.h"

#include "base/bytes.h"

#include <math.h>

#define STEP_MAX_MS 5000 /* rows further apart add nothing */

static void play_due(Sim *sim, SimPod *pod, int64_t argument);

static int64_t due_ms(const SimPod *pod)
{
        const SimRecording *recording = pod->recording;
        int64_t at_ms;

        if (!recording || pod->next == recording->n)
                return INT64_MAX;
        if (pod->type == POD_STRIDE)
                at_ms = recording->entries[pod->next].due_ms;
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
void pod_catch_up(Sim *sim, SimPod *pod)
{
        while (due_ms(pod) <= sim_now_ms(sim)) {
                const SimRecording *recording = pod->recording;
                size_t at = pod->next++;

                if (pod->type == POD_STRIDE) {
                        pod_append(sim, pod, recording->entries[at].record,
                                   pod->recording_start_ms + recording->entries[at].at_ms);
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
        pod_catch_up(sim, pod);
}

void pod_play(Sim *sim, SimPod *pod, const SimRecording *recording, int64_t skip_ms)
{
        Record battery = {.kind = RECORD_BATTERY};

        pod_catch_up(sim, pod);
        pod->recording = recording;
        pod->recording_start_ms = sim_now_ms(sim) - skip_ms;
        pod->next = 0;
        while (pod->next < recording->n &&
               (pod->type == POD_STRIDE ? recording->entries[pod->next].at_ms
                                        : recording->rows[pod->next].at_ms) < skip_ms)
                pod->next++;
        if (pod->battery_pct > 5)
                pod->battery_pct--;
        if (pod->type == POD_STRIDE) {
                battery.battery.level_pct = pod->battery_pct;
                pod_append(sim, pod, battery, sim_now_ms(sim));
        }
        pod_catch_up(sim, pod);
}

void pod_remember(Sim *sim, SimPod *pod, const SimRecording *recording, int64_t ago_ms)
{
        pod_catch_up(sim, pod);
        pod->recording = recording;
        pod->recording_start_ms = sim_now_ms(sim) - ago_ms;
        pod->next = 0;
        pod_catch_up(sim, pod);
}

void pod_stop(Sim *sim, SimPod *pod)
{
        pod_catch_up(sim, pod); /* what it did until now */
        sim_cancel(sim, play_due, pod);
        pod->recording = NULL;
}
