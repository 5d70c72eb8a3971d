/* Tables of runs and diaries. */
#include "tests/fuzz/fuzz.h"

#include "proto/files/csv.h"

#include <errno.h>

#define NOW_MS 1795600000000LL

static int on_row(const CsvRow *row, void *userdata)
{
        int64_t *line = userdata;

        PROMISE(row->line > *line);
        *line = row->line;
        PROMISE(!row->fault || import_fault_text(row->fault) != row->fault); /* each has a sentence */
        PROMISE(row->fault || row->entry.at_utc_ms != NULL_INTEGER ||
                (row->run.end_utc_ms > row->run.start_utc_ms && row->run.duration_s > 0));
        PROMISE(row->fault || row->entry.at_utc_ms == NULL_INTEGER || id_is_valid(row->entry.id));
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *fault;
        int64_t line = 1;
        int r = csv_rows((const char *)data, size, NOW_MS, on_row, &line, &fault);

        PROMISE(r == 0 || (r == -EBADMSG && fault && import_fault_text(fault) != fault));
        return 0;
}
