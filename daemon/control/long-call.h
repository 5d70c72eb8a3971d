/* long-call.h: Private to control. Calls that take their time. A client that vanishes takes its wish along. */
#pragma once

#include "daemon/control/state.h"

#include "proto/record.h"

struct LongCall {
        LongCall *next;
        Control *control;
        sd_bus_message *call;
        sd_bus_track *track; /* of the client */
        char runner[ID_SIZE];
        char address[ADDRESS_SIZE];
        Placement placement;
        bool is_forced, is_read; /* of Unpair */
        char why[256];           /* it was not read to its end */
};

/* 0, -ENOMEM, -errno of sd-bus. */
int long_call_begin(Control *control, sd_bus_message *call, LongCall **ret) MUST_CHECK;
void long_call_end(LongCall *long_call);

/* What ble answered, as an error of ours; `message`: what and what to do next, or NULL. Fills `error`, returns
 * what a method returns. */
int radio_error(sd_bus_error *error, int r, const char *message);
/* The call's answer. */
void long_call_radio_failed(LongCall *long_call, int r, const char *message);
void long_call_ledger_failed(LongCall *long_call, int r);
