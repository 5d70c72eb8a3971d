/* What the clinic sends besides pain: answers by their codes, and what is stored. */
#include "tests/unit/ground.h"

#include "daemon/clinic/inbound.h"
#include "daemon/clinic/message.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/redflags.h"

#define AT         "\"at\":\"2026-11-24T08:00:00+01:00\""
#define SAY(id)    "{\"v\":1,\"id\":\"" id "\"," AT ","
#define PLAN(id, based_on, from) \
        "{\"v\":1,\"id\":\"" id "\",\"based_on\":" based_on ",\"from\":\"" from "\",\"per_week\":{\"exercise\":5}}"
#define FLAGGED(id) SAY(id) "\"redflags\":{\"numbness\":true}}"

static int newest_ack(const OutboxRow *row, void *userdata)
{
        if (row->kind == OUTBOX_ACK)
                *(OutboxRow *)userdata = *row;
        return 0;
}

/* Sends it and returns the answer. */
static Ack say(Ground *ground, const char *what, const char *payload)
{
        TopicPrefix prefix;
        char topic[128];
        Inbound inbound = {.topic = topic, .payload = payload, .size = strlen(payload)};
        OutboxRow row = {0};
        Ack ack = {0};

        topic_prefix("north", "gw-7", &prefix);
        (void)snprintf(topic, sizeof(topic), "strided/v1/north/gw-7/" GROUND_RUNNER "/in/%s", what);
        assert_true(inbound_take(ground->ledger, ground->clock, &prefix, &inbound) >= 0);
        assert_int_equal(outbox_each(ground->ledger, true, 0, 1000, newest_ack, &row), 0);
        assert_int_equal(ack_of_row(ground->ledger, row.revision, &ack), 1);
        return ack;
}

static void assert_code(Ground *ground, const char *what, const char *payload, const char *code)
{
        assert_string_equal(say(ground, what, payload).code, code);
}

static void each_fault_of_an_entry_has_its_code(void **state)
{
        static const struct {
                const char *payload, *code;
        } entries[] = {
                {SAY("a") "\"pain\":3}", "stored"},
                {SAY("b") "\"pain\":4,\"corrects\":\"a\"}", "stored"},
                {SAY("b") "\"pain\":4,\"corrects\":\"a\"}", "duplicate"},
                {SAY("c") "\"pain\":5,\"corrects\":\"a\"}", "corrected_before"},
                {SAY("x") "\"pain\":5,\"corrects\":\"y\"}", "stored"},
                {SAY("y") "\"pain\":5,\"corrects\":\"x\"}", "corrects_itself"},
                {SAY("d") "\"ostrc\":{\"q1\":1,\"q2\":13,\"q3\":0,\"q4\":0}}", "ostrc_version_1"},
                {SAY("d") "\"ostrc\":{\"q1\":1,\"q2\":17,\"q3\":0,\"q4\":0}}", "ostrc_points"},
                {SAY("d") "\"ostrc\":{\"q1\":1,\"q2\":2,\"q3\":0,\"q4\":0}}", "stored"},
                {SAY("e") "\"ostrc\":{\"q1\":0,\"q2\":3,\"q3\":3,\"q4\":3}}", "invalid_field"}, /* no problem? */
                {SAY("f") "\"ostrc\":{\"q1\":0,\"q2\":0,\"q3\":0,\"q4\":0}}", "stored"},
                {SAY("g") "\"ostrc\":{\"q1\":0}}", "stored"},
                {SAY("h") "\"ostrc\":{\"q1\":3,\"q2\":3}}", "stored"}, /* q1 alone decides */
                {SAY("e") "\"redflags\":{\"headache\":true}}", "invalid_field"},
                {SAY("e") "\"place\":\"knee\"}", "invalid_field"}, /* says nothing */
                {SAY("e") "\"mood\":\"good\"}", "invalid_field"},
                {SAY("e") "\"exercises\":[{\"item\":\"gluteal_bridge\",\"sets\":99}]}", "invalid_field"},
        };

        for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
                assert_code(*state, "diary", entries[i].payload, entries[i].code);
}

static int take_only(const DiaryEntry *entry, void *userdata)
{
        *(DiaryEntry *)userdata = *entry;
        return 0;
}

static void a_whole_day_is_stored_as_it_was_said(void **state)
{
        Ground *ground = *state;
        DiaryEntry entry;

        assert_code(ground, "diary",
                    SAY("day") "\"pain\":0,\"stiff_on_waking\":false,\"rpe\":6.5,\"run\":\"20261123T173012Z\","
                               "\"stopped_for_pain\":true,\"nutrition_kept\":true,\"sitting_h\":7.25,"
                               "\"exercises\":[{\"item\":\"gluteal_bridge\",\"sets\":3,\"repetitions\":12},"
                               "{\"item\":\"hip_flexor_stretch\",\"side\":\"left\",\"hold_s\":45}],"
                               "\"treatment\":{\"soft_tissue\":true}}",
                    "stored");
        assert_int_equal(diary_each(ground->ledger, GROUND_RUNNER, 0, INT64_MAX, take_only, &entry), 0);
        assert_int_equal(entry.pain, 0);
        assert_int_equal(entry.stiff_on_waking, 0);
        assert_true(entry.rpe == 6.5 && entry.sitting_h == 7.25);
        assert_string_equal(entry.run, "20261123T173012Z");
        assert_int_equal(entry.stopped_for_pain, 1);
        assert_int_equal(entry.nutrition_kept, 1);
        assert_int_equal(entry.treated[0], NULL_INTEGER);
        assert_int_equal(entry.treated[1], 1);
        assert_string_equal(entry.exercises, "gluteal_bridge 3sets 12reps;hip_flexor_stretch left 45s");
        assert_int_equal(entry.withdrawn, NULL_INTEGER);
}

static void two_clinicians_cannot_overwrite_each_other(void **state)
{
        Ground *ground = *state;
        Ack ack = say(ground, "plan", PLAN("p1", "0", "2026-11-02"));

        assert_string_equal(ack.code, "stored");
        assert_int_equal(ack.plan_version, 1);
        assert_int_equal(say(ground, "plan", PLAN("p2", "1", "2026-11-20")).plan_version, 2);
        ack = say(ground, "plan", PLAN("p3", "1", "2026-11-21"));
        assert_string_equal(ack.code, "plan_conflict");
        assert_int_equal(ack.accepted, 0);
        assert_int_equal(ack.plan_version, 2);
        assert_non_null(strstr(ack.message, "version 2"));
        ack = say(ground, "plan", PLAN("p1", "0", "2026-11-02"));
        assert_string_equal(ack.code, "duplicate");
        assert_int_equal(ack.plan_version, 1);
        assert_int_equal(say(ground, "diary", SAY("a") "\"pain\":3}").plan_version, NULL_INTEGER);
}

static void a_red_flag_is_answered_by_what_becomes_of_it(void **state)
{
        Ground *ground = *state;

        assert_code(ground, "diary", FLAGGED("f1"), "redflag_stored");
        assert_code(ground, "diary", FLAGGED("f1"), "duplicate");
        assert_int_equal(runner_set_consent(ground->ledger, GROUND_RUNNER, false), 0);
        assert_code(ground, "diary", FLAGGED("f2"), "redflag_not_sent");
}

static int find_redflag(const OutboxRow *row, void *userdata)
{
        if (row->kind == OUTBOX_REDFLAG)
                *(OutboxRow *)userdata = *row;
        return 0;
}

static void a_red_flag_is_told_until_it_is_acknowledged(void **state)
{
        static Message message;
        Ground *ground = *state;
        TopicPrefix prefix;
        MessageSource source = {.ledger = ground->ledger, .clock = ground->clock, .prefix = &prefix};
        OutboxRow row = {0};

        topic_prefix("north", "gw-7", &prefix);
        assert_code(ground, "diary", FLAGGED("f1"), "redflag_stored");
        assert_int_equal(outbox_each(ground->ledger, true, 0, 1000, find_redflag, &row), 0);
        assert_int_equal(message_build(&source, &row, &message), 1);
        assert_string_equal(message.topic, "strided/v1/north/gw-7/" GROUND_RUNNER "/redflag/f1");
        assert_true(message.retained);
        assert_non_null(strstr(message.payload, "\"numbness\":true"));
        assert_null(strstr(message.payload, "note"));
        assert_code(ground, "acknowledge", SAY("k1") "\"by\":\"dr-7\",\"redflag\":\"f9\"}", "unknown_redflag");
        assert_code(ground, "acknowledge", SAY("k1") "\"by\":\"dr-7\",\"redflag\":\"f1\"}", "stored");
        assert_code(ground, "acknowledge", SAY("k1") "\"by\":\"dr-7\",\"redflag\":\"f1\"}", "duplicate");
        /* sent again after its answer, it would stay with the broker for ever */
        assert_int_equal(message_build(&source, &row, &message), 0);
}

#define RESEND(id, since) "{\"v\":1,\"id\":\"" id "\",\"since\":\"" since "\"}"

static void an_order_to_send_again_is_answered_as_all_else(void **state)
{
        Ground *ground = *state;
        Ack ack;

        assert_code(ground, "resend", RESEND("x1", "yesterday"), "invalid_field");
        assert_code(ground, "resend", "{\"v\":1,\"id\":\"x1\"}", "invalid_field");
        assert_code(ground, "resend", RESEND("x1", "2026-11-01T00:00:00Z"), "stored");
        assert_code(ground, "resend", RESEND("x1", "2026-11-01T00:00:00Z"), "duplicate");
        assert_code(ground, "resend", RESEND("x1", "2026-11-02T00:00:00Z"), "id_taken");
        ack = say(ground, "resend", RESEND("x2", "2026-11-01T00:00:00Z"));
        assert_string_equal(ack.code, "resend_running");
        assert_non_null(strstr(ack.message, "x1"));
        assert_int_equal(runner_set_consent(ground->ledger, GROUND_RUNNER, false), 0);
        assert_code(ground, "resend", RESEND("x3", "2026-11-01T00:00:00Z"), "no_consent");
}

#define CONSENT(id, given) "{\"v\":1,\"id\":\"" id "\",\"by\":\"dr-7\",\"consent\":" given "}"

static void consent_is_withdrawn_by_way_of_the_clinic_and_given_at_home(void **state)
{
        Ground *ground = *state;
        Runner runner;

        assert_code(ground, "consent", CONSENT("c1", "null"), "invalid_field");
        assert_code(ground, "consent", CONSENT("c1", "false"), "stored");
        assert_int_equal(runner_get(ground->ledger, GROUND_RUNNER, &runner), 1);
        assert_int_equal(runner.consent, 0);
        assert_non_null(strstr(say(ground, "consent", CONSENT("c2", "true")).message, "stridectl consent " GROUND_RUNNER));
        assert_code(ground, "consent", CONSENT("c2", "true"), "said_at_home");
        assert_int_equal(runner_set_consent(ground->ledger, GROUND_RUNNER, true), 0);
        assert_code(ground, "consent", CONSENT("c1", "false"), "duplicate"); /* told twice, late */
        assert_int_equal(runner_get(ground->ledger, GROUND_RUNNER, &runner), 1);
        assert_int_equal(runner.consent, 1);
        assert_code(ground, "consent", CONSENT("c", "false"), "stored"); /* another id, though a shorter one */
        assert_int_equal(runner_get(ground->ledger, GROUND_RUNNER, &runner), 1);
        assert_int_equal(runner.consent, 0);
}

#define WITH_GROUND(test) cmocka_unit_test_setup_teardown(test, ground_setup, ground_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_GROUND(each_fault_of_an_entry_has_its_code),
                WITH_GROUND(a_whole_day_is_stored_as_it_was_said),
                WITH_GROUND(two_clinicians_cannot_overwrite_each_other),
                WITH_GROUND(a_red_flag_is_answered_by_what_becomes_of_it),
                WITH_GROUND(a_red_flag_is_told_until_it_is_acknowledged),
                WITH_GROUND(an_order_to_send_again_is_answered_as_all_else),
                WITH_GROUND(consent_is_withdrawn_by_way_of_the_clinic_and_given_at_home),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
