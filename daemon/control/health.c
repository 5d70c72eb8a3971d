#include "daemon/control/health.h"

#include "daemon/ledger/due.h"
#include "daemon/ledger/receipts.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/redflags.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/timebase.h"

#include <stdio.h>

static int count_pod(const Pod *pod, void *userdata)
{
        (void)pod;
        ((Health *)userdata)->n_pods++;
        return 0;
}

static int count_runner(const Runner *runner, void *userdata)
{
        Health *health = userdata;

        health->n_runners++;
        health->n_without_consent += runner->consent != 1;
        return 0;
}

static int read_set_aside(Control *control, Health *ret)
{
        OutboxRow row;
        int r = outbox_count_set_aside(control->ledger, &ret->n_set_aside, &row);

        if (r >= 0 && ret->n_set_aside > 0)
                (void)snprintf(ret->set_aside, sizeof(ret->set_aside), "%lld; the newest is row %lld: %s%s%s%s%s%s%s",
                               (long long)ret->n_set_aside, (long long)row.id, outbox_kind_name(row.kind),
                               row.runner[0] ? " " : "", row.runner, row.key[0] ? " " : "", row.key,
                               row.refusal[0] ? ": " : "", row.refusal);
        return r;
}

#define NEAR_PERCENT 90 /* of the budget: what lies above is never its beginning */

static int read_condition(Control *control, Health *ret)
{
        char at[RFC3339_SIZE];
        int r = ledger_condition(control->ledger, &ret->ledger);

        if (r < 0)
                return r;
        if (ledger_used(control->ledger, &ret->in_use_octets) < 0)
                ret->in_use_octets = NULL_INTEGER;
        if (ret->size_max_octets <= 0)
                ret->size_max_octets = NULL_INTEGER;
        else
                ret->is_budget_used = ret->in_use_octets / (ret->size_max_octets / 100 + 1) >= NEAR_PERCENT;
        if (ret->ledger.begun_utc_ms == NULL_INTEGER)
                return 0;
        rfc3339_format(ret->ledger.begun_utc_ms, at);
        (void)snprintf(ret->begun, sizeof(ret->begun), "%s %.19s UTC; the other one is %s", ret->ledger.begun_by, at,
                       ret->ledger.aside);
        return 0;
}

static int read_unconfirmed(Control *control, Health *ret)
{
        int r = receipts_awaited(control->ledger, &ret->unconfirmed, &ret->oldest_unconfirmed_utc_ms);
        char since[RFC3339_SIZE] = "";

        if (r < 0 || ret->unconfirmed == 0)
                return r;
        rfc3339_format(ret->oldest_unconfirmed_utc_ms, since);
        (void)snprintf(ret->unconfirmed_since, sizeof(ret->unconfirmed_since), "%lld rows since %s",
                       (long long)ret->unconfirmed, since);
        return 0;
}

static int read_redflag(const RedFlagState *flag, void *userdata)
{
        Health *health = userdata;
        char at[RFC3339_SIZE];

        health->is_redflag_told |= flag->told_utc_ms != NULL_INTEGER;
        if (health->n_redflags++ > 0)
                return 0;
        rfc3339_format(flag->received_utc_ms, at);
        (void)snprintf(health->redflags, sizeof(health->redflags), "the oldest is %s of %s, since %s", flag->id,
                       flag->runner, at);
        return 0;
}

static int read_apart(Control *control, Health *ret)
{
        char address[ADDRESS_SIZE] = "";
        uint32_t epoch = 0;
        int r = laps_apart(control->ledger, &ret->n_apart, address, &epoch);

        if (r >= 0 && ret->n_apart > 0)
                (void)snprintf(ret->apart, sizeof(ret->apart), "epoch %u of %s", epoch, address);
        return r;
}

int health_read(Control *control, Health *ret)
{
        int r;

        *ret = (Health){.control = control,
                        .now_utc_ms = clock_utc_ms(control->clock),
                        .clock = clock_quality(control->clock),
                        .disk = ledger_disk(control->ledger),
                        .size_max_octets = ledger_size_max(control->ledger)};
        ble_radio_state(control->ble, &ret->radio);
        if (control->clinic)
                clinic_state(control->clinic, &ret->clinic);
        if (ledger_size(control->ledger, &ret->used_octets, &ret->free_octets) < 0)
                ret->used_octets = ret->free_octets = NULL_INTEGER;
        r = outbox_waiting(control->ledger, &ret->waiting, &ret->oldest_utc_ms);
        if (r >= 0)
                r = read_unconfirmed(control, ret);
        if (r >= 0)
                r = resend_running(control->ledger, &ret->resend);
        if (r >= 0)
                r = read_set_aside(control, ret);
        if (r >= 0)
                r = set_aside_count(control->ledger, &ret->n_aside);
        if (r >= 0)
                r = unreadable_count(control->ledger, &ret->n_unreadable);
        if (r >= 0)
                r = timebase_unplaced(control->ledger, &ret->n_untimed);
        if (r >= 0)
                r = read_apart(control, ret);
        if (r >= 0)
                r = redflag_open_each(control->ledger, NULL, read_redflag, ret);
        if (r >= 0)
                r = read_condition(control, ret);
        if (r >= 0)
                r = pod_each(control->ledger, count_pod, ret);
        if (r >= 0)
                r = runner_each(control->ledger, count_runner, ret);
        return r < 0 ? r : 0;
}
