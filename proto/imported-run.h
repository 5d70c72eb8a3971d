/* imported-run.h: a run that another device or program recorded, as a file tells it.
 *
 * It is a fact of its own, beside the records of pods: never changed, and counted only while no pod
 * tells of the same run. Two runs are the same when they share at least half of the shorter one. Two
 * that are not, less than session_gap_min apart, count as one run of two parts. */
#pragma once

#include "base/text.h"
#include "proto/fields.h"

#define FILE_ID_SIZE 40

typedef struct ImportedRun {
        char runner[ID_SIZE];
        int64_t start_utc_ms;
        int64_t end_utc_ms;     /* start + elapsed time, pauses too */
        double distance_m;      /* null: not measured */
        double duration_s;      /* moving time */
        double steps;           /* of both feet; null: not measured */
        double heart_rate_bpm;  /* mean; null: not measured */
        char kind[16];          /* "fit" "csv" */
        char file[FILE_ID_SIZE]; /* its name as given, or a hash of its contents */
        int64_t line;           /* of the file, from 1; of FIT: the session's number */
        int64_t imported_utc_ms;
} ImportedRun;

extern const FieldTable imported_run_fields;

/* What is plausible: beyond it, somebody or something mistook units or columns. */
#define IMPORTED_RUN_MAX_S (48 * 3600.0)
#define IMPORTED_RUN_MAX_M 1e6
#define IMPORTED_RUN_MAX_MPS 12.0 /* the fastest runners over 100 m */
#define IMPORTED_RUN_MIN_MPS 0.2  /* a sixth of walking: a day with its rests is faster */
#define IMPORTED_RUN_MAX_STEPS_PER_S 8.0
#define IMPORTED_RUN_MIN_BPM 20.0
#define IMPORTED_RUN_MAX_BPM 260.0
#define IMPORTED_RUN_TOUCH_MS 60000 /* starts are often told to the minute: two runs may touch by so much */

/* Everything null. */
void imported_run_set_null(ImportedRun *run);

/* What is wrong with it, as a code ("future", "negative_distance", …); NULL: nothing. `now_utc_ms`
 * NULL_INTEGER: the clock is not known. */
const char *imported_run_fault(const ImportedRun *run, int64_t now_utc_ms);
/* That code as a sentence; the code itself if it is not one of those. */
const char *import_fault_text(const char *code);

/* Do two spans share at least half of the shorter one? */
bool spans_are_same(int64_t a_from, int64_t a_to, int64_t b_from, int64_t b_to);
