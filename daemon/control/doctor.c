/* The doctor: what is not well, ranked, each finding with its fix. */
#include "daemon/control/conflicts.h"
#include "daemon/control/dict.h"
#include "daemon/control/health.h"
#include "daemon/control/losses.h"

#include "daemon/ledger/roster.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS 3600000LL
#define DAY_MS  (24 * HOUR_MS)

static bool has_no_clock(const Health *h)
{
        return h->clock == CLOCK_UNSET;
}

static bool has_no_bluetoothd(const Health *h)
{
        return !h->radio.bluez;
}

static bool has_no_adapter(const Health *h)
{
        return h->radio.bluez && !h->radio.adapter;
}

static bool is_powered_off(const Health *h)
{
        return h->radio.adapter && !h->radio.powered;
}

static bool has_no_broker(const Health *h)
{
        return !h->clinic.configured;
}

static bool is_not_connected(const Health *h)
{
        return h->clinic.configured && !h->clinic.connected;
}

static bool is_plaintext(const Health *h)
{
        return h->clinic.configured && !h->clinic.tls;
}

static bool has_old_rows(const Health *h)
{
        return h->waiting > 0 && h->now_utc_ms - h->oldest_utc_ms > DAY_MS;
}

static bool has_unconfirmed(const Health *h)
{
        return h->unconfirmed > 0 && h->now_utc_ms - h->oldest_unconfirmed_utc_ms > DAY_MS;
}

static const char *unconfirmed_since(const Health *h)
{
        return h->unconfirmed_since;
}

static bool is_set_back(const Health *h)
{
        return h->clinic.setbacks > 0;
}

static bool has_set_aside(const Health *h)
{
        return h->n_set_aside > 0;
}

static bool has_unbuildable(const Health *h)
{
        return h->clinic.unbuildable > 0;
}

static const char *last_error(const Health *h)
{
        return h->clinic.last_error;
}

static const char *newest_set_aside(const Health *h)
{
        return h->set_aside;
}

static const char *last_unbuildable(const Health *h)
{
        return h->clinic.unbuildable_row;
}

static bool has_little_disk(const Health *h)
{
        return h->disk == DISK_LOW && !h->is_budget_used;
}

static bool has_no_budget_left(const Health *h)
{
        return h->disk == DISK_LOW && h->is_budget_used;
}

static bool has_little_budget(const Health *h)
{
        return h->disk == DISK_HIGH;
}

static bool has_full_disk(const Health *h)
{
        return h->disk == DISK_FULL;
}

static bool has_failing_disk(const Health *h)
{
        return h->disk == DISK_FAILING;
}

static bool was_rebuilt(const Health *h)
{
        return h->ledger.aside[0] && strcmp(h->ledger.begun_by, "rebuilt") == 0;
}

static bool was_restored(const Health *h)
{
        return h->ledger.aside[0] && strcmp(h->ledger.begun_by, "restored") == 0;
}

static bool has_old_backup(const Health *h)
{
        return h->ledger.backed_up_utc_ms != NULL_INTEGER && h->now_utc_ms - h->ledger.backed_up_utc_ms > 31 * DAY_MS;
}

static const char *how_begun(const Health *h)
{
        return h->begun;
}

static bool has_underived(const Health *h)
{
        return h->n_aside > 0;
}

static bool has_untimed(const Health *h)
{
        return h->n_untimed > 0;
}

static bool has_unreadable(const Health *h)
{
        return h->n_unreadable > 0;
}

static bool has_no_runner(const Health *h)
{
        return h->n_runners == 0;
}

static bool has_no_pod(const Health *h)
{
        return h->n_runners > 0 && h->n_pods == 0;
}

static bool lacks_consent(const Health *h)
{
        return h->n_without_consent > 0;
}

static const struct Finding {
        const char *id;
        const char *severity; /* "error" "warning" "notice", worst first */
        bool (*applies)(const Health *health);
        const char *cause;
        const char *fix;
        const char *(*evidence)(const Health *health); /* NULL: the cause says it all */
} findings[] = {
        {"D-CLOCK-01", "error", has_no_clock,
         "the clock was never set since the start: everything is recorded, nothing is published",
         "connect the gateway to the network, then: timedatectl status"},
        {"D-RADIO-01", "error", has_no_bluetoothd, "bluetoothd is not running: no pod is heard",
         "systemctl start bluetooth; if it does not stay up: journalctl -u bluetooth -e"},
        {"D-RADIO-02", "error", has_no_adapter, "there is no Bluetooth adapter",
         "plug one in, or look with: rfkill list"},
        {"D-RADIO-03", "error", is_powered_off, "the Bluetooth adapter is switched off",
         "bluetoothctl power on; if it refuses: rfkill unblock bluetooth"},
        {"D-CLINIC-01", "error", is_not_connected,
         "the clinic's broker is not connected: rows wait here, nothing is lost",
         "look at clinic.last_error in: stridectl status --json", last_error},
        {"D-CLINIC-05", "error", is_set_back,
         "the broker and this gateway cannot hand over everything: what is left waits and is tried again",
         "if the broker refuses, its access list or quota must let this gateway write below its own "
         "branch; if nothing can be kept here, make room: df -h", last_error},
        {"D-CLINIC-06", "warning", has_set_aside,
         "messages that the clinic's broker will never take as they are were set aside",
         "raise the broker's limit on the size of messages; list them with: stridectl export outbox",
         newest_set_aside},
        {"D-CLINIC-07", "warning", has_unbuildable,
         "no message can be made of a row for the clinic; the others go on, it is tried every 5 minutes",
         "the evidence says why; a runner's time zone must be known here: timedatectl list-timezones",
         last_unbuildable},
        {"D-DISK-01", "error", has_little_disk,
         "there is no room for what pods hold: they keep it, the diary and the clinic go on",
         "make room where the ledger is; look with: df -h"},
        {"D-DISK-03", "error", has_full_disk,
         "nothing can be written any more: pods keep their records, messages of the clinic wait at the broker",
         "make room where the ledger is, or raise size_max_mb in strided.conf; look with: df -h"},
        {"D-DISK-04", "error", has_failing_disk,
         "the ledger's file cannot be read or written: pods keep their records, what was accepted is kept",
         "look with: dmesg; stridectl backup FILE, to another disk; then change the disk or card"},
        {"D-DISK-05", "error", has_no_budget_left,
         "the ledger's budget is used up: pods' memories are not read, the diary and the clinic go on",
         "raise size_max_mb in strided.conf, or lower keep_records_days; then: systemctl reload strided"},
        {"D-LEDGER-03", "error", was_rebuilt,
         "the ledger was damaged and made anew from what could be read; pods are asked for the rest",
         "check the disk or card; stridectl pods shows what is lost; then move the damaged file away: this is "
         "said as long as it lies there", how_begun},
        {"D-DISK-02", "warning", has_little_budget,
         "four fifths of the ledger's budget are used: older raw records go earlier, runs and weeks stay",
         "raise size_max_mb in strided.conf; then: systemctl reload strided"},
        {"D-CLOCK-02", "warning", has_untimed,
         "records wait for a time: they came while the clock was not set, or their pod started again before a "
         "gateway was near; they are in no run yet",
         "keep the gateway on a network with NTP; pods with memory bring their time on the next link: which of them "
         "cannot any more is said below"},
        {"D-LEDGER-01", "warning", has_underived,
         "something could not be made into runs or weeks: its records are kept, it is tried again",
         "see which and why: journalctl -u strided -p err; if a time zone is missing, install tzdata"},
        {"D-LEDGER-02", "warning", has_unreadable,
         "stored records cannot be read back: the ledger's file may be damaged",
         "see which: journalctl -u strided -p err; check the disk; keep a copy of the ledger"},
        {"D-CLINIC-03", "warning", has_old_rows, "rows wait for the clinic for more than a day",
         "look with: stridectl outbox"},
        {"D-CLINIC-08", "warning", has_unconfirmed,
         "the clinic's archive has not confirmed what the broker took for more than a day: it is kept here "
         "and sent again",
         "ask the clinic whether its archive runs and may publish to in/receipt; nothing is lost meanwhile",
         unconfirmed_since},
        {"D-CLINIC-04", "warning", is_plaintext, "what goes to the broker is not encrypted",
         "set tls = yes in strided.conf"},
        {"D-ROSTER-01", "notice", has_no_runner, "there is no runner yet",
         "stridectl runners add r1 --zone Europe/Berlin"},
        {"D-ROSTER-02", "notice", has_no_pod, "no pod is paired yet", "stridectl scan"},
        {"D-ROSTER-03", "notice", lacks_consent,
         "a runner has not consented: nothing of theirs is published", "stridectl consent RUNNER on"},
        {"D-CLINIC-02", "notice", has_no_broker, "no broker is configured: nothing leaves this house",
         "set host in the [broker] section of strided.conf, then: systemctl reload strided"},
        {"D-LEDGER-04", "notice", was_restored, "the ledger is a backup that was put back",
         "what pods have freed since it was made is listed as lost: stridectl pods; then move the other one away",
         how_begun},
        {"D-LEDGER-05", "notice", has_old_backup, "the last backup of the ledger is more than a month old",
         "stridectl backup FILE"},
};

static int append_finding(sd_bus_message *m, const struct Finding *finding, const Health *health)
{
        int r = dict_open(m);

        if (r >= 0)
                r = dict_text(m, "id", finding->id);
        if (r >= 0)
                r = dict_text(m, "severity", finding->severity);
        if (r >= 0)
                r = dict_text(m, "cause", finding->cause);
        if (r >= 0)
                r = dict_text(m, "evidence",
                              finding->evidence ? finding->evidence(health) : "");
        if (r >= 0)
                r = dict_text(m, "fix", finding->fix);
        return r < 0 ? r : dict_close(m);
}

static int append_conflict(const Section *section, const Pod *pod)
{
        char cause[160], fix[160];
        Pod other;
        int r = conflict_of_pod(section->health->control, pod, &other);

        if (r <= 0)
                return r;
        (void)snprintf(cause, sizeof(cause), "%s wears two pods as %s: %s and %s", pod->runner,
                       placement_name((Placement)pod->placement), other.address, pod->address);
        (void)snprintf(fix, sizeof(fix), "give one of them to who wears it, or another place: stridectl "
                                         "pair %s --runner RUNNER --placement PLACEMENT",
                       pod->address);
        return append_finding(section->m,
                              &(struct Finding){.id = "D-POD-03", .severity = "warning",
                                                .cause = cause, .fix = fix},
                              section->health);
}

static int append_losses(const Section *section, const Pod *pod)
{
        const char *place = placement_name((Placement)pod->placement);
        char cause[200], fix[160];
        PodLosses losses;
        int r = losses_of_pod(section->health->control->ledger, pod, section->health->now_utc_ms, &losses);

        (void)snprintf(fix, sizeof(fix), "see which: stridectl pods %s; bring it near the gateway more often",
                       pod->address);
        if (r >= 0 && losses.lost > 0) {
                (void)snprintf(cause, sizeof(cause), "%lld records of pod %s (%s) are lost (%s): days they may be of are "
                               "not known", (long long)losses.lost, pod->address, place, losses.reasons);
                r = append_finding(section->m,
                                   &(struct Finding){.id = "D-POD-06", .severity = "warning", .cause = cause, .fix = fix},
                                   section->health);
        }
        if (r >= 0 && losses.untimed > 0) {
                (void)snprintf(cause, sizeof(cause), "%lld records of pod %s (%s) have no time: it started again before a "
                               "gateway that knows the time was near", (long long)losses.untimed, pod->address, place);
                r = append_finding(section->m,
                                   &(struct Finding){.id = "D-POD-07", .severity = "warning", .cause = cause, .fix = fix},
                                   section->health);
        }
        return r < 0 ? r : 0;
}

/* When it was heard is written with the next commit; a pod that is there is heard. */
static bool is_linked(const LinkState *link)
{
        return strcmp(link->state, "live") == 0 || strcmp(link->state, "syncing") == 0;
}

static int append_pod_findings(const Pod *pod, void *userdata)
{
        const Section *section = userdata;
        int64_t silent_ms = pod->last_heard_utc_ms == NULL_INTEGER
                                    ? INT64_MAX
                                    : section->health->now_utc_ms - pod->last_heard_utc_ms;
        LinkState link = {.state = "absent"};
        char cause[160], fix[160];
        int r = 0;

        (void)ble_link_state(section->health->control->ble, pod->address, &link); /* else absent */
        if (silent_ms > 3 * DAY_MS && !is_linked(&link)) {
                (void)snprintf(cause, sizeof(cause), "pod %s (%s) was not heard for %s", pod->address,
                               placement_name((Placement)pod->placement),
                               silent_ms == INT64_MAX ? "as long as it is known" : "more than 3 days");
                (void)snprintf(fix, sizeof(fix), "bring it near the gateway and wake it; then: stridectl "
                                                 "pods %s",
                               pod->address);
                r = append_finding(section->m,
                                   &(struct Finding){.id = "D-POD-01", .severity = "warning",
                                                     .cause = cause, .fix = fix},
                                   section->health);
        }
        if (r >= 0 && pod->battery_pct != NULL_INTEGER && pod->battery_pct <= 10) {
                (void)snprintf(cause, sizeof(cause), "the battery of pod %s is at %d %%", pod->address,
                               (int)pod->battery_pct);
                r = append_finding(section->m,
                                   &(struct Finding){.id = "D-POD-02", .severity = "warning",
                                                     .cause = cause,
                                                     .fix = "charge it, or change its battery"},
                                   section->health);
        }
        if (r >= 0)
                r = append_losses(section, pod);
        if (r >= 0)
                r = append_conflict(section, pod);
        return r < 0 ? r : 0;
}

int method_doctor(sd_bus_message *call, void *userdata, sd_bus_error *error)
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
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(findings); i++) {
                if (findings[i].applies(&health))
                        r = append_finding(reply, &findings[i], &health);
        }
        if (r >= 0)
                r = pod_each(control->ledger, append_pod_findings, &section);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}
