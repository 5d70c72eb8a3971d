#include "daemon/control/conflicts.h"

#include "daemon/ledger/placement.h"
#include "proto/pods/pods.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- two pods at one place ---- */

typedef struct Place {
        const char *address; /* of the pod that is to be there */
        const char *runner;
        Placement placement;
        Pod *other;
} Place;

static bool is_beside_others(const Pod *pod)
{
        const PodDriver *driver = pod_driver_by_name(pod->driver);

        return driver && driver->is_beside_others;
}

static int find_other(const Pod *pod, void *userdata)
{
        Place *place = userdata;

        if (strcmp(pod->address, place->address) == 0 || strcmp(pod->runner, place->runner) != 0 ||
            (Placement)pod->placement != place->placement || is_beside_others(pod))
                return 0;
        *place->other = *pod;
        return 1;
}

int conflict_of_pod(Control *control, const Pod *pod, Pod *ret_other)
{
        Place place = {.address = pod->address,
                       .runner = pod->runner,
                       .placement = (Placement)pod->placement,
                       .other = ret_other};
        int r;

        if (pod->runner[0] == '\0' || is_beside_others(pod))
                return 0;
        r = pod_each(control->ledger, find_other, &place);
        return r <= 0 ? r : strcmp(pod->address, ret_other->address) > 0;
}

/* ---- a pairing ---- */

int conflict_of_pairing(Control *control, const char *address, const char *runner,
                        Placement placement, char *ret, size_t size)
{
        Pod pod, other;
        Place place = {.address = address, .runner = runner, .placement = placement, .other = &other};
        bool is_taken = false, is_worn = true;
        size_t used = 0;
        int r = pod_get(control->ledger, address, &pod);

        ret[0] = '\0';
        if (r > 0) {
                is_taken = pod.runner[0] != '\0' && strcmp(pod.runner, runner) != 0;
                is_worn = !is_beside_others(&pod); /* else not known before it is found */
        }
        if (is_taken)
                used = (size_t)snprintf(ret, size, "%s is the %s pod of %s, who would lose it", address,
                                        placement_name((Placement)pod.placement), pod.runner);
        if (r >= 0 && is_worn)
                r = pod_each(control->ledger, find_other, &place);
        else if (r > 0)
                r = 0;
        if (r > 0 && used < size)
                (void)snprintf(ret + used, size - used, "%s%s of %s is already worn as %s",
                               is_taken ? "; " : "", placement_name(placement), runner,
                               other.address);
        return r < 0 ? r : ret[0] != '\0';
}

/* ---- a correction ---- */

static int take_other(const Pod *pod, void *userdata)
{
        if (is_beside_others(pod))
                return 0;
        *(Pod *)userdata = *pod;
        return 1;
}

int conflict_of_correction(Control *control, const char *address, Placement placement, int64_t from_utc_ms, char *ret,
                           size_t size)
{
        Pod pod, other;
        int r = pod_get(control->ledger, address, &pod);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (is_beside_others(&pod))
                return 0;
        r = placement_others(control->ledger, address, placement, from_utc_ms, take_other, &other);
        if (r > 0)
                (void)snprintf(ret, size, "%s was worn as %s at that time, too", placement_name(placement),
                               other.address);
        return r;
}
