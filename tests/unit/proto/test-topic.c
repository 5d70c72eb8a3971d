/* The topics of the MQTT contract, there and back. */
#include "proto/topic.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FORTY "0123456789012345678901234567890123456789"

static TopicPrefix prefix_of(const char *clinic, const char *gateway)
{
        TopicPrefix prefix;

        topic_prefix(clinic, gateway, &prefix);
        return prefix;
}

static void each_kind_has_its_topic(void **state)
{
        static const struct {
                TopicKind kind;
                const char *runner, *key, *topic;
        } topics[] = {
                {TOPIC_STATUS, NULL, NULL, "strided/v1/c/g/status"},
                {TOPIC_SUMMARY, "r", NULL, "strided/v1/c/g/r/summary"},
                {TOPIC_WEEK, "r", "2026-W47", "strided/v1/c/g/r/week/2026-W47"},
                {TOPIC_RUN, "r", "20261124T073012Z", "strided/v1/c/g/r/run/20261124T073012Z"},
                {TOPIC_ACK, "r", "id-7", "strided/v1/c/g/r/ack/id-7"},
                {TOPIC_REDFLAG, "r", "id-8", "strided/v1/c/g/r/redflag/id-8"},
                {TOPIC_PLAN, "r", NULL, "strided/v1/c/g/r/plan"},
                /* what the kind does not need is not written */
                {TOPIC_STATUS, "r", "k", "strided/v1/c/g/status"},
                {TOPIC_SUMMARY, "r", "k", "strided/v1/c/g/r/summary"},
        };
        TopicPrefix prefix = prefix_of("c", "g");

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
                char topic[TOPIC_MAX];

                assert_true(topic_format(&prefix, topics[i].kind, topics[i].runner, topics[i].key,
                                         topic, sizeof(topic)));
                assert_string_equal(topic, topics[i].topic);
        }
}

static void the_longest_ids_fit_and_seven_levels_are_not_passed(void **state)
{
        TopicPrefix prefix = prefix_of(FORTY, FORTY);
        char topic[TOPIC_MAX];
        int levels = 1;

        (void)state;
        assert_string_equal(prefix.text, "strided/v1/" FORTY "/" FORTY);
        assert_true(topic_format(&prefix, TOPIC_WEEK, FORTY, FORTY, topic, sizeof(topic)));
        assert_string_equal(topic, "strided/v1/" FORTY "/" FORTY "/" FORTY "/week/" FORTY);
        for (const char *at = topic; *at; at++)
                levels += *at == '/';
        assert_int_equal(levels, 7);
}

static void a_topic_that_does_not_fit_is_said_so(void **state)
{
        static const char whole[] = "strided/v1/c/g/r/week/2026-W47";
        TopicPrefix prefix = prefix_of("c", "g");
        char filter[] = "strided/v1/c/g/+/in/diary";

        (void)state;
        for (size_t size = 1; size < sizeof(whole); size++) {
                char *topic = malloc(size); /* exact: the sanitizer watches its end */

                assert_non_null(topic);
                assert_false(topic_format(&prefix, TOPIC_WEEK, "r", "2026-W47", topic, size));
                free(topic);
        }
        assert_true(topic_inbound_filter(&prefix, "diary", filter, sizeof(filter)));
        assert_string_equal(filter, "strided/v1/c/g/+/in/diary");
        assert_false(topic_inbound_filter(&prefix, "diary", filter, sizeof(filter) - 1));
}

static void an_inbound_topic_gives_its_runner_and_what_it_says(void **state)
{
        TopicPrefix prefix = prefix_of("c", "g");
        char runner[ID_SIZE], what[ID_SIZE];

        (void)state;
        assert_int_equal(topic_inbound_parse(&prefix, "strided/v1/c/g/r-1/in/diary", runner, what), 0);
        assert_string_equal(runner, "r-1");
        assert_string_equal(what, "diary");
        assert_int_equal(topic_inbound_parse(&prefix, "strided/v1/c/g/" FORTY "/in/" FORTY, runner, what), 0);
        assert_string_equal(runner, FORTY);
        assert_string_equal(what, FORTY);
}

static void every_other_topic_is_refused(void **state)
{
        static const char *const topics[] = {
                "", "strided", "strided/v1/c/g", "strided/v1/c/g/", "strided/v1/c/g/r",
                "strided/v1/c/g/r/in", "strided/v1/c/g/r/in/", "strided/v1/c/g//in/diary",
                "strided/v1/c/g/r/out/diary", "strided/v1/c/g/r/in/diary/x", "strided/v1/c/g/r/x/in/diary",
                "strided/v1/c/g2/r/in/diary", "strided/v1/c/gg/in/diary", "strided/v1/other/g/r/in/diary",
                "strided/v2/c/g/r/in/diary", "Strided/v1/c/g/r/in/diary", "/strided/v1/c/g/r/in/diary",
                "strided/v1/c/g/+/in/diary", "strided/v1/c/g/#", "strided/v1/c/g/../in/diary",
                "strided/v1/c/g/r/in/di ary", "strided/v1/c/g/r\n/in/diary", "strided/v1/c/g/r/in/\xff",
                "strided/v1/c/g/" FORTY "0/in/diary", "strided/v1/c/g/r/in/" FORTY "0",
                "strided/v1/c/g/r/In/diary", "strided/v1/c/g/in/diary",
        };
        TopicPrefix prefix = prefix_of("c", "g");

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
                char runner[ID_SIZE] = "before", what[ID_SIZE] = "before";

                print_message("'%s'\n", topics[i]);
                assert_int_equal(topic_inbound_parse(&prefix, topics[i], runner, what), -EINVAL);
                assert_string_equal(runner, "before");
                assert_string_equal(what, "before");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_kind_has_its_topic),
                cmocka_unit_test(the_longest_ids_fit_and_seven_levels_are_not_passed),
                cmocka_unit_test(a_topic_that_does_not_fit_is_said_so),
                cmocka_unit_test(an_inbound_topic_gives_its_runner_and_what_it_says),
                cmocka_unit_test(every_other_topic_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
