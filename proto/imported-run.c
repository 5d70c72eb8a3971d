#include "proto/imported-run.h"

#include "base/cleanup.h"
#include "proto/clinic-records.h"

#include <string.h>

#define RUN(type, member, path) FIELD(FIELD_##type, ImportedRun, member, path)

static const Field list[] = {
        RUN(TEXT, runner, "runner"),         RUN(TIME, start_utc_ms, "start"),
        RUN(TIME, end_utc_ms, "end"),        RUN(REAL, distance_m, "distance_m"),
        RUN(REAL, duration_s, "duration_s"), RUN(REAL, steps, "steps"),
        RUN(REAL, heart_rate_bpm, "heart_rate_bpm"), RUN(TEXT, kind, "kind"),
        RUN(TEXT, file, "file"),             RUN(INTEGER, line, "line"),
        RUN(TIME, imported_utc_ms, "imported"),
};

const FieldTable imported_run_fields = {
        .name = "imported_run", .fields = list, .n_fields = ARRAY_SIZE(list)};

static const struct {
        const char *code;
        const char *text;
} faults[] = {
        {"no_start", "its start is missing"},
        {"not_a_time", "its time is none: it looks like 2026-11-24T08:00:00+01:00"},
        {"before_2000", "it lies before the year 2000"},
        {"future", "it lies in the future"},
        {"no_duration", "its duration is missing"},
        {"bad_duration", "its duration is not above 0 and up to 48 hours"},
        {"bad_distance", "its distance is negative or above 1000 km"},
        {"too_fast", "it is faster than 12 m/s"},
        {"too_slow", "it is slower than 0.2 m/s: is its distance in metres?"},
        {"bad_steps", "its steps are negative or more than 8 a second"},
        {"bad_heart_rate", "its heart rate is not from 20 to 260"},
        {"not_a_number", "a number is none: it looks like 10000.5, without a comma or an exponent"},
        {"columns", "it has more or fewer columns than the header"},
        {"bad_quotes", "a quote is not closed"},
        {"not_utf8", "it is no UTF-8 text"},
        {"too_long", "it is too long"},
        {"bad_value", "a value is not one that a diary takes"},
        {"says_nothing", "it says nothing"},
        {"no_session", "it holds no run that was completed"},
        {"not_running", "it is no run but another sport"},
        {"overlaps", "it overlaps another imported run"},
        {"other_content", "an entry of that time is known, and says otherwise"},
        {"not_fit", "it is no FIT file"},
        {"truncated", "it ends too early"},
        {"bad_crc", "its checksum is wrong: it was damaged"},
        {"bad_definition", "it holds data that it does not define"},
        {"no_header", "its first line names no columns: start,distance_m,duration_s or at,pain"},
        {"double_column", "its first line names a column twice"},
        {"unknown_column", "its first line names a column that is not known"},
};

const char *import_fault_text(const char *code)
{
        for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
                if (strcmp(faults[i].code, code) == 0)
                        return faults[i].text;
        }
        return code;
}

void imported_run_set_null(ImportedRun *run)
{
        fields_set_null(&imported_run_fields, run);
}

static bool is_within(double value, double least, double most)
{
        return isnan(value) || (value >= least && value <= most);
}

const char *imported_run_fault(const ImportedRun *run, int64_t now_utc_ms)
{
        if (run->start_utc_ms == NULL_INTEGER)
                return "no_start";
        if (run->start_utc_ms < EARLIEST_MS)
                return "before_2000";
        if (isnan(run->duration_s))
                return "no_duration";
        if (!(run->duration_s > 0) || run->duration_s > IMPORTED_RUN_MAX_S ||
            run->end_utc_ms <= run->start_utc_ms ||
            (double)run->end_utc_ms - (double)run->start_utc_ms > IMPORTED_RUN_MAX_S * 1000)
                return "bad_duration";
        if (now_utc_ms != NULL_INTEGER && run->end_utc_ms > now_utc_ms + 60000) /* a minute of two clocks */
                return "future";
        if (!is_within(run->distance_m, 0, IMPORTED_RUN_MAX_M))
                return "bad_distance";
        if (run->distance_m > IMPORTED_RUN_MAX_MPS * run->duration_s)
                return "too_fast";
        if (run->distance_m > 0 && run->distance_m < IMPORTED_RUN_MIN_MPS * run->duration_s)
                return "too_slow";
        if (!is_within(run->steps, 0, IMPORTED_RUN_MAX_STEPS_PER_S * run->duration_s))
                return "bad_steps";
        if (!is_within(run->heart_rate_bpm, IMPORTED_RUN_MIN_BPM, IMPORTED_RUN_MAX_BPM))
                return "bad_heart_rate";
        return NULL;
}

bool spans_are_same(int64_t a_from, int64_t a_to, int64_t b_from, int64_t b_to)
{
        int64_t from = a_from > b_from ? a_from : b_from, to = a_to < b_to ? a_to : b_to;
        int64_t shorter = a_to - a_from < b_to - b_from ? a_to - a_from : b_to - b_from;

        return to >= from && 2 * (to - from) >= shorter;
}
