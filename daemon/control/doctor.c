/* The doctor: what is not well, ranked, each finding with its fix. */
#include "daemon/control/dict.h"

#include "base/calendar.h"
#include "daemon/control/doctor.h"
#include "daemon/control/health.h"

#include "daemon/ledger/roster.h"

#include <stdio.h>
#include <string.h>

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
        return h->disk == DISK_FAILING && !ledger_is_elsewhere(h->control->ledger);
}

static bool is_elsewhere(const Health *h)
{
        return ledger_is_elsewhere(h->control->ledger);
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

static bool has_unanswered_redflag(const Health *h)
{
        return h->n_redflags > 0 && h->is_redflag_told;
}

static bool has_waiting_redflag(const Health *h)
{
        return h->n_redflags > 0 && !h->is_redflag_told;
}

static const char *oldest_redflag(const Health *h)
{
        return h->redflags;
}

static bool has_laps_apart(const Health *h)
{
        return h->n_apart > 0;
}

static const char *newest_apart(const Health *h)
{
        return h->apart;
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

static const Finding findings[] = {
        {"D-REDFLAG-01", "error", has_unanswered_redflag,
         "a red flag of the diary waits, and nobody at the clinic has acknowledged it in time",
         "call the clinic now; without a broker or the runner's consent it was never told. Which ones: stridectl status",
         oldest_redflag},
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
        {"D-REDFLAG-02", "warning", has_waiting_redflag,
         "a red flag of the diary waits to be acknowledged by the clinic",
         "what to do meanwhile was told with the entry: stridectl diary RUNNER shows its state", oldest_redflag},
        {"D-CLINIC-06", "warning", has_set_aside,
         "messages that the clinic's broker does not take were set aside; the others go on",
         "the evidence says why: let the broker's access list allow this gateway its own branch (they are tried "
         "again by themselves, at once after: systemctl reload strided), or raise its limit on the size of "
         "messages; list them with: stridectl outbox",
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
        {"D-LEDGER-06", "error", is_elsewhere,
         "the ledger's file was removed or replaced while strided has it open: nothing more is taken from pods or "
         "the clinic",
         "do not stop strided before you copied the open file and its -wal from: ls -l /proc/$(pidof strided)/fd; then "
         "put that copy, or a backup (strided --restore FILE), in its place"},
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
        {"D-CLOCK-03", "notice", has_laps_apart,
         "records of one epoch of a pod were dated twice, seven weeks or more apart: one of the clocks was wrong; both "
         "are kept as they were dated",
         "look whether its runs are on their days: stridectl runs RUNNER; if not, import what is right", newest_apart},
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

int doctor_append(sd_bus_message *m, const Finding *finding, const Health *health)
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
                        r = doctor_append(reply, &findings[i], &health);
        }
        if (r >= 0)
                r = pod_each(control->ledger, doctor_append_pod, &section);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}
