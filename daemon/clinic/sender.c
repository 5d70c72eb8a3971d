/* From the outbox to the broker: what is sent, what waits, what is passed over. */
#include "daemon/clinic/state.h"

#include "base/log.h"
#include "daemon/clinic/message.h"
#include "daemon/ledger/receipts.h"
#include "daemon/ledger/resend.h"
#include "proto/fields.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define AGAIN_MS    300000 /* for rows that no message could be made of */
#define ROWS_A_TURN 64

MessageSource clinic_source(const Clinic *clinic)
{
        return (MessageSource){.ledger = clinic->ledger,
                               .clock = clinic->clock,
                               .prefix = &clinic->prefix,
                               .config = &clinic->config,
                               .observer = clinic->observer,
                               .userdata = clinic->userdata,
                               .refused_inbound = clinic->intake ? intake_refused(clinic->intake) : 0};
}

void sender_row_name(const OutboxRow *row, char *ret, size_t size)
{
        (void)snprintf(ret, size, "row %lld (%s%s%s%s%s)", (long long)row->id,
                       outbox_kind_name(row->kind), row->runner[0] ? " " : "", row->runner,
                       row->key[0] ? " " : "", row->key);
}

int sender_send_row(Clinic *clinic, const OutboxRow *row)
{
        MessageSource source = clinic_source(clinic);
        Message message;
        int r = message_build(&source, row, &message);

        if (r == 0)
                return outbox_cancel(clinic->ledger, row->id);
        if (r == -ENOBUFS) {
                log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, row->runner,
                          "row %lld (%s %s) makes too large a message, set aside",
                          (long long)row->id, outbox_kind_name(row->kind), row->key);
                return outbox_set_aside(clinic->ledger, row->id, false, "larger than a message may be");
        }
        if (r < 0)
                return r;
        r = mqtt_publish(clinic->mqtt, message.topic, message.payload, message.size,
                         message.retained, row->id);
        if (r < 0)
                return r;
        outbox_attempt(clinic->ledger, row->id);
        return 1;
}

/* Something is wrong with this one row: those behind it must not wait for it. */
static void pass_over(Clinic *clinic, const OutboxRow *row, int why)
{
        ClinicState *state = &clinic->state;
        char name[192];

        sender_row_name(row, name, sizeof(name));
        (void)snprintf(state->unbuildable_row, sizeof(state->unbuildable_row), "%s: %s", name,
                       strerror(-why));
        if (state->unbuildable++ == 0)
                log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, row->runner,
                          "no message can be made of %s, trying again in %d s; the others go on",
                          state->unbuildable_row, AGAIN_MS / 1000);
        if (!timer_is_armed(clinic->again_timer))
                timer_arm(clinic->again_timer, AGAIN_MS);
}

/* 0, also where the row is not sent; -errno of the ledger or the connection: not now. */
static int offer(Clinic *clinic, const OutboxRow *row)
{
        int r = refused_passes_over(clinic, row);

        if (r == 0)
                r = sender_send_row(clinic, row);
        if (ledger_is_unusable(r) || r == -ENOBUFS || r == -ENOTCONN)
                return r;
        if (r < 0)
                pass_over(clinic, row, r);
        return 0;
}

/* 1: go on; 0: nothing is left; -errno of the ledger or the connection: not now. */
static int send_next(Clinic *clinic)
{
        OutboxRow row;
        int64_t *last = &clinic->last_redflag;
        int r = outbox_next_redflag(clinic->ledger, *last, &row);

        if (r == 0) {
                last = &clinic->last_sent;
                r = outbox_next(clinic->ledger, *last, &row);
        }
        if (r == 0)
                return refused_next(clinic);
        if (r > 0 && !mqtt_carries(clinic->mqtt, row.id))
                r = offer(clinic, &row);
        if (r < 0)
                return r;
        *last = row.id;
        return 1;
}

/* ---- receipts of the archive ---- */

static void on_receipts_due(void *userdata)
{
        Clinic *clinic = userdata;
        int64_t next, now = clock_utc_ms(clinic->clock);
        int r;

        if (!clinic->state.connected || clinic->config.confirm != CLINIC_RECEIPT)
                return;
        if (clock_quality(clinic->clock) == CLOCK_UNSET) { /* nobody knows how long ago anything was */
                timer_arm(clinic->receipt_timer, LEDGER_RETRY_MS);
                return;
        }
        r = receipts_overdue(clinic->ledger, (int64_t)clinic->config.receipt_within_s * 1000, &next);
        if (r < 0) {
                clinic_complain(&clinic->complaints, "rows without a receipt could not be taken up again", r, clinic->ledger);
                timer_arm(clinic->receipt_timer, LEDGER_RETRY_MS);
                return;
        }
        if (next != NULL_INTEGER)
                timer_arm(clinic->receipt_timer, next > now ? next - now : 0);
        if (r == 0)
                return;
        log_event(LOG_OUTBOX, LOG_LEVEL_WARNING, NULL, NULL,
                  "the clinic's archive has not confirmed %d rows in time, sending them again", r);
        sender_start_over(clinic);
}

/* What was taken while the proof was another one is judged by today's. */
static int recall_taken(Clinic *clinic, bool session_kept)
{
        if (clinic->config.confirm != CLINIC_RECEIPT)
                return receipts_waive(clinic->ledger);
        return session_kept ? 0 : receipts_forgotten(clinic->ledger);
}

void sender_connected(Clinic *clinic, bool session_kept)
{
        int r = recall_taken(clinic, session_kept);

        if (r >= 0 && !session_kept)
                r = outbox_restore_retained(clinic->ledger);
        if (r < 0)
                clinic_complain(&clinic->complaints, "what the broker may have forgotten could not be taken up again", r, clinic->ledger);
        timer_arm(clinic->receipt_timer, 0);
        sender_start_over(clinic); /* what was under way is sent again, under the same ids */
}

/* ---- PUBACKs ---- */

static int settle_by_proof(Clinic *clinic)
{
        int r;

        if (clinic->config.confirm != CLINIC_RECEIPT)
                return outbox_settle(clinic->ledger, clinic->settled, clinic->n_settled);
        r = receipts_await(clinic->ledger, clinic->settled, clinic->n_settled);
        if (r >= 0 && !timer_is_armed(clinic->receipt_timer))
                timer_arm(clinic->receipt_timer, (int64_t)clinic->config.receipt_within_s * 1000);
        return r;
}

/* What is confirmed leaves the outbox. Until that is written nothing more is sent: sent again
 * after a newer one, an old row would be the last word. False: not yet. */
static bool settle(Clinic *clinic)
{
        int r;

        if (clinic->n_settled == 0)
                return true;
        r = settle_by_proof(clinic);
        if (r < 0) {
                clinic_complain(&clinic->complaints, "confirmed rows could not be settled", r, clinic->ledger);
                timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
                return false;
        }
        clinic->n_settled = 0;
        clinic_works(&clinic->complaints);
        clinic->state.last_puback_utc_ms = clock_utc_ms(clinic->clock);
        return true;
}

static void on_pump(void *userdata)
{
        Clinic *clinic = userdata;
        int r = 1;

        if (!settle(clinic) || refused_waits(clinic))
                return;
        /* Without a set clock nothing is published: its times would be wrong. */
        if (clock_quality(clinic->clock) == CLOCK_UNSET) {
                timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
                return;
        }
        for (int n = 0; r > 0 && clinic->state.connected; n++) {
                if (mqtt_in_flight(clinic->mqtt) == MQTT_IN_FLIGHT_MAX)
                        return; /* the next PUBACK wakes us */
                if (n == ROWS_A_TURN) {
                        timer_arm(clinic->pump_timer, 0);
                        return;
                }
                r = send_next(clinic);
        }
        if (r == 0) { /* nothing waits: what the archive asked for may */
                r = resend_slice(clinic->ledger);
                if (r > 0)
                        sender_start_over(clinic);
        }
        if (r < 0) {
                if (r != -ENOTCONN) /* of that end there will be news */
                        clinic_complain(&clinic->complaints, "the outbox stands still", r, clinic->ledger);
                timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
        }
}

void clinic_wake(Clinic *clinic)
{
        if (clinic->state.connected)
                timer_arm(clinic->pump_timer, 0);
}

void sender_start_over(Clinic *clinic)
{
        clinic->last_sent = clinic->last_redflag = 0;
        clinic->state.unbuildable = 0;
        clinic->state.unbuildable_row[0] = '\0';
        timer_disarm(clinic->again_timer);
        clinic_wake(clinic);
}

static void on_again(void *userdata)
{
        sender_start_over(userdata);
}

void sender_delivered(Clinic *clinic, int64_t row)
{
        mqtt_landed(clinic->mqtt, row);
        refused_delivered(clinic, row);
        assert(clinic->n_settled < MQTT_IN_FLIGHT_MAX);
        clinic->settled[clinic->n_settled++] = row;
}

void sender_settle(Clinic *clinic)
{
        if (clinic->n_settled > 0 && settle(clinic))
                clinic_wake(clinic);
}

int sender_init(Clinic *clinic)
{
        int r = timer_new(clinic->clock, "clinic-pump", on_pump, clinic, &clinic->pump_timer);

        if (r >= 0)
                r = timer_new(clinic->clock, "clinic-again", on_again, clinic, &clinic->again_timer);
        if (r >= 0)
                r = timer_new(clinic->clock, "clinic-receipts", on_receipts_due, clinic,
                              &clinic->receipt_timer);
        if (r >= 0)
                r = refused_init(clinic);
        return r;
}

void sender_clear(Clinic *clinic)
{
        if (clinic->n_settled > 0 &&
            settle_by_proof(clinic) < 0)
                log_event(LOG_OUTBOX, LOG_LEVEL_WARNING, NULL, NULL,
                          "confirmed rows could not be settled (%s), they are sent once more",
                          ledger_error(clinic->ledger));
        clinic->pump_timer = timer_free(clinic->pump_timer);
        clinic->again_timer = timer_free(clinic->again_timer);
        clinic->receipt_timer = timer_free(clinic->receipt_timer);
        clinic->refused.timer = timer_free(clinic->refused.timer);
}
