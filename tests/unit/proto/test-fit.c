#include "proto/files/fit.h"

#include "base/cleanup.h"
#include "tests/unit/proto/fit-builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#define EPOCH_MS 631065600000LL
#define START    1000000000U /* s of FIT: 2021-09-08 */
#define NOW_MS   (EPOCH_MS + 1000LL * START + 86400000LL)

typedef struct Told {
        FitMessage messages[32];
        size_t n;
        ImportedRun runs[8];
        const char *faults[8];
        size_t n_runs;
        const char *fault;
} Told;

static int on_message(const FitMessage *message, void *userdata)
{
        Told *told = userdata;

        assert_true(told->n < ARRAY_SIZE(told->messages));
        told->messages[told->n++] = *message;
        return 0;
}

static int on_run(const ImportedRun *run, const char *fault, void *userdata)
{
        Told *told = userdata;

        assert_true(told->n_runs < ARRAY_SIZE(told->runs));
        told->faults[told->n_runs] = fault;
        told->runs[told->n_runs++] = *run;
        return 0;
}

static int read_runs(const uint8_t *data, size_t size, Told *told)
{
        *told = (Told){0};
        return fit_runs(data, size, NOW_MS, on_run, told, &told->fault);
}

/* Definition of a session: start, timestamp, sport, elapsed, timer, distance, strides. */
static void define_session(FitBuilder *b)
{
        static const uint8_t definition[] = {0x40, 0, 0, 18, 0, 7, 2, 4, 0x86, 253, 4, 0x86, 5, 1, 0,
                                             7, 4, 0x86, 8, 4, 0x86, 9, 4, 0x86, 10, 4, 0x86};

        write_bytes(&b->w, definition, sizeof(definition));
}

static void add_session(FitBuilder *b, uint32_t start, uint8_t sport, uint32_t elapsed_ms,
                        uint32_t timer_ms, uint32_t distance_cm, uint32_t strides)
{
        write_u8(&b->w, 0);
        write_u32(&b->w, start);
        write_u32(&b->w, start + elapsed_ms / 1000);
        write_u8(&b->w, sport);
        write_u32(&b->w, elapsed_ms);
        write_u32(&b->w, timer_ms);
        write_u32(&b->w, distance_cm);
        write_u32(&b->w, strides);
}

static size_t one_session(FitBuilder *b)
{
        fit_builder_begin(b);
        define_session(b);
        add_session(b, START, 1, 3700000, 3600000, 1000050, 5000);
        return fit_builder_end(b);
}

static void a_session_is_a_run(void **state)
{
        FitBuilder b;
        Told told;
        size_t size = one_session(&b);

        (void)state;
        assert_int_equal(read_runs(b.octets, size, &told), 0);
        assert_int_equal(told.n_runs, 1);
        assert_null(told.faults[0]);
        assert_int_equal(told.runs[0].start_utc_ms, EPOCH_MS + 1000LL * START);
        assert_int_equal(told.runs[0].end_utc_ms - told.runs[0].start_utc_ms, 3700000);
        assert_true(told.runs[0].duration_s == 3600);
        assert_true(told.runs[0].distance_m == 10000.5);
        assert_true(told.runs[0].steps == 10000); /* FIT counts strides */
        assert_true(isnan(told.runs[0].heart_rate_bpm));
        assert_string_equal(told.runs[0].kind, "fit");
}

static void every_beginning_of_a_file_is_refused_whole(void **state)
{
        FitBuilder b;
        Told told;
        size_t size = one_session(&b);

        (void)state;
        for (size_t i = 0; i < size; i++) {
                assert_int_equal(read_runs(b.octets, i, &told), -EBADMSG);
                assert_int_equal(told.n_runs, 0);
                assert_string_equal(told.fault, i < 12 ? "not_fit" : "truncated");
        }
}

static void a_turned_bit_anywhere_is_noticed(void **state)
{
        FitBuilder b;
        Told told;
        size_t size = one_session(&b);

        (void)state;
        for (size_t bit = 0; bit < 8 * size; bit++) {
                b.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
                assert_int_equal(read_runs(b.octets, size, &told), -EBADMSG);
                assert_int_equal(told.n_runs, 0);
                b.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
}

static void files_in_a_row_are_read_to_the_last(void **state)
{
        FitBuilder b;
        Told told;
        size_t size = one_session(&b);
        uint8_t twice[2 * sizeof(b.octets)];

        (void)state;
        memcpy(twice, b.octets, size);
        memcpy(twice + size, b.octets, size);
        assert_int_equal(read_runs(twice, 2 * size, &told), 0);
        assert_int_equal(told.n_runs, 2);
        assert_int_equal(read_runs(twice, 2 * size - 1, &told), -EBADMSG);
        assert_int_equal(told.n_runs, 0);
}

static void other_sports_and_the_future_are_refused(void **state)
{
        FitBuilder b;
        Told told;
        size_t size;

        (void)state;
        fit_builder_begin(&b);
        define_session(&b);
        add_session(&b, START, 2, 3600000, 3600000, 3000000, 0);
        add_session(&b, START + 200000, 1, 3600000, 3600000, 1000000, 5000);
        add_session(&b, UINT32_MAX, 1, 3600000, 3600000, 1000000, 5000);
        add_session(&b, START, 1, UINT32_MAX, UINT32_MAX, 1000000, 5000);
        size = fit_builder_end(&b);
        assert_int_equal(read_runs(b.octets, size, &told), 0);
        assert_int_equal(told.n_runs, 4);
        assert_string_equal(told.faults[0], "not_running");
        assert_string_equal(told.faults[1], "future");
        assert_string_equal(told.faults[2], "no_start");
        assert_string_equal(told.faults[3], "no_duration");
}

static void data_without_a_definition_is_refused(void **state)
{
        FitBuilder b;
        Told told;
        size_t size;

        (void)state;
        fit_builder_begin(&b);
        write_u8(&b.w, 3);
        size = fit_builder_end(&b);
        assert_int_equal(read_runs(b.octets, size, &told), -EBADMSG);
        assert_string_equal(told.fault, "bad_definition");
}

/* Records of both orders of octets, with a developer's field, and with times in their headers. */
static void compressed_times_count_on_and_developers_fields_are_stepped_over(void **state)
{
        static const uint8_t big[] = {0x61, 0, 1, 0, 20, 2, 253, 4, 0x86, 6, 2, 0x84, 1, 0, 3, 0};
        static const uint8_t small[] = {0x42, 0, 0, 20, 0, 1, 4, 1, 0x02};
        static const uint8_t first[] = {0x01, 0x3B, 0x9A, 0xCA, 0x1D, 0x0B, 0xB8, 7, 7, 7};
        static const uint8_t more[] = {0x80 | 2 << 5 | 0x1E, 81, 0x80 | 2 << 5 | 0x01, 255};
        FitBuilder b;
        Told told = {0};
        size_t size;

        (void)state;
        fit_builder_begin(&b);
        write_bytes(&b.w, big, sizeof(big));
        write_bytes(&b.w, small, sizeof(small));
        write_bytes(&b.w, first, sizeof(first));
        write_bytes(&b.w, more, sizeof(more));
        size = fit_builder_end(&b);
        assert_int_equal(fit_walk(b.octets, size, on_message, &told, &told.fault), 0);
        assert_int_equal(told.n, 3);
        assert_int_equal(told.messages[0].utc_ms, EPOCH_MS + 1000 * 0x3B9ACA1DLL);
        assert_true(told.messages[0].speed_mps == 3);
        assert_true(isnan(told.messages[0].cadence_rpm));
        assert_int_equal(told.messages[1].utc_ms, EPOCH_MS + 1000 * 0x3B9ACA1ELL);
        assert_true(told.messages[1].cadence_rpm == 81);
        assert_int_equal(told.messages[2].utc_ms, EPOCH_MS + 1000 * 0x3B9ACA21LL); /* past the turn */
        assert_true(isnan(told.messages[2].cadence_rpm));
        assert_int_equal(read_runs(b.octets, size, &told), -EBADMSG);
        assert_string_equal(told.fault, "no_session");
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_session_is_a_run),
                cmocka_unit_test(every_beginning_of_a_file_is_refused_whole),
                cmocka_unit_test(a_turned_bit_anywhere_is_noticed),
                cmocka_unit_test(files_in_a_row_are_read_to_the_last),
                cmocka_unit_test(other_sports_and_the_future_are_refused),
                cmocka_unit_test(data_without_a_definition_is_refused),
                cmocka_unit_test(compressed_times_count_on_and_developers_fields_are_stepped_over),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
