/* What the clinic sends, into a real ledger. Up to the first newline it is the topic, then the
 * payload; everything is rolled back afterwards. */
#include "tests/fuzz/fuzz.h"

#include "base/log.h"
#include "daemon/clinic/inbound.h"
#include "daemon/clinic/message.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/roster.h"

#define NOW_MS 1795521600000LL /* 2026-11-24T12:00:00Z */

static struct {
        char directory[40];
        Clock *clock;
        Ledger *ledger;
        TopicPrefix prefix;
} ground = {.directory = "/dev/shm/strided-fuzz-in-XXXXXX"};

static void tear_down(void)
{
        static const char *const files[] = {"ledger.db", "ledger.db-wal", "ledger.db-shm",
                                            "ledger.db.lock"};
        char path[80];

        ground.ledger = ledger_close(ground.ledger);
        ground.clock = clock_free(ground.clock);
        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
                (void)snprintf(path, sizeof(path), "%s/%s", ground.directory, files[i]);
                (void)unlink(path); /* not all of them are there */
        }
        (void)rmdir(ground.directory);
}

static void set_up(void)
{
        Runner runner;
        char path[80];

        log_set_level(LOG_LEVEL_ERROR); /* each refusal is a warning */
        PROMISE(mkdtemp(ground.directory));
        (void)snprintf(path, sizeof(path), "%s/ledger.db", ground.directory);
        PROMISE(clock_new_manual(NOW_MS, &ground.clock) == 0);
        PROMISE(ledger_open(path, ground.clock, &ground.ledger, NULL, 0) == 0);
        PROMISE(atexit(tear_down) == 0);
        fields_set_null(&runner_fields, &runner);
        (void)text_copy(runner.id, sizeof(runner.id), "r");
        (void)text_copy(runner.zone, sizeof(runner.zone), "UTC");
        runner.consent = 0;
        runner.added_utc_ms = NOW_MS;
        PROMISE(runner_add(ground.ledger, &runner) == 0);
        topic_prefix("c", "g", &ground.prefix);
}

static int check_entry(const DiaryEntry *entry, void *userdata)
{
        size_t *n = userdata;
        ExerciseList exercises;

        (*n)++;
        PROMISE(id_is_valid(entry->id) && strcmp(entry->runner, "r") == 0);
        PROMISE(entry->pain == NULL_INTEGER || (entry->pain >= 0 && entry->pain <= 10));
        PROMISE(isnan(entry->rpe) || (entry->rpe >= 0 && entry->rpe <= 10));
        PROMISE(exercises_parse(entry->exercises, &exercises) == 0);
        PROMISE(text_is_utf8(entry->place) && text_is_utf8(entry->note));
        PROMISE(entry->at_utc_ms <= NOW_MS + 86400000LL);
        return 0;
}

/* Whatever was said to us, the answer is good JSON text on a topic of ours. */
static int check_answer(const OutboxRow *row, void *userdata)
{
        static Message message;
        MessageSource source = {.ledger = ground.ledger, .clock = ground.clock,
                                .prefix = &ground.prefix};
        int64_t *accepted = userdata;
        Ack ack;

        if (row->kind != OUTBOX_ACK)
                return 0;
        PROMISE(ack_get(ground.ledger, row->runner, row->key, &ack) == 1);
        PROMISE(message_build(&source, row, &message) == 1);
        PROMISE(message.payload[0] == '{' && message.payload[message.size - 1] == '}');
        PROMISE(text_is_utf8(message.payload) && strncmp(message.topic, "strided/v1/c/g/", 15) == 0);
        *accepted = ack.accepted;
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const uint8_t *newline = size > 0 ? memchr(data, '\n', size) : NULL;
        size_t topic_size = newline ? (size_t)(newline - data) : size;
        CLEANUP(freep) char *topic = fuzz_text(data, topic_size);
        char runner[ID_SIZE], what[ID_SIZE];
        int64_t accepted = -1;
        size_t n_entries = 0;
        Inbound inbound;
        int r;

        if (!ground.ledger)
                set_up();
        inbound = (Inbound){.topic = topic,
                            .payload = newline ? newline + 1 : data + size,
                            .size = newline ? size - topic_size - 1 : 0};
        PROMISE(ledger_begin(ground.ledger) == 0);
        r = inbound_take(ground.ledger, ground.clock, &ground.prefix, &inbound);
        PROMISE(r == 0 || r == 1);
        PROMISE(diary_each(ground.ledger, NULL, INT64_MIN + 1, INT64_MAX, check_entry, &n_entries) == 0);
        PROMISE(n_entries <= (size_t)r); /* a plan is none, neither is what withdraws another */
        PROMISE(outbox_each(ground.ledger, false, 0, 10, check_answer, &accepted) == 0);
        if (topic_inbound_parse(&ground.prefix, topic, runner, what) == 0 && strcmp(what, "receipt") != 0)
                PROMISE(accepted == r); /* refused or not: answered */
        else
                PROMISE(accepted == -1); /* an answered receipt would ask for a receipt */
        ledger_rollback(ground.ledger);
        return 0;
}
