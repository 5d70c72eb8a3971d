/* Past runs on the bus: rows that stridectl read from files. */
#include "daemon/control/dict.h"
#include "daemon/control/state.h"

#include "daemon/ledger/imports.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct Importing {
        Control *control;
        ImportedRun run; /* runner, kind, file and the time of import of all rows */
        sd_bus_message *reply;
} Importing;

/* 0: one row; 1: the last was before. */
static int read_row(sd_bus_message *call, ImportedRun *run)
{
        uint32_t line;
        int r = sd_bus_message_read(call, "(uxxdddd)", &line, &run->start_utc_ms, &run->end_utc_ms,
                                    &run->distance_m, &run->duration_s, &run->steps,
                                    &run->heart_rate_bpm);

        run->line = line;
        return r < 0 ? r : r == 0;
}

/* Who says so already, for people. */
static void describe_other(const ImportedRun *other, char *ret, size_t size)
{
        char start[RFC3339_SIZE];

        rfc3339_format(other->start_utc_ms, start);
        (void)snprintf(ret, size, "%s, %s %s, line %lld", start, other->kind, other->file,
                       (long long)other->line);
}

static int reply_row(Importing *importing, const char *outcome, const char *code, const char *other)
{
        sd_bus_message *m = importing->reply;
        int r = dict_open(m);

        if (r >= 0)
                r = dict_integer(m, "line", importing->run.line);
        if (r >= 0)
                r = dict_time(m, "start", importing->run.start_utc_ms);
        if (r >= 0)
                r = dict_text(m, "outcome", outcome);
        if (r >= 0)
                r = dict_text(m, "code", code);
        if (r >= 0)
                r = dict_text(m, "message", code ? import_fault_text(code) : NULL);
        if (r >= 0)
                r = dict_text(m, "other", other);
        return r < 0 ? r : dict_close(m);
}

static int import_row(Importing *importing)
{
        static const struct {
                const char *outcome, *code;
        } words[] = {[IMPORT_TAKEN] = {"taken", NULL}, [IMPORT_KNOWN] = {"known", NULL},
                     [IMPORT_OVERLAPS] = {"refused", "overlaps"}};
        const char *fault = imported_run_fault(&importing->run, importing->run.imported_utc_ms);
        ImportOutcome outcome;
        ImportedRun other;
        char text[160] = "";
        int r;

        if (fault)
                return reply_row(importing, "refused", fault, NULL);
        r = import_put(importing->control->ledger, &importing->run, &outcome, &other);
        if (r < 0)
                return r;
        if (outcome != IMPORT_TAKEN)
                describe_other(&other, text, sizeof(text));
        return reply_row(importing, words[outcome].outcome, words[outcome].code, text);
}

static int import_rows(Importing *importing, sd_bus_message *call)
{
        int r = sd_bus_message_enter_container(call, 'a', "(uxxdddd)");

        while (r >= 0) {
                r = read_row(call, &importing->run);
                if (r != 0)
                        break;
                r = import_row(importing);
        }
        return r < 0 ? r : 0;
}

static int read_origin(Importing *importing, sd_bus_message *call, int *ret_dry, sd_bus_error *error)
{
        const char *runner, *kind, *file;
        int r = sd_bus_message_read(call, "sssb", &runner, &kind, &file, ret_dry);

        if (r >= 0)
                r = control_need_runner(importing->control, runner, error);
        if (r < 0)
                return r;
        if (strcmp(kind, "fit") != 0 && strcmp(kind, "csv") != 0)
                return sd_bus_error_setf(error, ERROR_INVALID, "'%s' is no kind of file\nthere are fit and csv",
                                         kind);
        if (!file[0] || !text_copy(importing->run.file, sizeof(importing->run.file), file))
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "the file's name is empty or longer than %d octets\nuse another one: --name",
                                         FILE_ID_SIZE - 1);
        (void)text_copy(importing->run.runner, sizeof(importing->run.runner), runner);
        (void)text_copy(importing->run.kind, sizeof(importing->run.kind), kind);
        return 0;
}

/* All rows are one transaction: a rehearsal is one that is taken back. */
int method_import_runs(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Importing importing = {.control = userdata};
        Control *control = userdata;
        int dry, r;

        if (clock_quality(control->clock) == CLOCK_UNSET)
                return control_ledger_failed(control, error, -EAGAIN);
        imported_run_set_null(&importing.run);
        importing.run.imported_utc_ms = clock_utc_ms(control->clock);
        r = read_origin(&importing, call, &dry, error);
        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r < 0)
                return control_ledger_failed(control, error, r);
        importing.reply = reply;
        r = ledger_begin(control->ledger);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = import_rows(&importing, call);
        if (r < 0 || dry)
                ledger_rollback(control->ledger);
        else
                r = ledger_commit(control->ledger);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? control_ledger_failed(control, error, r) : sd_bus_send(control->bus, reply, NULL);
}
