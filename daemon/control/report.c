/* Weeks and runs. */
#include "daemon/control/dict.h"
#include "daemon/control/state.h"

#include "daemon/ledger/homes.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <string.h>

/* ---- weeks ---- */

static int append_week(sd_bus_message *m, const Week *week)
{
        int r = dict_open(m);

        if (r >= 0)
                r = dict_fields(m, &week_fields, week);
        if (r >= 0)
                r = dict_groups(m, &week_groups, week);
        if (r >= 0)
                r = dict_changes(m, "changed", week->changed);
        if (r >= 0)
                r = dict_reasons(m, &week->reasons);
        return r < 0 ? r : dict_close(m) < 0 ? -EIO : 0;
}

static int list_week(const Week *week, void *userdata)
{
        return append_week(userdata, week);
}

int method_list_weeks(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        const char *runner;
        int all_revisions, r = sd_bus_message_read(call, "sb", &runner, &all_revisions);

        if (r >= 0)
                r = control_need_runner(control, runner, error);
        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r >= 0)
                r = week_each(control->ledger, runner, "", "9", all_revisions, list_week, reply);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

/* The week meant by "" (now) or "2026-W47". */
static int which_week(Control *control, const char *runner_id, const char *text, char ret[static 12],
                      sd_bus_error *error)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        IsoWeek week;
        int r;

        if (text[0] && iso_week_parse(text, &week) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no week\nit looks like 2026-W47", text);
        if (!text[0]) {
                r = homes_new(control->ledger, runner_id, &homes);
                if (r < 0)
                        return control_ledger_failed(control, error, r);
                week = homes_week(homes, clock_utc_ms(control->clock));
        }
        iso_week_format(week, ret);
        return 0;
}

int method_get_week(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        const char *runner, *text;
        int64_t revision;
        char id[12];
        Week week;
        int r = sd_bus_message_read(call, "ssx", &runner, &text, &revision);

        if (r >= 0)
                r = control_need_runner(control, runner, error);
        if (r >= 0)
                r = which_week(control, runner, text, id, error);
        if (r < 0)
                return r;
        r = week_get(control->ledger, runner, id, revision, &week);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        if (r == 0)
                return sd_bus_error_setf(error, ERROR_NO_DATA,
                                         "there is no week %s of %s here%s\nlist them with: stridectl "
                                         "week %s --all",
                                         id, runner, revision ? " with that revision" : " (yet)", runner);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = append_week(reply, &week);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

/* ---- runs ---- */

static int list_run(const Run *run, void *userdata)
{
        sd_bus_message *m = userdata;
        int r = dict_open(m);

        if (r >= 0)
                r = dict_fields(m, &run_fields, run);
        if (r >= 0)
                r = dict_groups(m, &run_groups, run);
        if (r >= 0)
                r = dict_reasons(m, &run->reasons);
        return r < 0 ? r : dict_close(m) < 0 ? -EIO : 0;
}

int method_list_runs(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        const char *runner;
        int r = sd_bus_message_read(call, "s", &runner);

        if (r >= 0)
                r = control_need_runner(control, runner, error);
        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r >= 0)
                r = run_each(control->ledger, runner, INT64_MIN + 1, INT64_MAX, list_run, reply);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}
