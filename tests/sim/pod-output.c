/* What pods held and sent, written out when the story is over. */
#include "pod.h"

#include "base/bytes.h"

#include <errno.h>

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
                        unsent |= !is_sent(pod, pod_record_at(pod, pod_find_epoch(pod, lost->epoch), seq));
                if (lost->told || unsent)
                        write_record(out, pod, &record);
        }
}

static void write_records(FILE *out, SimPod *pod)
{
        for (size_t k = 0; k < pod->n_records; k++) {
                const Record *record = &pod->records[k];

                if (is_sent(pod, record) || !pod_lost_at(pod, record->epoch, record->seq))
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
