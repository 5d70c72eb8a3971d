/* What the doctor says of pods. */
#include "daemon/control/conflicts.h"

#include "base/calendar.h"
#include "daemon/control/doctor.h"
#include "daemon/control/losses.h"
#include "daemon/control/state.h"

#include <stdio.h>
#include <string.h>

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
                r = doctor_append(section->m,
                                   &(Finding){.id = "D-POD-06", .severity = "warning", .cause = cause, .fix = fix},
                                   section->health);
        }
        if (r >= 0 && losses.untimed > 0) {
                (void)snprintf(cause, sizeof(cause), "%lld records of pod %s (%s) have no time: it started again before a "
                               "gateway that knows the time was near", (long long)losses.untimed, pod->address, place);
                r = doctor_append(section->m,
                                   &(Finding){.id = "D-POD-07", .severity = "warning", .cause = cause, .fix = fix},
                                   section->health);
        }
        return r < 0 ? r : 0;
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
        return doctor_append(section->m,
                              &(Finding){.id = "D-POD-03", .severity = "warning",
                                                .cause = cause, .fix = fix},
                              section->health);
}

static const char *const bond_ids[][2] = {
        {"none", "D-BOND-01"}, {"only-we", "D-BOND-02"}, {"only-pod", "D-BOND-03"}, {"keys-differ", "D-BOND-04"},
};

/* Each state ends with one action; a bond that is good, or not needed, with none. */
static int append_bond(const Section *section, const Pod *pod, const LinkState *link)
{
        char cause[256], fix[320];
        Finding finding = {.id = "D-BOND-00", .severity = link->bond_is_bad ? "error" : "notice",
                           .cause = cause, .fix = fix};

        for (size_t i = 0; i < ARRAY_SIZE(bond_ids); i++) {
                if (strcmp(bond_ids[i][0], link->bond) == 0)
                        finding.id = bond_ids[i][1];
        }
        (void)snprintf(cause, sizeof(cause), "pod %s (%s): %s [bond: %s, link: %s]", pod->address,
                       placement_name((Placement)pod->placement),
                       link->bond_sentence[0] ? link->bond_sentence : "it cannot bond, and is heard by its address",
                       link->bond, link->state);
        if (link->bond_is_bad)
                (void)snprintf(fix, sizeof(fix), "%sstridectl pair %s --runner %s --placement %s",
                               link->bond_needs_reset
                                       ? "make the pod forget its bond (hold its button for 5 s until the light is "
                                         "blue), then: "
                                       : "",
                               pod->address, pod->runner, placement_name((Placement)pod->placement));
        else
                (void)snprintf(fix, sizeof(fix), "%s", strcmp(link->bond, "unproven") == 0
                                                               ? "bring it near the gateway and wake it"
                                                               : "nothing to do");
        return doctor_append(section->m, &finding, section->health);
}

/* When it was heard is written with the next commit; a pod that is there is heard. */
static bool is_linked(const LinkState *link)
{
        return strcmp(link->state, "live") == 0 || strcmp(link->state, "syncing") == 0;
}

int doctor_append_pod(const Pod *pod, void *userdata)
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
                r = doctor_append(section->m,
                                   &(Finding){.id = "D-POD-01", .severity = "warning",
                                                     .cause = cause, .fix = fix},
                                   section->health);
        }
        if (r >= 0 && pod->battery_pct != NULL_INTEGER && pod->battery_pct <= 10) {
                (void)snprintf(cause, sizeof(cause), "the battery of pod %s is at %d %%", pod->address,
                               (int)pod->battery_pct);
                r = doctor_append(section->m,
                                   &(Finding){.id = "D-POD-02", .severity = "warning",
                                                     .cause = cause,
                                                     .fix = "charge it, or change its battery"},
                                   section->health);
        }
        if (r >= 0)
                r = append_losses(section, pod);
        if (r >= 0)
                r = append_conflict(section, pod);
        if (r >= 0 && link.bond_is_bad)
                r = append_bond(section, pod, &link);
        return r < 0 ? r : 0;
}

/* Of one pod, also what is good: somebody asked. */
int method_doctor_pod(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        LinkState link = {0};
        Health health;
        Section section = {.health = &health};
        Pod pod;
        const char *address;
        int r = sd_bus_message_read(call, "s", &address);

        if (r < 0)
                return r;
        r = pod_get(control->ledger, address, &pod);
        if (r == 0 || (r > 0 && pod.runner[0] == '\0'))
                return sd_bus_error_setf(error, ERROR_NOT_FOUND,
                                         "no pod %s is paired here\nlist them with: stridectl pods", address);
        if (r >= 0)
                r = health_read(control, &health);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_new_method_return(call, &reply);
        section.m = reply;
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r >= 0)
                r = doctor_append_pod(&pod, &section);
        if (r >= 0 && ble_link_state(control->ble, pod.address, &link) == 1 && !link.bond_is_bad)
                r = append_bond(&section, &pod, &link);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}
