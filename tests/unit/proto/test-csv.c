#include "proto/files/csv.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define NOW_MS 1795600000000LL /* 2026-11-25 */

typedef struct Told {
        CsvRow rows[16];
        size_t n;
        const char *fault;
} Told;

static int on_row(const CsvRow *row, void *userdata)
{
        Told *told = userdata;

        assert_true(told->n < ARRAY_SIZE(told->rows));
        told->rows[told->n++] = *row;
        return 0;
}

static Told read_table(const char *text)
{
        Told told = {0};
        int r = csv_rows(text, strlen(text), NOW_MS, on_row, &told, &told.fault);

        assert_int_equal(r, told.fault ? -EBADMSG : 0);
        return told;
}

static const char *fault_of(const char *line)
{
        char text[CSV_LINE_MAX * 2];
        static Told told;

        (void)snprintf(text, sizeof(text), "start,distance_m,duration_s,steps\n%s\n", line);
        told = read_table(text);
        assert_int_equal(told.n, 1);
        assert_int_equal(told.rows[0].line, 2);
        return told.rows[0].fault ? told.rows[0].fault : "";
}

static void a_run_is_read_whatever_the_order_of_columns(void **state)
{
        Told told = read_table("\xEF\xBB\xBF" "duration_s,start,elapsed_s,distance_m,heart_rate_bpm\r\n"
                         "3600,2026-11-01T08:00:00+01:00,3700,10000.5,\r\n"
                         "\r\n"
                         "1800,2026-11-02T08:00:00Z,,5000,151");

        (void)state;
        assert_null(told.fault);
        assert_int_equal(told.n, 2);
        assert_null(told.rows[0].fault);
        assert_int_equal(told.rows[0].run.start_utc_ms, 1793516400000LL);
        assert_int_equal(told.rows[0].run.end_utc_ms - told.rows[0].run.start_utc_ms, 3700000);
        assert_true(told.rows[0].run.distance_m == 10000.5);
        assert_true(isnan(told.rows[0].run.heart_rate_bpm));
        assert_null(told.rows[1].fault);
        assert_int_equal(told.rows[1].line, 4);
        assert_int_equal(told.rows[1].run.end_utc_ms - told.rows[1].run.start_utc_ms, 1800000);
        assert_true(told.rows[1].run.heart_rate_bpm == 151);
}

static void what_is_wrong_with_a_line_is_said(void **state)
{
        (void)state;
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10000,3600,9600"), "");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,,3600,"), ""); /* a treadmill */
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,-5,3600,"), "bad_distance");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10,5,3600,"), "columns");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,\"10,5\",3600,"), "not_a_number");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,nan,3600,"), "not_a_number");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,1e400,3600,"), "not_a_number");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,1e4,3600,"), "not_a_number");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,0x2710,3600,"), "not_a_number");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,inf,3600,"), "not_a_number");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10 000,3600,"), "not_a_number");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,16,3600,"), "too_slow"); /* miles, or kilometres */
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,720,3600,"), "");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,0,3600,"), ""); /* a watch on a treadmill */
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,90000,3600,"), "too_fast");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10000,0,"), "bad_duration");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10000,,"), "no_duration");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10000,1000000000,"), "bad_duration");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10000,3600,99999"), "bad_steps");
        assert_string_equal(fault_of("2027-11-01T08:00:00Z,10000,3600,"), "future");
        assert_string_equal(fault_of("1999-11-01T08:00:00Z,10000,3600,"), "before_2000");
        assert_string_equal(fault_of("2026-11-01 08:00,10000,3600,"), "not_a_time");
        assert_string_equal(fault_of(",10000,3600,"), "no_start");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,\"10000,3600,"), "bad_quotes");
        assert_string_equal(fault_of("2026-11-01T08:00:00Z,10000"), "columns");
}

static void decimal_commas_between_semicolons_are_refused_by_line(void **state)
{
        Told told = read_table("start;distance_m;duration_s\n2026-11-01T08:00:00Z;10000,5;3600\n"
                         "2026-11-02T08:00:00Z;10000.5;3600\n");

        (void)state;
        assert_int_equal(told.n, 2);
        assert_string_equal(told.rows[0].fault, "not_a_number");
        assert_string_equal(told.rows[0].column, "distance_m");
        assert_null(told.rows[1].fault);
        assert_null(told.rows[1].column);
}

static void a_header_that_is_none_of_ours_refuses_the_file(void **state)
{
        static const struct {
                const char *text, *fault;
        } cases[] = {
                {"", "no_header"},
                {"\n\n", "no_header"},
                {"date,km\n2026-11-01,10\n", "no_header"},
                {"start,distance_m\n", "no_header"},
                {"start,distance_m,duration_s,shoe\n", "unknown_column"},
                {"start,distance_m,duration_s,start\n", "double_column"},
                {"at,pain,start\n", "no_header"},
                {"at,pain,redflags.fever\n", "unknown_column"},
                {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n", "no_header"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Told told = read_table(cases[i].text);

                assert_non_null(told.fault);
                assert_string_equal(told.fault, cases[i].fault);
                assert_int_equal(told.n, 0);
        }
}

static void a_line_that_is_too_long_costs_only_itself(void **state)
{
        char text[3 * CSV_LINE_MAX] = "at,pain,note\n2026-11-01T08:00:00Z,3,";
        size_t length = strlen(text);
        Told told;

        (void)state;
        memset(text + length, 'x', 2 * CSV_LINE_MAX);
        (void)snprintf(text + length + (size_t)2 * CSV_LINE_MAX, 64, "\n2026-11-02T08:00:00Z,4,fine\n");
        told = read_table(text);
        assert_int_equal(told.n, 2);
        assert_string_equal(told.rows[0].fault, "too_long");
        assert_null(told.rows[1].fault);
        assert_int_equal(told.rows[1].entry.pain, 4);
}

static void a_diary_is_read_by_the_diarys_own_rules(void **state)
{
        Told told = read_table("at,pain,stiff_on_waking,rpe,note\n"
                         "2026-11-01T08:00:00Z,3,yes,6.5,\"long, \"\"hard\"\"\"\n"
                         "2026-11-02T08:00:00Z,11,,,\n"
                         "2026-11-03T08:00:00Z,3.5,,,\n"
                         "2026-11-04T08:00:00Z,,,,a note alone\n"
                         "2026-11-05T08:00:00Z,2,maybe,,\n"
                         "2026-11-06T08:00:00Z,0,,,\n");

        (void)state;
        assert_int_equal(told.n, 6);
        assert_null(told.rows[0].fault);
        assert_int_equal(told.rows[0].entry.pain, 3);
        assert_int_equal(told.rows[0].entry.stiff_on_waking, 1);
        assert_true(told.rows[0].entry.rpe == 6.5);
        assert_string_equal(told.rows[0].entry.note, "long, \"hard\"");
        assert_true(id_is_valid(told.rows[0].entry.id));
        assert_string_equal(told.rows[1].fault, "bad_value");
        assert_string_equal(told.rows[2].fault, "bad_value");
        assert_string_equal(told.rows[3].fault, "says_nothing");
        assert_string_equal(told.rows[4].fault, "bad_value");
        assert_null(told.rows[5].fault);
        assert_int_equal(told.rows[5].entry.pain, 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_run_is_read_whatever_the_order_of_columns),
                cmocka_unit_test(what_is_wrong_with_a_line_is_said),
                cmocka_unit_test(decimal_commas_between_semicolons_are_refused_by_line),
                cmocka_unit_test(a_header_that_is_none_of_ours_refuses_the_file),
                cmocka_unit_test(a_line_that_is_too_long_costs_only_itself),
                cmocka_unit_test(a_diary_is_read_by_the_diarys_own_rules),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
