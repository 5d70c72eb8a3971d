/* Status: the gateway, the clinic's side, each pod and each runner. */
#include "daemon/control/dict.h"
#include "daemon/control/health.h"
#include "daemon/control/resources.h"

#include "daemon/ledger/records.h"
#include "daemon/ledger/redflags.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>

static int append_ledger(sd_bus_message *m, const Health *health)
{
        const LedgerCondition *ledger = &health->ledger;
        int r = dict_integer(m, "ledger.in_use_octets", health->in_use_octets);

        if (r >= 0)
                r = dict_integer(m, "ledger.size_max_octets", health->size_max_octets);
        if (r >= 0)
                r = dict_time(m, "ledger.kept_since", ledger->kept_since_utc_ms);
        if (r >= 0)
                r = dict_integer(m, "ledger.let_go", ledger->let_go);
        if (r >= 0)
                r = dict_time(m, "ledger.checked", ledger->checked_utc_ms);
        if (r >= 0)
                r = dict_time(m, "ledger.backed_up", ledger->backed_up_utc_ms);
        if (r >= 0)
                r = dict_time(m, "ledger.begun", ledger->begun_utc_ms);
        if (r >= 0)
                r = dict_text(m, "ledger.begun_by", ledger->begun_by);
        if (r >= 0)
                r = dict_text(m, "ledger.aside", ledger->aside);
        return r;
}

static int append_gateway(sd_bus_message *m, const Health *health)
{
        Control *control = health->control;
        int r = dict_text(m, "gateway.version", control->version);

        if (r >= 0)
                r = dict_time(m, "gateway.now", health->now_utc_ms);
        if (r >= 0)
                r = dict_text(m, "gateway.clock", clock_quality_name(health->clock));
        if (r >= 0)
                r = dict_integer(m, "gateway.uptime_s",
                                 (clock_boottime_ms(control->clock) - control->started_boottime_ms) /
                                         1000);
        if (r >= 0)
                r = dict_text(m, "gateway.radio", health->radio.stage);
        if (r >= 0)
                r = dict_text(m, "gateway.adapter", health->radio.address);
        if (r >= 0)
                r = dict_text(m, "gateway.ledger", ledger_path(control->ledger));
        if (r >= 0)
                r = dict_integer(m, "gateway.used_octets", health->used_octets);
        if (r >= 0)
                r = dict_integer(m, "gateway.free_octets", health->free_octets);
        if (r >= 0)
                r = dict_text(m, "gateway.disk", disk_state_name(health->disk));
        return r < 0 ? r : append_ledger(m, health);
}

static int append_resources(sd_bus_message *m, Control *control)
{
        Resources own;
        BleResources radio;
        int r;

        resources_read(control->bus, &own);
        ble_resources(control->ble, &radio);
        r = dict_integer(m, "resources.bus_connections", own.bus_connections);
        if (r >= 0)
                r = dict_integer(m, "resources.descriptors", own.descriptors);
        if (r >= 0)
                r = dict_integer(m, "resources.memory_octets", own.memory_octets);
        if (r >= 0)
                r = dict_integer(m, "resources.matches", radio.matches + long_calls_count(control));
        if (r >= 0)
                r = dict_integer(m, "resources.calls", radio.calls_made);
        if (r >= 0)
                r = dict_integer(m, "resources.links", radio.links);
        return r < 0 ? r : dict_integer(m, "resources.notify_pipes", radio.notify_pipes);
}

static int append_clinic(sd_bus_message *m, const Health *health)
{
        const ClinicState *clinic = &health->clinic;
        int r = dict_boolean(m, "clinic.configured", clinic->configured);

        if (r >= 0)
                r = dict_boolean(m, "clinic.connected", clinic->connected);
        if (r >= 0)
                r = dict_boolean(m, "clinic.tls", clinic->tls);
        if (r >= 0)
                r = dict_integer(m, "clinic.mqtt_version",
                                 clinic->mqtt_version ? clinic->mqtt_version : NULL_INTEGER);
        if (r >= 0)
                r = dict_text(m, "clinic.last_error", clinic->last_error);
        if (r >= 0)
                r = dict_time(m, "clinic.last_receipt",
                              clinic->configured ? clinic->last_puback_utc_ms : NULL_INTEGER);
        if (r >= 0)
                r = dict_integer(m, "clinic.waiting", health->waiting);
        if (r >= 0)
                r = dict_time(m, "clinic.oldest_waiting", health->oldest_utc_ms);
        if (r >= 0)
                r = dict_text(m, "clinic.confirm", clinic_proof_name(clinic->confirm));
        if (r >= 0)
                r = dict_integer(m, "clinic.unconfirmed", health->unconfirmed);
        if (r >= 0)
                r = dict_time(m, "clinic.oldest_unconfirmed", health->oldest_unconfirmed_utc_ms);
        if (r >= 0)
                r = dict_text(m, "clinic.resend", health->resend.id);
        if (r >= 0)
                r = dict_integer(m, "clinic.resend_rows", health->resend.id[0] ? health->resend.rows : NULL_INTEGER);
        if (r >= 0)
                r = dict_integer(m, "clinic.unknown_receipts", clinic->unknown_receipts);
        if (r >= 0)
                r = dict_integer(m, "clinic.refused_inbound", clinic->refused_inbound);
        return r;
}

typedef struct Totals {
        int64_t missing, lost;
} Totals;

static int add_totals(const EpochCoverage *coverage, void *userdata)
{
        Totals *totals = userdata;

        totals->missing += coverage->missing;
        totals->lost += coverage->lost;
        return 0;
}

static int append_pod(const Pod *pod, void *userdata)
{
        const Section *section = userdata;
        Control *control = section->health->control;
        LinkState link = {.state = "absent"};
        Totals totals = {0};
        int r = epoch_each(control->ledger, pod->address, add_totals, &totals);

        (void)ble_link_state(control->ble, pod->address, &link); /* without a link it is absent */
        if (r >= 0)
                r = dict_open(section->m);
        if (r >= 0)
                r = dict_text(section->m, "address", pod->address);
        if (r >= 0)
                r = dict_text(section->m, "name", pod->name);
        if (r >= 0)
                r = dict_text(section->m, "runner", pod->runner);
        if (r >= 0)
                r = dict_text(section->m, "placement", placement_name((Placement)pod->placement));
        if (r >= 0)
                r = dict_text(section->m, "link", link.state);
        if (r >= 0)
                r = dict_boolean(section->m, "bonded", pod->bonded);
        if (r >= 0)
                r = dict_time(section->m, "last_heard", pod->last_heard_utc_ms);
        if (r >= 0)
                r = dict_integer(section->m, "battery_pct", pod->battery_pct);
        if (r >= 0)
                r = dict_integer(section->m, "missing", totals.missing);
        if (r >= 0)
                r = dict_integer(section->m, "lost", totals.lost);
        return r < 0 ? r : dict_close(section->m) < 0 ? -EIO : 0;
}

static int newest_week(const Week *week, void *userdata)
{
        *(Week *)userdata = *week;
        return 0;
}

typedef struct RedFlags {
        int64_t open, unanswered;
} RedFlags;

static int count_redflag(const RedFlagState *flag, void *userdata)
{
        RedFlags *flags = userdata;

        flags->open++;
        flags->unanswered += flag->told_utc_ms != NULL_INTEGER;
        return 0;
}

static int append_redflags(sd_bus_message *m, Ledger *ledger, const char *runner)
{
        RedFlags flags = {0};
        int r = redflag_open_each(ledger, runner, count_redflag, &flags);

        if (r >= 0)
                r = dict_integer(m, "redflags.open", flags.open);
        if (r >= 0)
                r = dict_integer(m, "redflags.unanswered", flags.unanswered);
        return r;
}

static int append_runner(const Runner *runner, void *userdata)
{
        const Section *section = userdata;
        Week week;
        int r;

        week_set_null(&week);
        r = week_each_brief(section->health->control->ledger, runner->id, "", "9", newest_week, &week);
        if (r >= 0)
                r = dict_open(section->m);
        if (r >= 0)
                r = dict_text(section->m, "runner", runner->id);
        if (r >= 0)
                r = dict_boolean(section->m, "consent", runner->consent);
        if (r >= 0)
                r = dict_text(section->m, "week", week.week);
        if (r >= 0)
                r = dict_text(section->m, "state", week.state);
        if (r >= 0)
                r = dict_real(section->m, "distance_m", week.load_distance_m);
        if (r >= 0)
                r = dict_integer(section->m, "runs", week.load_runs);
        if (r >= 0)
                r = dict_real(section->m, "pain_mean", week.pain_mean);
        if (r >= 0)
                r = dict_text(section->m, "empty", week.empty);
        if (r >= 0)
                r = append_redflags(section->m, section->health->control->ledger, runner->id);
        return r < 0 ? r : dict_close(section->m) < 0 ? -EIO : 0;
}

int method_status(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        Health health;
        Section section = {.health = &health};
        int r = health_read(control, &health);

        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_new_method_return(call, &reply);
        section.m = reply;
        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = append_gateway(reply, &health);
        if (r >= 0)
                r = append_resources(reply, control);
        if (r >= 0)
                r = append_clinic(reply, &health);
        if (r >= 0)
                r = dict_list_open(reply, "pods");
        if (r >= 0)
                r = pod_each(control->ledger, append_pod, &section);
        if (r >= 0)
                r = dict_list_close(reply);
        if (r >= 0)
                r = dict_list_open(reply, "runners");
        if (r >= 0)
                r = runner_each(control->ledger, append_runner, &section);
        if (r >= 0)
                r = dict_list_close(reply);
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}
