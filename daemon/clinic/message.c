#include "daemon/clinic/message.h"

#include "daemon/clinic/json.h"
#include "daemon/clinic/status.h"
#include "daemon/clinic/summary.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/redflags.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(cJSON *, cJSON_Delete);

#define MESSAGE_VERSION 1

/* v, id, generated_at; then the row's own keys. */
static cJSON *begin(const char *id, int64_t generated_utc_ms)
{
        cJSON *root = cJSON_CreateObject();

        json_set_integer(root, "v", MESSAGE_VERSION);
        json_set_text(root, "id", id);
        json_set_time(root, "generated_at", generated_utc_ms);
        return root;
}

/* ---- one builder a kind: adds keys; 1, 0: the record is gone, -errno ---- */

static int build_status(const MessageSource *source, const OutboxRow *row, cJSON *root)
{
        int r = status_add(source, root);

        (void)row;
        return r < 0 ? r : 1;
}

static int build_summary(const MessageSource *source, const OutboxRow *row, cJSON *root)
{
        Runner runner;
        int r = runner_get(source->ledger, row->runner, &runner);

        if (r <= 0)
                return r;
        r = summary_add(source->ledger, &runner, row->made_utc_ms, root);
        json_set(root, "reasons", cJSON_CreateObject());
        return r < 0 ? r : 1;
}

/* "path=why;…" → [{path, why}] */
static void add_changes(const char *changed, cJSON *root)
{
        cJSON *array = cJSON_AddArrayToObject(root, "changed");

        while (*changed) {
                const char *equals = strchr(changed, '=');
                const char *end = equals ? strchr(equals, ';') : NULL;
                char path[64], why[64];
                cJSON *change;

                if (!end)
                        return;
                (void)snprintf(path, sizeof(path), "%.*s", (int)(equals - changed), changed);
                (void)snprintf(why, sizeof(why), "%.*s", (int)(end - equals - 1), equals + 1);
                change = cJSON_CreateObject();
                json_set_text(change, "path", path);
                json_set_text(change, "why", why);
                if (!cJSON_AddItemToArray(array, change))
                        cJSON_Delete(change); /* memory is short; json_print notices */
                changed = end + 1;
        }
}

static int build_week(const MessageSource *source, const OutboxRow *row, cJSON *root)
{
        Week week;
        int r = week_get(source->ledger, row->runner, row->key, row->revision, &week);

        if (r <= 0)
                return r;
        json_set_fields(root, &week_fields, &week);
        json_set_groups(root, &week_groups, &week);
        add_changes(week.changed, root);
        json_set_reasons(root, &week.reasons);
        return 1;
}

static int build_run(const MessageSource *source, const OutboxRow *row, cJSON *root)
{
        Run run;
        int r = run_get(source->ledger, row->runner, row->key, row->revision, &run);

        if (r <= 0)
                return r;
        json_set_fields(root, &run_fields, &run);
        json_set_groups(root, &run_groups, &run);
        json_set_reasons(root, &run.reasons);
        return 1;
}

/* Its id is that of the message it answers; its own, which tells two answers apart, is answer_id. */
static int build_ack(const MessageSource *source, const OutboxRow *row, cJSON *root)
{
        Ack ack;
        int r = ack_of_row(source->ledger, row->revision, &ack);

        if (r <= 0)
                return r;
        json_set(root, "answer_id", cJSON_DetachItemFromObjectCaseSensitive(root, "id"));
        json_set_fields(root, &ack_fields, &ack);
        return 1;
}

/* Gone from the outbox, too, once somebody has answered it. */
static int build_redflag(const MessageSource *source, const OutboxRow *row, cJSON *root)
{
        RedFlagState flag;
        DiaryEntry entry;
        int r = redflag_get(source->ledger, row->runner, row->key, &flag);

        if (r > 0 && flag.answered[0])
                return 0;
        if (r > 0)
                r = diary_get(source->ledger, row->runner, row->key, &entry);
        if (r <= 0)
                return r;
        json_set_text(root, "runner", entry.runner);
        json_set_text(root, "redflag", entry.id);
        json_set_time(root, "at", entry.at_utc_ms);
        json_set_time(root, "received", flag.received_utc_ms);
        json_set_integer(root, "pain", entry.pain);
        for (RedFlag i = 0; i < RED_FLAG_COUNT; i++) {
                char path[32];

                (void)snprintf(path, sizeof(path), "answers.%s", red_flag_name(i));
                json_set(root, path, entry.red_flags[i] == NULL_INTEGER
                                             ? cJSON_CreateNull()
                                             : cJSON_CreateBool(entry.red_flags[i] == 1));
        }
        return 1;
}

static void add_exercises(const char *text, cJSON *root)
{
        ExerciseList exercises = {.n = 0};
        cJSON *array = cJSON_CreateArray();

        if (exercises_parse(text, &exercises) < 0) /* it was checked before it was stored */
                exercises.n = 0;
        for (size_t i = 0; i < exercises.n; i++) {
                cJSON *item = cJSON_CreateObject();

                json_set_fields(item, &exercise_fields, &exercises.list[i]);
                if (!cJSON_AddItemToArray(array, item))
                        cJSON_Delete(item); /* memory is short; json_print notices */
        }
        json_set(root, "exercises", array);
}

static int build_plan(const MessageSource *source, const OutboxRow *row, cJSON *root)
{
        Plan plan;
        int r = plan_get(source->ledger, row->runner, row->revision, &plan);

        if (r <= 0)
                return r;
        for (size_t i = 0; i < plan_fields.n_fields; i++) {
                const FieldTable one = {.name = "plan", .fields = &plan_fields.fields[i], .n_fields = 1};

                if (strcmp(one.fields->path, "id") != 0 && strcmp(one.fields->path, "exercises") != 0)
                        json_set_fields(root, &one, &plan);
        }
        json_set_text(root, "plan", plan.id); /* id is this message's own */
        add_exercises(plan.exercises, root);
        return 1;
}

static const struct {
        TopicKind topic;
        bool retained;
        size_t size_max;
        int (*build)(const MessageSource *source, const OutboxRow *row, cJSON *root); /* NULL: empty */
} kinds[] = {
        [OUTBOX_STATUS] = {TOPIC_STATUS, true, MESSAGE_MAX, build_status},
        [OUTBOX_SUMMARY] = {TOPIC_SUMMARY, true, MESSAGE_SUMMARY_MAX, build_summary},
        [OUTBOX_WEEK] = {TOPIC_WEEK, true, MESSAGE_MAX, build_week},
        [OUTBOX_RUN] = {TOPIC_RUN, true, MESSAGE_MAX, build_run},
        [OUTBOX_ACK] = {TOPIC_ACK, false, MESSAGE_MAX, build_ack},
        [OUTBOX_REDFLAG] = {TOPIC_REDFLAG, true, MESSAGE_MAX, build_redflag},
        [OUTBOX_PLAN] = {TOPIC_PLAN, true, MESSAGE_MAX, build_plan},
        [OUTBOX_CLEAR] = {TOPIC_STATUS, true, MESSAGE_MAX, NULL}, /* the topic of what it clears */
};

int message_build(const MessageSource *source, const OutboxRow *row, Message *ret)
{
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        OutboxKind of = row->kind == OUTBOX_CLEAR ? row->clears : row->kind;
        char id[48];
        int r;

        if ((size_t)row->kind >= ARRAY_SIZE(kinds) || (size_t)of >= ARRAY_SIZE(kinds) ||
            kinds[of].size_max == 0)
                return 0;
        *ret = (Message){.retained = kinds[row->kind].retained};
        if (!topic_format(source->prefix, kinds[of].topic, row->runner, row->key, ret->topic,
                          sizeof(ret->topic)))
                return -ENOBUFS;
        if (!kinds[row->kind].build)
                return 1;
        (void)snprintf(id, sizeof(id), "%s-%lld", ledger_id(source->ledger), (long long)row->id);
        root = begin(id, row->made_utc_ms);
        r = kinds[row->kind].build(source, row, root);
        if (r <= 0)
                return r;
        r = json_print(root, ret->payload, kinds[row->kind].size_max);
        if (r < 0)
                return r;
        ret->size = (size_t)r;
        r = ret->retained ? outbox_is_newest(source->ledger, row) : 0;
        if (r >= 0)
                ret->retained = r > 0; /* sent late, an old revision must not replace a newer one */
        return r < 0 ? r : 1;
}

int message_build_offline(const MessageSource *source, Message *ret)
{
        CLEANUP(cJSON_Deletep) cJSON *root = begin("will", clock_utc_ms(source->clock));
        int r;

        *ret = (Message){.retained = true};
        json_set_text(root, "state", "offline");
        json_set(root, "will", cJSON_CreateTrue());
        if (!topic_format(source->prefix, TOPIC_STATUS, "", "", ret->topic, sizeof(ret->topic)))
                return -ENOBUFS;
        r = json_print(root, ret->payload, sizeof(ret->payload));
        ret->size = r < 0 ? 0 : (size_t)r;
        return r < 0 ? r : 0;
}
