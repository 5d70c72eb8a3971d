/* csv.h: past runs and past diaries as tables, RFC 4180 with a header line.
 *
 * Runs:    start,distance_m,duration_s[,elapsed_s][,steps][,heart_rate_bpm]
 * Diaries: at,pain[,place][,note][,rpe][,stiff_on_waking][,stopped_for_pain][,nutrition_kept][,sitting_h]
 *
 * Columns stand in any order; empty cells say nothing. Times are RFC 3339 with an offset; decimals have
 * a point and no exponent; truths are yes or no. Cells stand between commas, or all between semicolons, as the header
 * has it. A BOM, CRLF and a last line without end are fine, and so are blank lines. */
#pragma once

#include "proto/clinic-records.h"
#include "proto/imported-run.h"

#define CSV_COLUMNS_MAX 16
#define CSV_LINE_MAX    4096 /* octets */

typedef enum CsvKind { CSV_RUNS, CSV_DIARY } CsvKind;

typedef struct CsvRow {
        int64_t line;      /* of the file, from 1; the header's is 1 */
        const char *fault; /* code (import_fault_text), or NULL: it holds good */
        const char *column; /* name of the one whose cell is at fault; NULL: it is the line's */
        ImportedRun run;   /* CSV_RUNS; what could be read of it */
        DiaryEntry entry;  /* CSV_DIARY; its id comes from its time: the same line twice is one entry */
} CsvRow;

typedef int (*CsvFunction)(const CsvRow *row, void *userdata);

/* Which table it is. 0; or -EBADMSG and *ret_fault: its header is none of ours. */
int csv_kind(const char *data, size_t size, CsvKind *ret, const char **ret_fault);
/* Calls `function` for each row; what it returns unless 0 ends the walk and is returned. Else as csv_kind. */
int csv_rows(const char *data, size_t size, int64_t now_utc_ms, CsvFunction function, void *userdata,
             const char **ret_fault);
