#include "proto/files/csv.h"

#include "base/cleanup.h"
#include "proto/forms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- lines and cells ---- */

typedef struct Lines {
        const char *data;
        size_t size, at;
        int64_t line;
        char separator;
        char text[CSV_LINE_MAX]; /* cells of the line, unquoted, each ended by a NUL */
        const char *cells[CSV_COLUMNS_MAX];
        size_t n_cells;
} Lines;

typedef enum LineEnd { LINE_OK, LINE_TOO_LONG, LINE_BAD_QUOTES, LINE_BAD_COLUMNS } LineEnd;

static bool end_of_line(const Lines *lines)
{
        return lines->at >= lines->size || lines->data[lines->at] == '\n' ||
               (lines->data[lines->at] == '\r' && (lines->at + 1 >= lines->size ||
                                                   lines->data[lines->at + 1] == '\n'));
}

static void skip_line(Lines *lines)
{
        while (lines->at < lines->size && lines->data[lines->at] != '\n')
                lines->at++;
        lines->at += lines->at < lines->size;
}

/* One cell into text at *used. */
static LineEnd read_cell(Lines *lines, size_t *used)
{
        bool quoted = lines->at < lines->size && lines->data[lines->at] == '"';

        lines->at += quoted;
        for (;;) {
                char c;

                if (!quoted && (end_of_line(lines) || lines->data[lines->at] == lines->separator))
                        break;
                if (end_of_line(lines)) /* no cell of ours has two lines */
                        return LINE_BAD_QUOTES;
                c = lines->data[lines->at++];
                if (quoted && c == '"') {
                        if (lines->at >= lines->size || lines->data[lines->at] != '"')
                                break;
                        lines->at++;
                }
                if (*used + 1 >= sizeof(lines->text))
                        return LINE_TOO_LONG;
                lines->text[(*used)++] = c == '\0' ? '\x01' : c; /* a NUL would hide what follows */
        }
        if (!end_of_line(lines) && lines->data[lines->at] != lines->separator)
                return LINE_BAD_QUOTES;
        if (*used + 1 >= sizeof(lines->text))
                return LINE_TOO_LONG;
        lines->text[(*used)++] = '\0';
        return LINE_OK;
}

/* The next line that is not blank. False: there is none. */
static bool next_line(Lines *lines, LineEnd *ret)
{
        size_t used = 0;

        for (;; lines->line++, skip_line(lines)) {
                if (lines->at >= lines->size)
                        return false;
                if (!end_of_line(lines))
                        break;
        }
        lines->line++;
        lines->n_cells = 0;
        for (;;) {
                size_t from = used;

                if (lines->n_cells == CSV_COLUMNS_MAX) {
                        *ret = LINE_BAD_COLUMNS;
                        break;
                }
                *ret = read_cell(lines, &used);
                if (*ret != LINE_OK)
                        break;
                lines->cells[lines->n_cells++] = lines->text + from;
                if (end_of_line(lines))
                        break;
                lines->at++;
        }
        skip_line(lines);
        return true;
}

/* ---- columns ---- */

typedef struct Column {
        CsvKind kind;
        const char *name;
        bool needed;
        const char *(*read)(const char *cell, CsvRow *row, const char *name); /* a fault, or NULL */
} Column;

/* An exponent in a table is a spreadsheet's rounding, if not a slip. */
static const char *read_number(const char *cell, double *ret)
{
        if (strpbrk(cell, "eE"))
                return "not_a_number";
        return real_parse(cell, -1e12, 1e12, ret) < 0 ? "not_a_number" : NULL;
}

static const char *read_start(const char *cell, CsvRow *row, const char *name)
{
        (void)name;
        return rfc3339_parse(cell, &row->run.start_utc_ms) < 0 ? "not_a_time" : NULL;
}

static const char *read_run_number(const char *cell, CsvRow *row, const char *name)
{
        return read_number(cell, field_real(fields_find(&imported_run_fields, name), &row->run));
}

/* Kept in `end` as a span until the start is known, whichever comes first. */
static const char *read_elapsed(const char *cell, CsvRow *row, const char *name)
{
        double elapsed_s;
        const char *fault = read_number(cell, &elapsed_s);

        (void)name;
        if (fault || !(elapsed_s > 0) || elapsed_s > IMPORTED_RUN_MAX_S)
                return fault ? fault : "bad_duration";
        row->run.end_utc_ms = llround(elapsed_s * 1000);
        return NULL;
}

static const char *read_at(const char *cell, CsvRow *row, const char *name)
{
        (void)name;
        return rfc3339_parse(cell, &row->entry.at_utc_ms) < 0 ? "not_a_time" : NULL;
}

static const char *read_entry_number(const char *cell, CsvRow *row, const char *name)
{
        const Field *field = fields_find(&diary_fields, name);
        double number;
        const char *fault = read_number(cell, &number);

        if (fault)
                return fault;
        if (!rule_takes_number(form_rule(&diary_form, name), field, number))
                return "bad_value";
        field_set_number(field, &row->entry, number);
        return NULL;
}

static const char *read_entry_truth(const char *cell, CsvRow *row, const char *name)
{
        const Field *field = fields_find(&diary_fields, name);
        double number = strcmp(cell, "yes") == 0 ? 1 : 0;

        if ((number == 0 && strcmp(cell, "no") != 0) ||
            !rule_takes_number(form_rule(&diary_form, name), field, number))
                return "bad_value";
        field_set_number(field, &row->entry, number);
        return NULL;
}

static const char *read_entry_text(const char *cell, CsvRow *row, const char *name)
{
        const Field *field = fields_find(&diary_fields, name);

        if (!text_is_utf8(cell))
                return "not_utf8";
        return text_copy(field_text(field, &row->entry), field->size, cell) ? NULL : "too_long";
}

static const Column columns[] = {
        {CSV_RUNS, "start", true, read_start},
        {CSV_RUNS, "distance_m", true, read_run_number},
        {CSV_RUNS, "duration_s", true, read_run_number},
        {CSV_RUNS, "elapsed_s", false, read_elapsed},
        {CSV_RUNS, "steps", false, read_run_number},
        {CSV_RUNS, "heart_rate_bpm", false, read_run_number},
        {CSV_DIARY, "at", true, read_at},
        {CSV_DIARY, "pain", true, read_entry_number},
        {CSV_DIARY, "place", false, read_entry_text},
        {CSV_DIARY, "note", false, read_entry_text},
        {CSV_DIARY, "rpe", false, read_entry_number},
        {CSV_DIARY, "stiff_on_waking", false, read_entry_truth},
        {CSV_DIARY, "stopped_for_pain", false, read_entry_truth},
        {CSV_DIARY, "nutrition_kept", false, read_entry_truth},
        {CSV_DIARY, "sitting_h", false, read_entry_number},
};

typedef struct Header {
        CsvKind kind;
        const Column *columns[CSV_COLUMNS_MAX];
        size_t n;
} Header;

static const Column *find_column(CsvKind kind, const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
                if (columns[i].kind == kind && strcmp(columns[i].name, name) == 0)
                        return &columns[i];
        }
        return NULL;
}

static bool has_column(const Lines *lines, const char *name)
{
        for (size_t i = 0; i < lines->n_cells; i++) {
                if (strcmp(lines->cells[i], name) == 0)
                        return true;
        }
        return false;
}

static const char *read_header(Lines *lines, Header *ret)
{
        LineEnd end;
        size_t first;

        if (lines->size >= 3 && memcmp(lines->data, "\xEF\xBB\xBF", 3) == 0)
                lines->at = 3;
        for (first = lines->at; first < lines->size && !strchr(",;\r\n", lines->data[first]); first++)
                ;
        lines->separator = first < lines->size && lines->data[first] == ';' ? ';' : ',';
        if (!next_line(lines, &end) || end != LINE_OK)
                return "no_header";
        ret->kind = has_column(lines, "start") ? CSV_RUNS : CSV_DIARY;
        ret->n = lines->n_cells;
        for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
                if (columns[i].kind == ret->kind && columns[i].needed && !has_column(lines, columns[i].name))
                        return "no_header";
        }
        for (size_t i = 0; i < ret->n; i++) {
                ret->columns[i] = find_column(ret->kind, lines->cells[i]);
                if (!ret->columns[i])
                        return "unknown_column";
                for (size_t j = 0; j < i; j++) {
                        if (ret->columns[j] == ret->columns[i])
                                return "double_column";
                }
        }
        return NULL;
}

/* ---- rows ---- */

static const char *finish_run(ImportedRun *run, int64_t now_utc_ms)
{
        int64_t elapsed_ms = run->end_utc_ms;
        bool is_long = isnan(run->duration_s) || run->duration_s > IMPORTED_RUN_MAX_S ||
                       run->duration_s < 0;
        int64_t moving_ms = is_long ? 0 : llround(run->duration_s * 1000);

        (void)text_copy(run->kind, sizeof(run->kind), "csv");
        run->end_utc_ms = run->start_utc_ms;
        if (run->start_utc_ms != NULL_INTEGER)
                run->end_utc_ms += elapsed_ms > moving_ms ? elapsed_ms : moving_ms;
        return imported_run_fault(run, now_utc_ms);
}

static const char *finish_entry(DiaryEntry *entry, int64_t now_utc_ms)
{
        const char *fault;

        if (entry->at_utc_ms == NULL_INTEGER)
                return "not_a_time";
        fault = diary_time_fault(entry->at_utc_ms, now_utc_ms);
        if (fault)
                return strstr(fault, "future") ? "future" : "before_2000";
        if (entry->pain == NULL_INTEGER && isnan(entry->rpe) && isnan(entry->sitting_h) &&
            entry->stiff_on_waking == NULL_INTEGER && entry->stopped_for_pain == NULL_INTEGER &&
            entry->nutrition_kept == NULL_INTEGER)
                return "says_nothing";
        (void)snprintf(entry->id, sizeof(entry->id), IMPORT_ID "%lld", (long long)entry->at_utc_ms);
        return NULL;
}

static const char *read_cells(const Lines *lines, const Header *header, LineEnd end, CsvRow *row)
{
        static const char *const faults[] = {[LINE_TOO_LONG] = "too_long", [LINE_BAD_QUOTES] = "bad_quotes",
                                             [LINE_BAD_COLUMNS] = "columns"};

        if (end != LINE_OK)
                return faults[end];
        if (lines->n_cells != header->n)
                return "columns";
        for (size_t i = 0; i < header->n; i++) {
                const char *fault = NULL;

                if (lines->cells[i][0])
                        fault = header->columns[i]->read(lines->cells[i], row, header->columns[i]->name);
                if (fault) {
                        row->column = header->columns[i]->name;
                        return fault;
                }
        }
        return NULL;
}

int csv_kind(const char *data, size_t size, CsvKind *ret, const char **ret_fault)
{
        Lines lines = {.data = data, .size = size};
        Header header;

        *ret_fault = read_header(&lines, &header);
        if (*ret_fault)
                return -EBADMSG;
        *ret = header.kind;
        return 0;
}

int csv_rows(const char *data, size_t size, int64_t now_utc_ms, CsvFunction function, void *userdata,
             const char **ret_fault)
{
        Lines lines = {.data = data, .size = size};
        Header header;
        LineEnd end;
        int r = 0;

        *ret_fault = read_header(&lines, &header);
        if (*ret_fault)
                return -EBADMSG;
        while (r == 0 && next_line(&lines, &end)) {
                CsvRow row = {.line = lines.line};

                imported_run_set_null(&row.run);
                diary_entry_set_null(&row.entry);
                row.fault = read_cells(&lines, &header, end, &row);
                if (!row.fault)
                        row.fault = header.kind == CSV_RUNS ? finish_run(&row.run, now_utc_ms)
                                                            : finish_entry(&row.entry, now_utc_ms);
                row.run.line = row.line;
                r = function(&row, userdata);
        }
        return r;
}
