/* judge-inbound: payloads, one a line on stdin: the last level of their topic, a blank, and hexadecimal
 * octets → the daemon's own verdict, one a line: "1 stored", "0 invalid_field". Each is judged by the
 * same ledger at 2026-11-24T12:00:00Z: nothing is in it but the red flag "flag-1". For
 * check-inbound.py. */
#include "tests/unit/ground.h"

#include "daemon/clinic/inbound.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"

#define PAYLOAD_MAX 65536

static int take_ack(const OutboxRow *row, void *userdata)
{
        if (row->kind == OUTBOX_ACK)
                *(OutboxRow *)userdata = *row;
        return 0;
}

/* What it leaves is rolled back: the next one finds the same ledger. */
static void judge(Ground *ground, const TopicPrefix *prefix, const char *what, const void *payload,
                  size_t size)
{
        char topic[TOPIC_MAX];
        Inbound inbound = {.topic = topic, .payload = payload, .size = size};
        OutboxRow row = {0};
        Ack ack = {0};
        int verdict;

        (void)snprintf(topic, sizeof(topic), "strided/v1/north/gw-7/" GROUND_RUNNER "/in/%.40s", what);
        assert_int_equal(ledger_begin(ground->ledger), 0);
        verdict = inbound_take(ground->ledger, ground->clock, prefix, &inbound);
        assert_int_equal(outbox_each(ground->ledger, true, 0, 1000, take_ack, &row), 0);
        assert_int_equal(ack_get(ground->ledger, row.runner, row.key, &ack), 1);
        ledger_rollback(ground->ledger);
        (void)printf("%d %s\n", verdict, ack.code);
}

static void raise_red_flag(Ground *ground)
{
        DiaryEntry entry;

        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), "flag-1");
        (void)text_copy(entry.runner, sizeof(entry.runner), GROUND_RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        entry.at_utc_ms = entry.received_utc_ms = GROUND_NOW_MS;
        entry.red_flags[RED_FLAG_FEVER] = 1;
        assert_int_equal(diary_store(ground->ledger, &entry), 1);
}

static void judge_all(void **state)
{
        static char line[2 * PAYLOAD_MAX + 64];
        static uint8_t payload[PAYLOAD_MAX];
        TopicPrefix prefix;

        raise_red_flag(*state);
        topic_prefix("north", "gw-7", &prefix);
        while (fgets(line, sizeof(line), stdin)) {
                char *blank = strchr(line, ' ');
                int size;

                assert_non_null(blank);
                *blank = '\0';
                blank[1 + strcspn(blank + 1, "\n")] = '\0';
                size = hex_parse(blank + 1, payload, sizeof(payload));
                assert_true(size >= 0);
                judge(*state, &prefix, line, payload, (size_t)size);
        }
        assert_int_equal(fflush(stdout), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(judge_all, ground_setup, ground_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
