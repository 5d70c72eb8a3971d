/* Everything held, page by page. */
#include "daemon/control/diary.h"
#include "daemon/control/dict.h"
#include "daemon/control/state.h"

#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/receipts.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE_MAX 500

/* One page: rows appended, and where the next one begins ("" : this was the last). */
typedef struct Page {
        Control *control;
        sd_bus_message *m;
        const char *cursor; /* of the caller, "" : the beginning */
        size_t limit;
        size_t n;
        char next[80];
} Page;

/* ---- records ---- */

static int append_rr(sd_bus_message *m, const Record *record)
{
        if (record->kind != RECORD_SAMPLE)
                return 0;
        return dict_integers(m, "rr_1024", record->sample.rr_1024, (size_t)record->sample.n_rr);
}

static int append_unknown(sd_bus_message *m, const Record *record)
{
        char hex[2 * RECORD_BODY_MAX + 1];
        int r;

        if (record_fields(record->kind))
                return 0;
        hex_format(record->body, record->body_size, hex);
        r = dict_integer(m, "kind_number", RECORD_KIND_NUMBER(record->kind));
        return r < 0 ? r : dict_text(m, "body", hex);
}

static int page_record(const StoredRecord *stored, void *userdata)
{
        Page *page = userdata;
        const Record *record = &stored->record;
        int r = dict_open(page->m);

        if (r >= 0)
                r = dict_text(page->m, "pod", stored->address);
        if (r >= 0)
                r = dict_text(page->m, "placement", placement_name(stored->placement));
        if (r >= 0)
                r = dict_integer(page->m, "epoch", record->epoch);
        if (r >= 0)
                r = dict_integer(page->m, "seq", record->seq);
        if (r >= 0)
                r = dict_text(page->m, "kind", record_kind_name(record->kind));
        if (r >= 0)
                r = dict_integer(page->m, "tick", record->tick);
        if (r >= 0 && record_fields(record->kind))
                r = dict_fields(page->m, record_fields(record->kind), record);
        if (r >= 0)
                r = append_rr(page->m, record);
        if (r >= 0)
                r = append_unknown(page->m, record);
        if (r >= 0)
                r = dict_time(page->m, "at", stored->utc_ms);
        if (r >= 0)
                r = dict_integer(page->m, "at_error_ms", stored->utc_error_ms);
        if (r >= 0)
                r = dict_time(page->m, "received_at", stored->received_utc_ms);
        if (r >= 0)
                r = dict_boolean(page->m, "from_store", record->from_store);
        if (r >= 0)
                r = dict_close(page->m);
        if (r < 0)
                return r;
        (void)snprintf(page->next, sizeof(page->next), "%s/%u/%u", stored->address, record->epoch,
                       record->seq);
        page->n++;
        return 0;
}

static int page_records(Page *page)
{
        char address[ADDRESS_SIZE] = "";
        uint32_t epoch = 0, seq = 0;

        if (page->cursor[0] &&
            sscanf(page->cursor, "%17[0-9A-F:]/%" SCNu32 "/%" SCNu32, address, &epoch, &seq) != 3)
                return -EINVAL;
        return records_export(page->control->ledger, address, epoch, seq, page->limit, page_record,
                              page);
}

/* ---- outbox and audit: by row id ---- */

static int read_id_cursor(const Page *page, int64_t *ret)
{
        *ret = 0;
        return page->cursor[0] ? integer_parse(page->cursor, 0, INT64_MAX, ret) : 0;
}

static int append_outbox_row(sd_bus_message *m, const OutboxRow *row)
{
        static const char *const states[] = {
                [OUTBOX_WAITING] = "waiting", [OUTBOX_SETTLED] = "settled", [OUTBOX_CANCELLED] = "cancelled",
                [OUTBOX_SET_ASIDE] = "set-aside", [OUTBOX_TAKEN] = "taken"};
        char message_id[64];
        int r = dict_open(m);

        (void)snprintf(message_id, sizeof(message_id), "%s-%" PRId64, row->ledger, row->id);
        if (r >= 0)
                r = dict_integer(m, "id", row->id);
        if (r >= 0)
                r = dict_text(m, "kind", outbox_kind_name(row->kind));
        if (r >= 0)
                r = dict_text(m, "runner", row->runner);
        if (r >= 0)
                r = dict_text(m, "key", row->key);
        if (r >= 0)
                r = dict_integer(m, "revision", row->revision);
        if (r >= 0)
                r = dict_text(m, "state", states[row->state]);
        if (r >= 0)
                r = dict_text(m, "message_id", message_id);
        if (r >= 0)
                r = dict_time(m, "made", row->made_utc_ms);
        if (r >= 0)
                r = dict_time(m, "taken", row->taken_utc_ms);
        if (r >= 0)
                r = dict_time(m, "settled", row->settled_utc_ms);
        if (r >= 0)
                r = dict_integer(m, "attempts", row->attempts);
        if (r >= 0)
                r = dict_text(m, "refusal", row->refusal);
        return r < 0 ? r : dict_close(m) < 0 ? -EIO : 0;
}

static int page_outbox_row(const OutboxRow *row, void *userdata)
{
        Page *page = userdata;
        int r = append_outbox_row(page->m, row);

        (void)snprintf(page->next, sizeof(page->next), "%" PRId64, row->id);
        page->n++;
        return r;
}

static int page_outbox(Page *page)
{
        int64_t after;
        int r = read_id_cursor(page, &after);

        return r < 0 ? r
                     : outbox_each(page->control->ledger, false, after, page->limit,
                                   page_outbox_row, page);
}

static int page_audit_line(int64_t id, int64_t utc_ms, const char *what, const char *runner,
                           const char *detail, void *userdata)
{
        Page *page = userdata;
        int r = dict_open(page->m);

        if (r >= 0)
                r = dict_integer(page->m, "id", id);
        if (r >= 0)
                r = dict_time(page->m, "at", utc_ms);
        if (r >= 0)
                r = dict_text(page->m, "what", what);
        if (r >= 0)
                r = dict_text(page->m, "runner", runner);
        if (r >= 0)
                r = dict_text(page->m, "detail", detail);
        (void)snprintf(page->next, sizeof(page->next), "%" PRId64, id);
        page->n++;
        return r < 0 ? r : dict_close(page->m) < 0 ? -EIO : 0;
}

static int page_audit(Page *page)
{
        int64_t after;
        int r = read_id_cursor(page, &after);

        return r < 0 ? r
                     : audit_each(page->control->ledger, after, page->limit, page_audit_line, page);
}

/* ---- runs, weeks, diary and what the clinic set down: a runner a page, the cursor is the runner's id ---- */

typedef int (*PageRunner)(Page *page, const char *runner);

static int page_run(const Run *run, void *userdata)
{
        Page *page = userdata;
        int r = dict_open(page->m);

        if (r >= 0)
                r = dict_fields(page->m, &run_fields, run);
        if (r >= 0)
                r = dict_groups(page->m, &run_groups, run);
        if (r >= 0)
                r = dict_reasons(page->m, &run->reasons);
        return r < 0 ? r : dict_close(page->m) < 0 ? -EIO : 0;
}

static int page_runs_of(Page *page, const char *runner)
{
        return run_each(page->control->ledger, runner, INT64_MIN + 1, INT64_MAX, page_run, page);
}

static int page_week(const Week *week, void *userdata)
{
        Page *page = userdata;
        int r = dict_open(page->m);

        if (r >= 0)
                r = dict_fields(page->m, &week_fields, week);
        if (r >= 0)
                r = dict_groups(page->m, &week_groups, week);
        if (r >= 0)
                r = dict_changes(page->m, "changed", week->changed);
        if (r >= 0)
                r = dict_reasons(page->m, &week->reasons);
        return r < 0 ? r : dict_close(page->m) < 0 ? -EIO : 0;
}

static int page_weeks_of(Page *page, const char *runner)
{
        return week_each(page->control->ledger, runner, "", "9", true, page_week, page);
}

static int page_entry(const DiaryEntry *entry, const char *superseded_by, void *userdata)
{
        Page *page = userdata;
        int r = dict_open(page->m);

        if (r >= 0)
                r = dict_diary_entry(page->m, page->control->ledger, entry);
        if (r >= 0)
                r = dict_text(page->m, "superseded_by", superseded_by);
        return r < 0 ? r : dict_close(page->m) < 0 ? -EIO : 0;
}

static int page_diary_of(Page *page, const char *runner)
{
        return diary_history_each(page->control->ledger, runner, page_entry, page);
}

static int page_fields(Page *page, const FieldTable *table, const void *record)
{
        int r = dict_open(page->m);

        if (r >= 0)
                r = dict_fields(page->m, table, record);
        return r < 0 ? r : dict_close(page->m) < 0 ? -EIO : 0;
}

static int page_plan(const Plan *plan, void *userdata)
{
        return page_fields(userdata, &plan_fields, plan);
}

static int page_plans_of(Page *page, const char *runner)
{
        return plan_each(page->control->ledger, runner, page_plan, page);
}

static int page_assessment(const Assessment *assessment, void *userdata)
{
        return page_fields(userdata, &assessment_fields, assessment);
}

static int page_assessments_of(Page *page, const char *runner)
{
        return assessment_history_each(page->control->ledger, runner, page_assessment, page);
}

static int page_acknowledgement(const Acknowledgement *given, void *userdata)
{
        return page_fields(userdata, &acknowledgement_fields, given);
}

static int page_acknowledgements_of(Page *page, const char *runner)
{
        return acknowledgement_each(page->control->ledger, runner, page_acknowledgement, page);
}

/* The first runner behind the cursor. */
static int find_next_runner(const Runner *runner, void *userdata)
{
        Page *page = userdata;

        if (strcmp(runner->id, page->cursor) <= 0)
                return 0;
        (void)text_copy(page->next, sizeof(page->next), runner->id);
        return 1;
}

static int page_by_runner(Page *page, PageRunner function)
{
        int r = runner_each(page->control->ledger, find_next_runner, page);

        if (r <= 0)
                return r;
        page->n = page->limit; /* there may be another runner */
        r = function(page, page->next);
        return r;
}

static int page_runs(Page *page)
{
        return page_by_runner(page, page_runs_of);
}

static int page_weeks(Page *page)
{
        return page_by_runner(page, page_weeks_of);
}

static int page_diary(Page *page)
{
        return page_by_runner(page, page_diary_of);
}

static int page_plans(Page *page)
{
        return page_by_runner(page, page_plans_of);
}

static int page_assessments(Page *page)
{
        return page_by_runner(page, page_assessments_of);
}

static int page_acknowledgements(Page *page)
{
        return page_by_runner(page, page_acknowledgements_of);
}

static const struct {
        const char *what;
        int (*page)(Page *page);
} exports[] = {
        {"records", page_records}, {"runs", page_runs},     {"weeks", page_weeks},
        {"diary", page_diary},     {"outbox", page_outbox}, {"audit", page_audit},
        {"plans", page_plans},     {"assessments", page_assessments},
        {"acknowledgements", page_acknowledgements},
};

static int write_page(Page *page, const char *what, sd_bus_error *error)
{
        int r = -ENOENT;

        for (size_t i = 0; i < ARRAY_SIZE(exports); i++) {
                if (strcmp(exports[i].what, what) == 0)
                        r = exports[i].page(page);
        }
        if (r == -ENOENT)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' cannot be exported\nthere are: records, runs, weeks, "
                                         "diary, plans, assessments, acknowledgements, outbox, audit",
                                         what);
        if (r == -EINVAL || r == -ERANGE)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no cursor of an export\nstart with an empty one",
                                         page->cursor);
        return r < 0 ? control_ledger_failed(page->control, error, r) : 0;
}

int method_export(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        Page page = {.control = control};
        const char *what;
        uint32_t limit;
        int r = sd_bus_message_read(call, "ssu", &what, &page.cursor, &limit);

        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r < 0)
                return r;
        page.m = reply;
        page.limit = limit == 0 || limit > PAGE_MAX ? PAGE_MAX : limit;
        r = write_page(&page, what, error);
        if (r < 0)
                return r;
        r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_append(reply, "s", page.n < page.limit ? "" : page.next);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

int method_list_outbox(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        Page page = {.control = control};
        int64_t waiting, oldest, unconfirmed, oldest_unconfirmed, n_aside;
        OutboxRow newest;
        int r = outbox_waiting(control->ledger, &waiting, &oldest);

        if (r >= 0)
                r = receipts_awaited(control->ledger, &unconfirmed, &oldest_unconfirmed);
        if (r >= 0)
                r = outbox_count_set_aside(control->ledger, &n_aside, &newest);
        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        page.m = reply;
        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = dict_integer(reply, "waiting", waiting);
        if (r >= 0)
                r = dict_time(reply, "oldest", oldest);
        if (r >= 0)
                r = dict_integer(reply, "unconfirmed", unconfirmed);
        if (r >= 0)
                r = dict_time(reply, "oldest_unconfirmed", oldest_unconfirmed);
        if (r >= 0)
                r = dict_integer(reply, "set_aside", n_aside);
        if (r >= 0)
                r = dict_list_open(reply, "rows");
        if (r >= 0)
                r = outbox_each(control->ledger, true, 0, PAGE_MAX, page_outbox_row, &page);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = dict_list_close(reply);
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}
