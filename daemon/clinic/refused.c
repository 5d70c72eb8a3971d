/* Rows that the broker does not take: they do not hold up the others.
 *
 * What is refused by a reason code, or proved by cut connections (suspects.h), is set aside with its reason.
 * It is tried again when a connection begins, and now and then: the broker's access list may be mended. */
#include "daemon/clinic/state.h"

#include "base/log.h"

#include <stdio.h>

/* ---- setting aside ---- */

static void try_later(Refused *refused)
{
        if (!timer_is_armed(refused->timer))
                timer_arm(refused->timer, refused->wait_ms);
}

static int set_aside(Clinic *clinic, const OutboxRow *row, bool mendable, const char *why)
{
        Refused *refused = &clinic->refused;
        char name[192], next[64] = "for a human";
        int r = outbox_set_aside(clinic->ledger, row->id, mendable, why);

        if (r < 0)
                return r;
        if (mendable) {
                try_later(refused);
                (void)snprintf(next, sizeof(next), "to be tried again in %lld s", (long long)(refused->wait_ms / 1000));
        }
        sender_row_name(row, name, sizeof(name));
        log_event(LOG_OUTBOX, refused->is_told ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR, NULL, row->runner,
                  "the broker does not take %s (%s): set aside, %s; the others go on", name, why, next);
        refused->is_told = true;
        return 0;
}

static void set_aside_or_complain(Clinic *clinic, const OutboxRow *row, bool mendable, const char *why)
{
        int r = set_aside(clinic, row, mendable, why);

        if (r < 0) /* it waits, and is refused once more */
                clinic_complain(&clinic->complaints, "a refused row could not be set aside", r, clinic->ledger);
}

static void on_again(void *userdata)
{
        Clinic *clinic = userdata;
        Refused *refused = &clinic->refused;
        int64_t most = refused->costs_connections ? REFUSED_CUT_MAX_MS : REFUSED_AGAIN_MAX_MS;

        refused->is_due = true;
        refused->wait_ms = refused->wait_ms * 2 < most ? refused->wait_ms * 2 : most;
        clinic_wake(clinic);
}

/* ---- what goes last ---- */

bool refused_waits(const Clinic *clinic)
{
        const Refused *refused = &clinic->refused;

        return refused->alone != 0 && mqtt_carries(clinic->mqtt, refused->alone) &&
               clock_boottime_ms(clinic->clock) - refused->alone_boottime_ms < REFUSED_ALONE_MS;
}

int refused_passes_over(Clinic *clinic, const OutboxRow *row)
{
        const Suspect *suspect = suspects_find(&clinic->refused.suspects, row);
        int r;

        if (!suspect_is_proven(suspect))
                return suspect != NULL;
        r = set_aside(clinic, row, true, suspect->why);
        return r < 0 ? r : 1;
}

/* 1: *ret is a suspect that was not tried in this connection. */
static int next_suspect(Clinic *clinic, OutboxRow *ret)
{
        Refused *refused = &clinic->refused;
        int r = refused->suspects.n > 0;

        while (r > 0) {
                r = outbox_next_any(clinic->ledger, refused->last_suspect, ret);
                if (r <= 0)
                        break;
                refused->last_suspect = ret->id;
                if (suspects_find(&refused->suspects, ret))
                        break;
        }
        return r;
}

/* 1: *ret was set aside before and is tried again. */
static int next_mendable(Clinic *clinic, OutboxRow *ret)
{
        Refused *refused = &clinic->refused;
        int r;

        if (!refused->is_due)
                return 0;
        r = outbox_next_mendable(clinic->ledger, refused->last_mendable, ret);
        if (r < 0)
                return r;
        refused->is_due = r > 0;
        refused->last_mendable = r > 0 ? ret->id : 0;
        return r;
}

int refused_next(Clinic *clinic)
{
        Refused *refused = &clinic->refused;
        OutboxRow row;
        int r;

        if (mqtt_in_flight(clinic->mqtt) > 0)
                return 0; /* its PUBACK wakes us */
        r = next_suspect(clinic, &row);
        if (r == 0)
                r = next_mendable(clinic, &row);
        if (r <= 0)
                return r;
        r = sender_send_row(clinic, &row);
        if (r <= 0)
                return r < 0 ? r : 1;
        refused->alone = row.id;
        refused->alone_boottime_ms = clock_boottime_ms(clinic->clock);
        timer_arm(clinic->pump_timer, REFUSED_ALONE_MS);
        return 0;
}

/* ---- news ---- */

void refused_connected(Clinic *clinic)
{
        Refused *refused = &clinic->refused;

        refused->alone = refused->last_suspect = 0;
        if (!refused->was_cut)
                refused->is_due = true;
        refused->was_cut = false;
}

void refused_by_code(Clinic *clinic, int64_t id, bool mendable, const char *why)
{
        Refused *refused = &clinic->refused;
        OutboxRow row;
        int r = outbox_get(clinic->ledger, id, &row);

        if (r < 0)
                clinic_complain(&clinic->complaints, "a refused row could not be read", r, clinic->ledger);
        if (r <= 0)
                return;
        if (mendable)
                (void)suspects_note(&refused->suspects, &row, SUSPECT_PROOFS, why);
        set_aside_or_complain(clinic, &row, mendable, why);
}

void refused_for_later(Clinic *clinic, int64_t id, const char *why)
{
        OutboxRow row;

        if (outbox_get(clinic->ledger, id, &row) > 0) /* else it is first once more */
                (void)suspects_note(&clinic->refused.suspects, &row, 0, why);
}

void refused_delivered(Clinic *clinic, int64_t id)
{
        Refused *refused = &clinic->refused;
        OutboxRow row;

        if (refused->suspects.n == 0 && refused->alone != id)
                return;
        if (outbox_get(clinic->ledger, id, &row) <= 0)
                return; /* a suspect less is found out at its next delivery */
        suspects_clear(&refused->suspects, &row);
        if (refused->alone != id)
                return;
        refused->alone = 0;
        if (row.state != OUTBOX_SET_ASIDE)
                return;
        refused->is_told = refused->costs_connections = false;
        refused->is_due = true; /* the others may be taken, too */
        refused->wait_ms = REFUSED_AGAIN_FIRST_MS;
}

void refused_cut(Clinic *clinic, const char *why)
{
        Refused *refused = &clinic->refused;
        int64_t rows[MQTT_IN_FLIGHT_MAX];
        size_t n = mqtt_carried(clinic->mqtt, rows);
        char reason[160];

        (void)snprintf(reason, sizeof(reason), "the connection ended when it was sent: %.120s", why);
        refused->was_cut = n == 1;
        for (size_t i = 0; i < n; i++) {
                OutboxRow row;

                if (outbox_get(clinic->ledger, rows[i], &row) <= 0)
                        continue; /* as above */
                if (suspects_note(&refused->suspects, &row, n == 1, reason) < SUSPECT_PROOFS &&
                    row.state != OUTBOX_SET_ASIDE)
                        continue;
                refused->is_due = false;
                refused->costs_connections = true;
                set_aside_or_complain(clinic, &row, true, reason);
        }
}

int refused_init(Clinic *clinic)
{
        clinic->refused.wait_ms = REFUSED_AGAIN_FIRST_MS;
        return timer_new(clinic->clock, "clinic-refused", on_again, clinic, &clinic->refused.timer);
}
