/* judge-diary [WHAT]: payloads of in/WHAT (diary), one a line as hexadecimal octets on stdin → the
 * daemon's own verdict, one a line: "1 stored", "0 invalid_field"; "1 -", "0 -" of what has no answer.
 * Each is judged by an empty diary at 2026-11-24T12:00:00Z. For check-diary.py, check-receipt.py. */
#include "tests/unit/ground.h"

#include "daemon/clinic/inbound.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"


#define PAYLOAD_MAX 65536

static const char *what = "diary";

static int take_ack(const OutboxRow *row, void *userdata)
{
        if (row->kind == OUTBOX_ACK)
                *(OutboxRow *)userdata = *row;
        return 0;
}

/* What it leaves is rolled back: the next one finds the same ledger. */
static void judge(Ground *ground, const TopicPrefix *prefix, const void *payload, size_t size)
{
        char topic[TOPIC_MAX];
        Inbound inbound = {.topic = topic, .payload = payload, .size = size};
        OutboxRow row = {0};
        Ack ack = {.code = "-"};
        int verdict;

        (void)snprintf(topic, sizeof(topic), "strided/v1/north/gw-7/" GROUND_RUNNER "/in/%s", what);
        assert_int_equal(ledger_begin(ground->ledger), 0);
        verdict = inbound_take(ground->ledger, ground->clock, prefix, &inbound);
        assert_int_equal(outbox_each(ground->ledger, true, 0, 1000, take_ack, &row), 0);
        if (row.id != 0)
                assert_int_equal(ack_get(ground->ledger, row.runner, row.key, &ack), 1);
        else
                assert_string_equal(what, "receipt");
        ledger_rollback(ground->ledger);
        (void)printf("%d %s\n", verdict, ack.code);
}

static void judge_all(void **state)
{
        static char line[2 * PAYLOAD_MAX + 2];
        static uint8_t payload[PAYLOAD_MAX];
        TopicPrefix prefix;

        topic_prefix("north", "gw-7", &prefix);
        while (fgets(line, sizeof(line), stdin)) {
                int size;

                line[strcspn(line, "\n")] = '\0';
                size = hex_parse(line, payload, sizeof(payload));
                assert_true(size >= 0);
                judge(*state, &prefix, payload, (size_t)size);
        }
        assert_int_equal(fflush(stdout), 0);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(judge_all, ground_setup, ground_teardown),
        };

        if (argc > 1)
                what = argv[1];
        return cmocka_run_group_tests(tests, NULL, NULL);
}
