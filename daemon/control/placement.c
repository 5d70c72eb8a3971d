/* Where a pod was worn in the past, corrected. */
#include "daemon/control/conflicts.h"

#include "base/calendar.h"
#include "base/log.h"
#include "daemon/ledger/homes.h"
#include "daemon/ledger/placement.h"

#include <errno.h>
#include <string.h>

typedef struct Correction {
        char address[ADDRESS_SIZE];
        Placement placement;
        const char *from; /* as it was said */
        int64_t from_utc_ms;
        int confirmed;
        Pod pod;
} Correction;

/* A day begins where the runner is at home. */
static int read_from(Control *control, Correction *correction)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        int32_t day;
        int r;

        if (date_parse(correction->from, &day) < 0)
                return rfc3339_parse(correction->from, &correction->from_utc_ms);
        r = homes_new(control->ledger, correction->pod.runner, &homes);
        if (r >= 0)
                correction->from_utc_ms = homes_day_start_utc_ms(homes, day);
        return r;
}

static int read_correction(Control *control, sd_bus_message *call, Correction *ret, sd_bus_error *error)
{
        const char *address, *placement;
        int r = sd_bus_message_read(call, "sssb", &address, &placement, &ret->from, &ret->confirmed);

        if (r < 0)
                return r;
        if (address_parse(address, ret->address) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no Bluetooth address\nlist them with: stridectl pods", address);
        if (placement_parse(placement, &ret->placement) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no placement\nthere are: left-foot right-foot sacrum thoracolumbar "
                                         "left-thigh right-thigh chest",
                                         placement);
        r = pod_get(control->ledger, ret->address, &ret->pod);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        if (r == 0)
                return sd_bus_error_setf(error, ERROR_NOT_FOUND,
                                         "no pod %s is known here\nlist them with: stridectl pods", ret->address);
        r = read_from(control, ret);
        if (r == -EINVAL)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is neither a day nor a time\nit looks like 2026-11-10, or "
                                         "2026-11-10T17:30:00+01:00",
                                         ret->from);
        if (r == -ENOENT)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "nobody wears %s now, so no home says when that day began\nsay a time, as "
                                         "2026-11-10T00:00:00+01:00",
                                         ret->address);
        return r < 0 ? control_ledger_failed(control, error, r) : 0;
}

static int placement_failed(Control *control, const Correction *correction, int r, sd_bus_error *error)
{
        if (r == -ENXIO)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "nobody wore %s then\nwho wears it now: stridectl pods %s",
                                         correction->address, correction->address);
        return control_ledger_failed(control, error, r);
}

static int need_confirmation(Control *control, const Correction *correction, sd_bus_error *error)
{
        char conflict[200];
        int r = conflict_of_correction(control, correction->address, correction->placement, correction->from_utc_ms,
                                       conflict, sizeof(conflict));

        if (r < 0)
                return placement_failed(control, correction, r, error);
        if (r == 0)
                return 0;
        return sd_bus_error_setf(error, ERROR_UNSURE,
                                 "%s\nif the two were swapped, say so of both: stridectl pods %s --placement %s --from "
                                 "%s --yes",
                                 conflict, correction->address, placement_name(correction->placement),
                                 correction->from);
}

int method_correct_placement(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        Correction correction = {0};
        int r = read_correction(control, call, &correction, error);

        if (r >= 0 && !correction.confirmed)
                r = need_confirmation(control, &correction, error);
        if (r < 0)
                return r;
        r = placement_correct(control->ledger, correction.address, correction.placement, correction.from_utc_ms);
        if (r == -EINVAL)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "%s is yet to come\nfrom now on: stridectl pair %s --runner %s --placement %s",
                                         correction.from, correction.address, correction.pod.runner,
                                         placement_name(correction.placement));
        if (r < 0)
                return placement_failed(control, &correction, r, error);
        if (r > 0)
                log_event(LOG_POD_PAIRED, LOG_LEVEL_NOTICE, correction.address, correction.pod.runner,
                          "it was worn as %s since %s: what it told of that time is derived anew",
                          placement_name(correction.placement), correction.from);
        return sd_bus_reply_method_return(call, "b", r > 0);
}
