#include "tests/histories/clinic.h"

#include "proto/fields.h"
#include "tests/fuzz/fuzz.h"

#include <cjson/cJSON.h>

DEFINE_CLEANUP(cJSON *, cJSON_Delete);

#define WRONG(clinic, ...)                                                                         \
        do {                                                                                       \
                if (!(clinic)->wrong[0])                                                           \
                        (void)snprintf((clinic)->wrong, sizeof((clinic)->wrong), __VA_ARGS__);     \
        } while (0)

/* The id of the wire; an answer has that of what it answers, an empty payload has none. */
static int64_t number_of(ModelClinic *clinic, const OutboxRow *row, const Message *message)
{
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        const char *id;
        size_t length = strlen(clinic->ledger_id);

        if (row->kind == OUTBOX_ACK || row->kind == OUTBOX_CLEAR)
                return row->id;
        root = cJSON_Parse(message->payload);
        id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "id"));
        if (!id || strncmp(id, clinic->ledger_id, length) != 0 || id[length] != '-') {
                WRONG(clinic, "message of row %lld has no id of this ledger", (long long)row->id);
                return row->id;
        }
        return atoll(id + length + 1);
}

void clinic_receive(ModelClinic *clinic, const OutboxRow *row, const Message *message)
{
        int64_t number = number_of(clinic, row, message);
        ClinicMessage *kept;

        PROMISE(number > 0 && number < CLINIC_MESSAGES_MAX);
        clinic->received++;
        if (clinic->forgets && clinic->received % 7 == 0)
                return;
        kept = &clinic->messages[number];
        if (kept->there) {
                kept->copies += clinic->doubles;
                if (strcmp(kept->topic, message->topic) != 0 ||
                    (kept->fixed && strcmp(kept->payload, message->payload) != 0))
                        WRONG(clinic, "id %lld came twice with different content: %.100s … %.100s",
                              (long long)number, kept->payload, message->payload);
                return;
        }
        *kept = (ClinicMessage){.there = true, .copies = 1,
                                .fixed = row->kind == OUTBOX_WEEK || row->kind == OUTBOX_RUN,
                                .payload = strdup(message->payload)};
        PROMISE(kept->payload);
        (void)text_copy(kept->topic, sizeof(kept->topic), message->topic);
}

void clinic_clear(ModelClinic *clinic)
{
        for (size_t i = 0; i < CLINIC_MESSAGES_MAX; i++)
                free(clinic->messages[i].payload);
        memset(clinic, 0, sizeof(*clinic));
}

static bool ends_with(const char *text, const char *end)
{
        size_t length = strlen(text), end_length = strlen(end);

        return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

int64_t clinic_newest(const ModelClinic *clinic, const char *topic_end, int64_t *ret_steps)
{
        int64_t newest = 0;

        for (size_t i = 0; i < CLINIC_MESSAGES_MAX; i++) {
                const ClinicMessage *kept = &clinic->messages[i];
                CLEANUP(cJSON_Deletep) cJSON *root = NULL;
                const cJSON *revision, *steps;

                if (!kept->there || !kept->fixed || !ends_with(kept->topic, topic_end))
                        continue;
                root = cJSON_Parse(kept->payload);
                revision = cJSON_GetObjectItemCaseSensitive(root, "revision");
                PROMISE(cJSON_IsNumber(revision));
                if ((int64_t)revision->valuedouble <= newest)
                        continue;
                newest = (int64_t)revision->valuedouble;
                steps = cJSON_GetObjectItemCaseSensitive(
                        cJSON_GetObjectItemCaseSensitive(root, "load"), "steps");
                *ret_steps = cJSON_IsNumber(steps) ? (int64_t)steps->valuedouble : NULL_INTEGER;
        }
        return newest;
}

bool clinic_forgot(const ModelClinic *clinic, const char *topic_end)
{
        bool forgot = false;

        for (size_t i = 0; i < CLINIC_MESSAGES_MAX; i++) {
                if (clinic->messages[i].there && ends_with(clinic->messages[i].topic, topic_end))
                        forgot = !clinic->messages[i].payload[0];
        }
        return forgot;
}

size_t clinic_topics(const ModelClinic *clinic, const char *part)
{
        size_t n = 0;

        for (size_t i = 0; i < CLINIC_MESSAGES_MAX; i++) {
                bool first = clinic->messages[i].there && clinic->messages[i].fixed &&
                             strstr(clinic->messages[i].topic, part);

                for (size_t j = 0; first && j < i; j++)
                        first = !clinic->messages[j].there || !clinic->messages[j].fixed ||
                                strcmp(clinic->messages[j].topic, clinic->messages[i].topic) != 0;
                n += first && !clinic_forgot(clinic, clinic->messages[i].topic);
        }
        return n;
}
