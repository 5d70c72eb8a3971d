/* Outbox rows as messages: the topic and the octets of each kind, always the same, never too large. */
#include "tests/unit/full-groups.h"
#include "tests/unit/ground.h"

#include "base/calendar.h"
#include "base/zone.h"
#include "daemon/clinic/message.h"
#include "daemon/clinic/summary.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/weeks.h"

#include <cjson/cJSON.h>
#include <errno.h>

DEFINE_CLEANUP(cJSON *, cJSON_Delete);

#define LONG_ID "r23456789012345678901234567890123456789z"

static const ClinicConfig config = {.clinic = "north", .gateway = "gw-7", .version = "0.1.0"};

static TopicPrefix prefix;

static MessageSource source_of(Ground *ground)
{
        topic_prefix("north", "gw-7", &prefix);
        return (MessageSource){
                .ledger = ground->ledger, .clock = ground->clock, .prefix = &prefix, .config = &config};
}

static int build(Ground *ground, const OutboxRow *row, Message *ret)
{
        MessageSource source = source_of(ground);

        return message_build(&source, row, ret);
}

typedef struct Wanted {
        OutboxKind kind;
        OutboxRow row;
} Wanted;

static int take_wanted(const OutboxRow *row, void *userdata)
{
        Wanted *wanted = userdata;

        if (row->kind == wanted->kind)
                wanted->row = *row;
        return 0;
}

/* The newest waiting row of a kind. */
static OutboxRow row_of(Ground *ground, OutboxKind kind)
{
        Wanted wanted = {.kind = kind};

        assert_int_equal(outbox_each(ground->ledger, true, 0, 10000, take_wanted, &wanted), 0);
        assert_int_equal(wanted.row.kind, kind);
        return wanted.row;
}

static void put_week(Ground *ground, const char *runner, const char *id, int64_t distance_m)
{
        Week week;

        week_set_null(&week);
        week.reasons.n = 0;
        week.changed[0] = '\0';
        (void)text_copy(week.runner, sizeof(week.runner), runner);
        (void)text_copy(week.week, sizeof(week.week), id);
        (void)text_copy(week.state, sizeof(week.state), "final");
        (void)text_copy(week.zone, sizeof(week.zone), "Europe/Berlin");
        week.load_distance_m = distance_m;
        week.load_runs = 3;
        reasons_add(&week.reasons, "pain.mean", "no_entries");
        (void)text_copy(week.changed, sizeof(week.changed),
                        "load.distance_m=late_records;pain.mean=late_diary_entries;");
        assert_int_equal(week_put(ground->ledger, &week), 1);
}

static void put_run(Ground *ground, const char *id)
{
        Run run;

        run_set_null(&run);
        run.reasons.n = 0;
        (void)text_copy(run.runner, sizeof(run.runner), GROUND_RUNNER);
        (void)text_copy(run.run, sizeof(run.run), id);
        (void)text_copy(run.state, sizeof(run.state), "current");
        (void)text_copy(run.zone, sizeof(run.zone), "Europe/Berlin");
        run.start_utc_ms = GROUND_NOW_MS - 7200000;
        run.end_utc_ms = GROUND_NOW_MS - 3600000;
        run.distance_m = 10000;
        run.steps_estimated = 1;
        run.left_impact_sum_g = 0.1 + 0.2;
        assert_int_equal(run_put(ground->ledger, &run), 1);
}

static const cJSON *at(const cJSON *root, const char *a, const char *b)
{
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, a);

        return b ? cJSON_GetObjectItemCaseSensitive(item, b) : item;
}

static cJSON *parsed(const Message *message)
{
        cJSON *root = cJSON_ParseWithOpts(message->payload, NULL, 1);

        assert_non_null(root);
        assert_int_equal(message->size, strlen(message->payload));
        return root;
}

/* v, id, generated_at stand in all of them. */
static void check_envelope(Ground *ground, const cJSON *root, const OutboxRow *row)
{
        char id[48];

        (void)snprintf(id, sizeof(id), "%s-%lld", ledger_id(ground->ledger), (long long)row->id);
        assert_int_equal(at(root, "v", NULL)->valueint, 1);
        assert_string_equal(at(root, "id", NULL)->valuestring, id);
        assert_string_equal(at(root, "generated_at", NULL)->valuestring, "2026-11-24T12:00:00.000Z");
}

static void a_week_is_its_record_with_reasons_and_changes(void **state)
{
        Ground *ground = *state;
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        const cJSON *changed;
        OutboxRow row;
        Message message;

        put_week(ground, GROUND_RUNNER, "2026-W47", 20000);
        row = row_of(ground, OUTBOX_WEEK);
        assert_int_equal(build(ground, &row, &message), 1);
        assert_string_equal(message.topic, "strided/v1/north/gw-7/anna/week/2026-W47");
        assert_true(message.retained);
        root = parsed(&message);
        check_envelope(ground, root, &row);
        assert_int_equal(at(root, "load", "distance_m")->valueint, 20000);
        assert_true(cJSON_IsNull(at(root, "pain", "mean")));
        assert_string_equal(at(root, "reasons", "pain.mean")->valuestring, "no_entries");
        changed = at(root, "changed", NULL);
        assert_int_equal(cJSON_GetArraySize(changed), 2);
        assert_string_equal(at(cJSON_GetArrayItem(changed, 0), "path", NULL)->valuestring, "load.distance_m");
        assert_string_equal(at(cJSON_GetArrayItem(changed, 1), "why", NULL)->valuestring, "late_diary_entries");
}

static void a_run_is_its_record(void **state)
{
        Ground *ground = *state;
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        OutboxRow row;
        Message message;

        put_run(ground, "20261124T100000Z");
        row = row_of(ground, OUTBOX_RUN);
        assert_int_equal(build(ground, &row, &message), 1);
        assert_string_equal(message.topic, "strided/v1/north/gw-7/anna/run/20261124T100000Z");
        assert_true(message.retained);
        root = parsed(&message);
        check_envelope(ground, root, &row);
        assert_string_equal(at(root, "start", NULL)->valuestring, "2026-11-24T10:00:00.000Z");
        assert_non_null(strstr(message.payload, "\"impact_sum_g\":0.3,")); /* not 0.30000000000000004 */
        assert_non_null(strstr(message.payload, "true"));
}

static void an_answer_has_the_id_of_what_it_answers(void **state)
{
        Ground *ground = *state;
        Ack ack = {.runner = "anna", .id = "m1", .accepted = 0, .code = "invalid_field",
                   .message = "pain \"4\"\n"};
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        OutboxRow row;
        Message message;

        assert_int_equal(ack_put(ground->ledger, &ack), 0);
        row = row_of(ground, OUTBOX_ACK);
        assert_int_equal(build(ground, &row, &message), 1);
        assert_string_equal(message.topic, "strided/v1/north/gw-7/anna/ack/m1");
        assert_false(message.retained);
        root = parsed(&message);
        assert_string_equal(at(root, "id", NULL)->valuestring, "m1");
        assert_true(cJSON_IsFalse(at(root, "accepted", NULL)));
        assert_string_equal(at(root, "message", NULL)->valuestring, "pain \"4\"\n");
}

static void a_status_says_how_the_gateway_is(void **state)
{
        Ground *ground = *state;
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        OutboxRow row;
        Message message;

        assert_int_equal(outbox_add(ground->ledger, OUTBOX_STATUS, "", "", 0), 0);
        row = row_of(ground, OUTBOX_STATUS);
        assert_int_equal(build(ground, &row, &message), 1);
        assert_string_equal(message.topic, "strided/v1/north/gw-7/status");
        assert_true(message.retained);
        root = parsed(&message);
        check_envelope(ground, root, &row);
        assert_string_equal(at(root, "state", NULL)->valuestring, "online");
        assert_string_equal(at(root, "clock", NULL)->valuestring, "synchronised");
        assert_int_equal(at(root, "outbox", "waiting")->valueint, 1); /* a summary */
        assert_true(cJSON_IsArray(at(root, "pods", NULL)));
}

static void a_status_does_not_wait_for_itself(void **state)
{
        Ground *ground = *state;
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        OutboxRow row = row_of(ground, OUTBOX_SUMMARY);
        Message message;

        assert_int_equal(outbox_settle(ground->ledger, &row.id, 1), 0);
        assert_int_equal(outbox_add(ground->ledger, OUTBOX_STATUS, "", "", 0), 0);
        row = row_of(ground, OUTBOX_STATUS);
        assert_int_equal(build(ground, &row, &message), 1);
        root = parsed(&message);
        assert_int_equal(at(root, "outbox", "waiting")->valueint, 0);
        assert_true(cJSON_IsNull(at(root, "outbox", "oldest_at")));
}

static void a_cleared_topic_gets_an_empty_retained_payload(void **state)
{
        static const struct {
                OutboxKind kind;
                const char *key, *topic;
        } clears[] = {
                {OUTBOX_SUMMARY, "", "strided/v1/north/gw-7/anna/summary"},
                {OUTBOX_WEEK, "2026-W01", "strided/v1/north/gw-7/anna/week/2026-W01"},
                {OUTBOX_RUN, "20261124T081000Z", "strided/v1/north/gw-7/anna/run/20261124T081000Z"},
        };
        Ground *ground = *state;

        for (size_t i = 0; i < ARRAY_SIZE(clears); i++) {
                OutboxRow row = {.id = 1, .kind = OUTBOX_CLEAR, .clears = clears[i].kind};
                Message message;

                (void)text_copy(row.runner, sizeof(row.runner), "anna");
                (void)text_copy(row.key, sizeof(row.key), clears[i].key);
                assert_int_equal(build(ground, &row, &message), 1);
                assert_string_equal(message.topic, clears[i].topic);
                assert_int_equal(message.size, 0);
                assert_string_equal(message.payload, "");
                assert_true(message.retained);
        }
}

static void the_last_word_says_offline_on_the_status_topic(void **state)
{
        Ground *ground = *state;
        MessageSource source = source_of(ground);
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        Message message;

        assert_int_equal(message_build_offline(&source, &message), 0);
        assert_string_equal(message.topic, "strided/v1/north/gw-7/status");
        assert_true(message.retained);
        root = parsed(&message);
        assert_string_equal(at(root, "state", NULL)->valuestring, "offline");
        assert_true(cJSON_IsTrue(at(root, "will", NULL)));
}

static void the_same_row_is_the_same_message_whatever_happened_since(void **state)
{
        Ground *ground = *state;
        static const OutboxKind kinds[] = {OUTBOX_WEEK, OUTBOX_RUN};
        OutboxRow rows[ARRAY_SIZE(kinds)];
        Message first[ARRAY_SIZE(kinds)], second;

        put_week(ground, GROUND_RUNNER, "2026-W47", 20000);
        put_run(ground, "20261124T100000Z");
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                rows[i] = row_of(ground, kinds[i]);
                assert_int_equal(build(ground, &rows[i], &first[i]), 1);
        }
        put_week(ground, GROUND_RUNNER, "2026-W47", 21000); /* a newer revision */
        clock_manual_advance(ground->clock, 3600000);
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                assert_int_equal(build(ground, &rows[i], &second), 1);
                assert_string_equal(second.topic, first[i].topic);
                assert_string_equal(second.payload, first[i].payload);
        }
}

static void a_row_whose_record_is_gone_makes_no_message(void **state)
{
        static const OutboxRow rows[] = {
                {.id = 9001, .kind = OUTBOX_WEEK, .runner = "anna", .key = "2026-W40", .revision = 1},
                {.id = 9002, .kind = OUTBOX_RUN, .runner = "anna", .key = "20260101T000000Z", .revision = 1},
                {.id = 9003, .kind = OUTBOX_ACK, .runner = "anna", .key = "m404"},
                {.id = 9004, .kind = OUTBOX_SUMMARY, .runner = "nobody"},
                {.id = 9005, .kind = (OutboxKind)0},
                {.id = 9006, .kind = (OutboxKind)99},
        };
        Ground *ground = *state;
        Message message;

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                assert_int_equal(build(ground, &rows[i], &message), 0);
}

/* Every number as long as a body can make it, every text as long as it may be. */
static Week largest_week(const char *runner, const char *zone, IsoWeek id)
{
        static const char *const paths[] = {"load.left.steps", "load.right.steps", "longest_run.band"};
        Week week;

        week_set_null(&week);
        (void)text_copy(week.runner, sizeof(week.runner), runner);
        iso_week_format(id, week.week);
        (void)text_copy(week.state, sizeof(week.state), "provisional");
        (void)text_copy(week.zone, sizeof(week.zone), zone);
        week.coverage = 0.123456;
        week.load_distance_m = 999999; /* a thousand kilometres */
        week.load_duration_s = 604799;
        week.load_steps = 999999;
        week.load_runs = 99;
        (void)text_copy(week.load_source, sizeof(week.load_source), "mean_of_feet");
        week.left_steps = week.right_steps = 499999;
        week.left_impact_sum_g = week.right_impact_sum_g = 1234567.123456;
        week.longest_distance_m = 999999;
        week.longest_reference_m = 10001;
        (void)text_copy(week.longest_band, sizeof(week.longest_band), "large");
        week.pain_mean = 9.857142;
        week.pain_max = 10;
        week.pain_days = week.pain_entry_days = 7;
        week.pain_entries = 999;
        week.reasons.n = 0;
        fill_groups(&week_groups, &week);
        while (week.reasons.n < week_fields.n_fields) {
                week.reasons.list[week.reasons.n] = (Reason){
                        week_fields.fields[week.reasons.n % week_fields.n_fields].path, "no_reference"};
                week.reasons.n++;
        }
        week.changed[0] = '\0';
        for (size_t i = 0; strlen(week.changed) + 40 < sizeof(week.changed); i++)
                (void)snprintf(week.changed + strlen(week.changed), 40, "%s=late_records;",
                               paths[i % ARRAY_SIZE(paths)]);
        return week;
}

/* 26 weeks, the newest with everything that can be said about it. `empty`: all others without runs. */
static size_t summary_of_26_weeks(Ground *ground, const char *empty)
{
        static const char zone[] = "America/Argentina/ComodRivadavia"; /* the longest of all */
        CLEANUP(zone_freep) Zone *home = NULL;
        IsoWeek now;
        OutboxRow row = {.id = INT32_MAX, .kind = OUTBOX_SUMMARY, .runner = LONG_ID,
                         .made_utc_ms = GROUND_NOW_MS};
        Message message;

        ground_add_runner(ground, LONG_ID, zone);
        assert_int_equal(zone_new(zone, &home), 0);
        now = zone_week(home, GROUND_NOW_MS);
        for (int i = -25; i <= 0; i++) {
                Week week = largest_week(LONG_ID, zone, iso_week_add(now, i));

                if (empty[0] && i < 0) {
                        (void)text_copy(week.empty, sizeof(week.empty), empty);
                        week.load_distance_m = week.load_steps = week.load_runs = 0;
                }
                assert_int_equal(week_put(ground->ledger, &week), 1);
        }
        assert_int_equal(build(ground, &row, &message), 1);
        assert_string_equal(message.topic, "strided/v1/north/gw-7/" LONG_ID "/summary");
        assert_true(message.retained);
        assert_int_equal(strlen(message.payload), message.size);
        print_message("    %zu octets\n", message.size);
        return message.size;
}

static void a_summary_of_26_full_weeks_stays_under_2048_octets(void **state)
{
        assert_true(summary_of_26_weeks(*state, "") < MESSAGE_SUMMARY_MAX);
}

static void a_summary_of_26_weeks_without_runs_stays_under_2048_octets(void **state)
{
        assert_true(summary_of_26_weeks(*state, "not_delivered") < MESSAGE_SUMMARY_MAX);
}

static void pair(Ground *ground, const char *runner)
{
        Pod pod;

        fields_set_null(&pod_fields, &pod);
        (void)text_copy(pod.address, sizeof(pod.address), "C0:FF:EE:00:00:01");
        (void)text_copy(pod.driver, sizeof(pod.driver), "stride");
        (void)text_copy(pod.runner, sizeof(pod.runner), runner);
        pod.placement = PLACEMENT_LEFT_FOOT;
        pod.bonded = pod.has_memory = 1;
        assert_int_equal(pod_assign(ground->ledger, &pod), 0);
}

static void check_sentence(Ground *ground, const char *sentence)
{
        OutboxRow row = {.id = INT32_MAX, .kind = OUTBOX_SUMMARY, .runner = GROUND_RUNNER,
                         .made_utc_ms = GROUND_NOW_MS};
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        Message message;

        assert_int_equal(build(ground, &row, &message), 1);
        root = parsed(&message);
        assert_string_equal(at(root, "sentence", NULL)->valuestring, sentence);
}

static void a_summary_says_the_week_s_sentence_and_its_alert_with_who_has_seen_it(void **state)
{
        Ground *ground = *state;
        OutboxRow row = {.id = INT32_MAX, .kind = OUTBOX_SUMMARY, .runner = GROUND_RUNNER,
                         .made_utc_ms = GROUND_NOW_MS};
        Acknowledgement given;
        Message message;
        Week week;

        check_sentence(ground, "No pod is paired");
        pair(ground, GROUND_RUNNER);
        check_sentence(ground, "Nothing is known yet");
        week = largest_week(GROUND_RUNNER, "Europe/Berlin", (IsoWeek){2026, 48});
        (void)text_copy(week.verdict.standing, sizeof(week.verdict.standing),
                        ",pain_high:7:2026-11-16,spike_large:3:2026-11-23");
        (void)text_copy(week.verdict.sentence, sizeof(week.verdict.sentence), "Pain up to 7 of 10");
        assert_int_equal(week_put(ground->ledger, &week), 1);
        check_sentence(ground, "Pain up to 7 of 10");
        for (int seen = 0; seen < 2; seen++) {
                CLEANUP(cJSON_Deletep) cJSON *root = NULL;

                assert_int_equal(build(ground, &row, &message), 1);
                root = parsed(&message);
                assert_string_equal(at(root, "alert", "code")->valuestring, "pain_high");
                assert_string_equal(at(root, "alert", "since")->valuestring, "2026-11-15T23:00:00.000Z");
                assert_string_equal(at(root, "alert", "week")->valuestring, "2026-W48");
                assert_int_equal(at(root, "alert", "severity")->valueint, 7);
                assert_int_equal(cJSON_GetArraySize(at(root, "alert", "seen")), seen);
                assert_int_equal(cJSON_IsNull(at(root, "alert", "acknowledged")), !seen);
                fields_set_null(&acknowledgement_fields, &given);
                (void)text_copy(given.runner, sizeof(given.runner), GROUND_RUNNER);
                (void)text_copy(given.id, sizeof(given.id), "a1");
                (void)text_copy(given.alert, sizeof(given.alert), "pain_high");
                (void)text_copy(given.by, sizeof(given.by), "dr-b");
                (void)text_copy(given.origin, sizeof(given.origin), "clinic");
                given.at_utc_ms = given.received_utc_ms = GROUND_NOW_MS;
                assert_int_equal(acknowledgement_store(ground->ledger, &given), !seen);
        }
        (void)text_copy(week.verdict.standing, sizeof(week.verdict.standing),
                        ",pain_high:8:2026-11-16"); /* it is worse */
        assert_int_equal(week_put(ground->ledger, &week), 1);
        assert_int_equal(build(ground, &row, &message), 1);
        assert_non_null(strstr(message.payload, "\"acknowledged\":null"));
}

/* Monday has begun, and its week was not made yet. */
static void a_summary_is_of_the_newest_week_that_was_made(void **state)
{
        Ground *ground = *state;
        OutboxRow row = {.id = INT32_MAX, .kind = OUTBOX_SUMMARY, .runner = GROUND_RUNNER,
                         .made_utc_ms = GROUND_NOW_MS};
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        Message message;
        Week week = largest_week(GROUND_RUNNER, "Europe/Berlin", (IsoWeek){2026, 47});

        (void)text_copy(week.verdict.standing, sizeof(week.verdict.standing), ",pain_high:9:2026-11-16");
        (void)text_copy(week.verdict.sentence, sizeof(week.verdict.sentence), "Pain up to 9 of 10");
        assert_int_equal(week_put(ground->ledger, &week), 1);
        check_sentence(ground, "Pain up to 9 of 10");
        assert_int_equal(build(ground, &row, &message), 1);
        root = parsed(&message);
        assert_string_equal(at(root, "alert", "code")->valuestring, "pain_high");
        assert_string_equal(at(root, "this_week", "week")->valuestring, "2026-W47");
        assert_string_equal(cJSON_GetArrayItem(at(root, "weeks", NULL), 25)->valuestring, "2026-W47");
}

static void a_summary_without_anything_says_so(void **state)
{
        Ground *ground = *state;
        OutboxRow row = row_of(ground, OUTBOX_SUMMARY);
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        Message message;

        pair(ground, GROUND_RUNNER);
        assert_int_equal(build(ground, &row, &message), 1);
        root = parsed(&message);
        check_envelope(ground, root, &row);
        assert_string_equal(at(root, "sentence", NULL)->valuestring, "Nothing is known yet");
        assert_true(cJSON_IsNull(at(root, "this_week", NULL)));
        assert_int_equal(cJSON_GetArraySize(at(root, "weeks", NULL)), 26);
        assert_int_equal(cJSON_GetArraySize(at(root, "distance_m", NULL)), 26);
        assert_true(cJSON_IsNull(cJSON_GetArrayItem(at(root, "distance_m", NULL), 25)));
}

static void the_largest_week_stays_under_8_kib(void **state)
{
        Ground *ground = *state;
        Week week = largest_week(GROUND_RUNNER, "America/Argentina/ComodRivadavia", (IsoWeek){2026, 47});
        OutboxRow row;
        Message message;

        assert_int_equal(week_put(ground->ledger, &week), 1);
        row = row_of(ground, OUTBOX_WEEK);
        assert_int_equal(build(ground, &row, &message), 1);
        print_message("    %zu octets\n", message.size);
        assert_true(message.size < MESSAGE_MAX);
        assert_non_null(strstr(message.payload, "\"assessment\":null"));
        assert_non_null(strstr(message.payload, "\"assessment\":\"no_room\""));
        assert_non_null(strstr(message.payload, "\"gait\":{"));
        assert_non_null(strstr(message.payload, "\"verdict\":{"));
}

#define WITH_GROUND(test) cmocka_unit_test_setup_teardown(test, ground_setup, ground_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_GROUND(a_week_is_its_record_with_reasons_and_changes),
                WITH_GROUND(a_run_is_its_record),
                WITH_GROUND(an_answer_has_the_id_of_what_it_answers),
                WITH_GROUND(a_status_says_how_the_gateway_is),
                WITH_GROUND(a_status_does_not_wait_for_itself),
                WITH_GROUND(a_cleared_topic_gets_an_empty_retained_payload),
                WITH_GROUND(the_last_word_says_offline_on_the_status_topic),
                WITH_GROUND(the_same_row_is_the_same_message_whatever_happened_since),
                WITH_GROUND(a_row_whose_record_is_gone_makes_no_message),
                WITH_GROUND(a_summary_of_26_full_weeks_stays_under_2048_octets),
                WITH_GROUND(a_summary_of_26_weeks_without_runs_stays_under_2048_octets),
                WITH_GROUND(a_summary_is_of_the_newest_week_that_was_made),
                WITH_GROUND(a_summary_without_anything_says_so),
                WITH_GROUND(a_summary_says_the_week_s_sentence_and_its_alert_with_who_has_seen_it),
                WITH_GROUND(the_largest_week_stays_under_8_kib),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
