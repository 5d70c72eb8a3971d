#include "daemon/control/long-call.h"

#include <errno.h>
#include <string.h>

void long_call_end(LongCall *long_call)
{
        LongCall **at = &long_call->control->calls;

        while (*at && *at != long_call)
                at = &(*at)->next;
        if (*at)
                *at = long_call->next;
        sd_bus_track_unref(long_call->track);
        sd_bus_message_unref(long_call->call);
        free(long_call);
}

int64_t long_calls_count(const Control *control)
{
        int64_t n = 0;

        for (const LongCall *at = control->calls; at; at = at->next)
                n++;
        return n;
}

void long_calls_end(Control *control)
{
        while (control->calls) {
                ble_cancel(control->ble, control->calls);
                long_call_end(control->calls);
        }
}

static int on_vanished(sd_bus_track *track, void *userdata)
{
        LongCall *long_call = userdata;

        (void)track;
        ble_cancel(long_call->control->ble, long_call);
        long_call_end(long_call);
        return 0;
}

int long_call_begin(Control *control, sd_bus_message *call, LongCall **ret)
{
        LongCall *long_call = calloc(1, sizeof(*long_call));
        int r;

        if (!long_call)
                return -ENOMEM;
        long_call->control = control;
        long_call->call = sd_bus_message_ref(call);
        long_call->next = control->calls;
        control->calls = long_call;
        r = sd_bus_track_new(control->bus, &long_call->track, on_vanished, long_call);
        if (r >= 0)
                r = sd_bus_track_add_sender(long_call->track, call);
        if (r < 0) {
                long_call_end(long_call);
                return r;
        }
        *ret = long_call;
        return 0;
}

/* What ble answers, as errors of ours. */
static const struct {
        int error;
        const char *name;
        const char *text; /* NULL: the result says it */
} radio_errors[] = {
        {-ENODEV, ERROR_RADIO, "the radio cannot be used\nlook with: stridectl doctor"},
        {-EBUSY, ERROR_BUSY, "another scan or pairing is under way\ntry again in a minute"},
        {-ENOENT, ERROR_NO_POD, NULL},
        {-EPROTONOSUPPORT, ERROR_REFUSED, NULL},
        {-EACCES, ERROR_REFUSED, NULL},
        {-EKEYREJECTED, ERROR_PASSKEY, NULL},
        {-ENOTTY, ERROR_UNANSWERED, NULL},
        {-ETIMEDOUT, ERROR_TIMEOUT, NULL},
};

int radio_error(sd_bus_error *error, int r, const char *message)
{
        for (size_t i = 0; i < ARRAY_SIZE(radio_errors); i++) {
                if (radio_errors[i].error != r)
                        continue;
                return sd_bus_error_set(error, radio_errors[i].name,
                                        message && message[0] ? message : radio_errors[i].text);
        }
        return sd_bus_error_setf(error, ERROR_REFUSED, "%s",
                                 message && message[0] ? message : strerror(-r));
}

void long_call_radio_failed(LongCall *long_call, int r, const char *message)
{
        CLEANUP(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

        (void)radio_error(&error, r, message); /* fills `error` */
        /* fails when the client went away */
        (void)sd_bus_reply_method_error(long_call->call, &error);
}

void long_call_ledger_failed(LongCall *long_call, int r)
{
        CLEANUP(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

        (void)control_ledger_failed(long_call->control, &error, r); /* fills `error` */
        (void)sd_bus_reply_method_error(long_call->call, &error);   /* as above */
}
