/* The rule behind a zone file's last transition. Expected offsets: Python's zoneinfo for the
 * zone that carries the rule; where none does, counted by hand from POSIX and RFC 8536. */
#include "base/zone-rule.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/text.h"

static int32_t offset_at(const char *text, const char *utc)
{
        ZoneRule rule;
        int64_t utc_ms;

        assert_int_equal(zone_rule_parse(text, &rule), 0);
        assert_int_equal(rfc3339_parse(utc, &utc_ms), 0);
        return zone_rule_offset_s(&rule, utc_ms / 1000);
}

static void each_form_of_rule_changes_at_its_second(void **state)
{
        static const struct {
                const char *rule, *utc;
                int32_t offset_s;
        } cases[] = {
                /* Europe/Berlin */
                {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-03-27T00:59:59Z", 3600},
                {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-03-27T01:00:00Z", 7200},
                {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-10-30T00:59:59Z", 7200},
                {"CET-1CEST,M3.5.0,M10.5.0/3", "2050-10-30T01:00:00Z", 3600},
                /* America/New_York: the second and the first Sunday */
                {"EST5EDT,M3.2.0,M11.1.0", "2050-03-13T06:59:59Z", -18000},
                {"EST5EDT,M3.2.0,M11.1.0", "2050-03-13T07:00:00Z", -14400},
                {"EST5EDT,M3.2.0,M11.1.0", "2050-11-06T05:59:59Z", -14400},
                {"EST5EDT,M3.2.0,M11.1.0", "2050-11-06T06:00:00Z", -18000},
                /* Australia/Lord_Howe: south of the equator, half an hour */
                {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-01-01T00:00:00Z", 39600},
                {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-04-02T14:59:59Z", 39600},
                {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-04-02T15:00:00Z", 37800},
                {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-10-01T15:29:59Z", 37800},
                {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2050-10-01T15:30:00Z", 39600},
                /* Europe/Dublin: the exception is winter, an hour less */
                {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-07-01T00:00:00Z", 3600},
                {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-12-31T23:59:59Z", 0},
                {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-03-27T01:00:00Z", 3600},
                /* America/Scoresbysund: a time before the day begins */
                {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59:59Z", -7200},
                {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00:00Z", -3600},
                /* Asia/Gaza: a time two days behind the fourth Thursday */
                {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-25T23:59:59Z", 7200},
                {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26T00:00:00Z", 10800},
                /* Asia/Kathmandu, UTC: no summer */
                {"<+0545>-5:45", "2050-07-01T00:00:00Z", 20700},
                {"UTC0", "2050-07-01T00:00:00Z", 0},
                /* J60 is 1 March in every year, 59 is 29 February in a leap year */
                {"AAA0BBB,J60/0,J300/0", "2052-02-29T23:59:59Z", 0},
                {"AAA0BBB,J60/0,J300/0", "2052-03-01T00:00:00Z", 3600},
                {"AAA0BBB,J60/0,J300/0", "2051-03-01T00:00:00Z", 3600},
                {"AAA0BBB,J59/0,J300/0", "2052-02-28T00:00:00Z", 3600},
                {"AAA0BBB,59/0,300/0", "2052-02-28T23:59:59Z", 0},
                {"AAA0BBB,59/0,300/0", "2052-02-29T00:00:00Z", 3600},
                {"AAA0BBB,59/0,300/0", "2051-03-01T00:00:00Z", 3600},
                /* summer all year, as RFC 8536 writes it */
                {"EST5EDT,0/0,J365/25", "2050-01-01T05:00:00Z", -14400},
                {"EST5EDT,0/0,J365/25", "2050-12-31T23:59:59Z", -14400},
                {"EST5EDT,0/0,J365/25", "2051-01-01T04:59:59Z", -14400},
                /* the month ends on its last weekday, December on the year's */
                {"AAA0BBB,M2.5.4/0,M12.5.6/0", "2052-02-28T23:59:59Z", 0},
                {"AAA0BBB,M2.5.4/0,M12.5.6/0", "2052-02-29T00:00:00Z", 3600},
                {"AAA0BBB,M2.5.3/0,M12.5.6/0", "2051-02-21T23:59:59Z", 0}, /* 1 March is the fifth */
                {"AAA0BBB,M2.5.3/0,M12.5.6/0", "2051-02-22T00:00:00Z", 3600},
                {"AAA0BBB,M2.5.4/0,M12.5.6/0", "2050-12-30T23:00:00Z", 0},
                {"AAA0BBB,M2.5.4/0,M12.5.6/0", "2050-12-30T22:59:59Z", 3600},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                print_message("%s at %s\n", cases[i].rule, cases[i].utc);
                assert_int_equal(offset_at(cases[i].rule, cases[i].utc), cases[i].offset_s);
        }
}

static void names_and_offsets_take_every_allowed_form(void **state)
{
        static const struct {
                const char *text;
                int32_t standard_s, summer_s;
        } cases[] = {
                {"ABC0", 0, 0},
                {"ABCDEFG+3", -10800, 0},
                {"ABC-1:30:15", 5415, 0},
                {"<A-1>-14", 50400, 0},
                {"ABC3DEF4,0,1", -10800, -14400}, /* a summer behind its winter */
                {"ABC3DEF,0,1", -10800, -7200},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                ZoneRule rule;

                assert_int_equal(zone_rule_parse(cases[i].text, &rule), 0);
                assert_int_equal(rule.standard_offset_s, cases[i].standard_s);
                assert_int_equal(rule.has_summer, strchr(cases[i].text, ',') != NULL);
                if (rule.has_summer)
                        assert_int_equal(rule.summer_offset_s, cases[i].summer_s);
        }
}

static void what_is_no_rule_is_refused(void **state)
{
        static const char *const texts[] = {
                "", "A0", "AB0", "ABC", "<ABC0", "<>0", "ABC0D", "ABC0DEF", "ABC0DEF,", "ABC0DEF,M3.5.0",
                "ABC0DEF,M3.5.0,", "ABC0DEF,M3.5.0,M10.5.0x", "ABC0DEF,M0.5.0,M10.5.0",
                "ABC0DEF,M13.5.0,M10.5.0", "ABC0DEF,M3.0.0,M10.5.0", "ABC0DEF,M3.6.0,M10.5.0",
                "ABC0DEF,M3.5.7,M10.5.0", "ABC0DEF,M3.5,M10.5.0", "ABC0DEF,J0,J365", "ABC0DEF,J1,J366",
                "ABC0DEF,0,366", "ABC0DEF,-1,365", "ABC0DEF,M3.5.0/,M10.5.0", "ABC0DEF,M3.5.0/168,M10.5.0",
                "ABC0:60", "ABC0:0:60", "ABC999999999999", "ABC0 ", " ABC0", "ABC0,M3.5.0,M10.5.0",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                ZoneRule rule = {.standard_offset_s = 77};

                print_message("'%s'\n", texts[i]);
                assert_int_equal(zone_rule_parse(texts[i], &rule), -EINVAL);
                assert_int_equal(rule.standard_offset_s, 77);
        }
}

static void random_rules_never_lead_astray(void **state)
{
        static const char letters[] = "ABC<>+-0123456789:,./MJ";
        unsigned seed = (unsigned)time(NULL);

        (void)state;
        print_message("seed %u\n", seed);
        srandom(seed);
        for (int round = 0; round < 100000; round++) {
                char text[40] = "ABC0DEF,";
                ZoneRule rule;

                for (size_t i = round % 2 ? 8 : 0; i < (size_t)random() % 39; i++) {
                        text[i] = letters[(size_t)random() % (sizeof(letters) - 1)];
                        text[i + 1] = '\0';
                }
                if (zone_rule_parse(text, &rule) == 0)
                        assert_in_range(zone_rule_offset_s(&rule, random()) + 168 * 3600, 0,
                                        2 * 169 * 3600);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_form_of_rule_changes_at_its_second),
                cmocka_unit_test(names_and_offsets_take_every_allowed_form),
                cmocka_unit_test(what_is_no_rule_is_refused),
                cmocka_unit_test(random_rules_never_lead_astray),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
