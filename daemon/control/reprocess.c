/* Reprocess: what was kept raw, tried again. */
#include "daemon/control/dict.h"
#include "daemon/control/state.h"

#include "daemon/ble/reprocess.h"

int method_reprocess(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        ReprocessCount count;
        int r;

        if (clock_quality(control->clock) == CLOCK_UNSET) /* nobody knows how long ago anything was */
                return control_ledger_failed(control, error, -EAGAIN);
        r = reprocess(control->ledger, control->clock, &count);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = dict_integer(reply, "records_read", count.records_read);
        if (r >= 0)
                r = dict_integer(reply, "records_left", count.records_left);
        if (r >= 0)
                r = dict_integer(reply, "packets_read", count.packets_read);
        if (r >= 0)
                r = dict_integer(reply, "packets_left", count.packets_left);
        if (r >= 0)
                r = dict_integer(reply, "stored", count.stored);
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}
