/* One object a pod and a runner, below /org/strided1, listed by its ObjectManager. */
#include "daemon/control/state.h"

#include "daemon/ledger/roster.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PODS_PATH    "/org/strided1/pods"
#define RUNNERS_PATH "/org/strided1/runners"

/* ---- pods: AA:BB:… is AA_BB_… in a path ---- */

char *objects_pod_path(const char *address)
{
        char *path;

        if (asprintf(&path, PODS_PATH "/%s", address) < 0)
                return NULL;
        for (char *c = path; *c; c++) {
                if (*c == ':')
                        *c = '_';
        }
        return path;
}

static int read_pod(Control *control, const char *path, Pod *ret)
{
        char address[ADDRESS_SIZE];

        if (strncmp(path, PODS_PATH "/", strlen(PODS_PATH "/")) != 0 ||
            !text_copy(address, sizeof(address), path + strlen(PODS_PATH "/")))
                return 0;
        for (char *c = address; *c; c++) {
                if (*c == '_')
                        *c = ':';
        }
        return pod_get(control->ledger, address, ret);
}

static int get_pod_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        LinkState link = {.state = "absent"};
        Pod pod;
        const struct {
                const char *name;
                const char *value;
        } texts[] = {
                {"Address", pod.address}, {"Name", pod.name}, {"Driver", pod.driver}, {"Runner", pod.runner},
        };
        int r = read_pod(control, path, &pod);

        (void)bus, (void)interface, (void)error;
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                if (strcmp(texts[i].name, property) == 0)
                        return sd_bus_message_append(reply, "s", texts[i].value);
        }
        if (strcmp(property, "Placement") == 0)
                return sd_bus_message_append(reply, "s", placement_name((Placement)pod.placement));
        (void)ble_link_state(control->ble, pod.address, &link); /* without a link it is absent */
        return sd_bus_message_append(reply, "s", link.state);
}

static int get_pod_number(sd_bus *bus, const char *path, const char *interface, const char *property,
                          sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Pod pod;
        int r = read_pod(userdata, path, &pod);

        (void)bus, (void)interface, (void)error;
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return sd_bus_message_append(reply, "x", strcmp(property, "BatteryPercent") == 0
                                                         ? (pod.battery_pct == NULL_INTEGER
                                                                    ? -1
                                                                    : pod.battery_pct)
                                                 : pod.last_heard_utc_ms == NULL_INTEGER
                                                         ? 0
                                                         : pod.last_heard_utc_ms);
}

static const sd_bus_vtable pod_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Address", "s", get_pod_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Name", "s", get_pod_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Driver", "s", get_pod_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Runner", "s", get_pod_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Placement", "s", get_pod_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Link", "s", get_pod_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("BatteryPercent", "x", get_pod_number, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("LastHeard", "x", get_pod_number, 0, SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION),
        SD_BUS_VTABLE_END,
};

static int find_pod(sd_bus *bus, const char *path, const char *interface, void *userdata,
                    void **ret_found, sd_bus_error *error)
{
        Pod pod;
        int r = read_pod(userdata, path, &pod);

        (void)bus, (void)interface, (void)error;
        *ret_found = userdata;
        return r;
}

typedef struct Names {
        char **list;
        size_t n;
} Names;

/* Takes `path`; NULL: there was no memory for it. */
static int take_name(Names *names, char *path)
{
        char **moved = path ? reallocarray(names->list, names->n + 2, sizeof(*moved)) : NULL;

        if (!moved) {
                free(path);
                return -ENOMEM;
        }
        names->list = moved;
        moved[names->n++] = path;
        moved[names->n] = NULL;
        return 0;
}

static int add_pod_name(const Pod *pod, void *userdata)
{
        return take_name(userdata, objects_pod_path(pod->address));
}

static int list_pods(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                     sd_bus_error *error)
{
        Control *control = userdata;
        Names names = {0};
        int r = pod_each(control->ledger, add_pod_name, &names);

        (void)bus, (void)prefix, (void)error;
        *ret_nodes = names.list; /* sd-bus frees it, also what an error left */
        return r < 0 ? r : 0;
}

/* ---- runners: any id, encoded as sd-bus does ---- */

char *objects_runner_path(const char *id)
{
        char *path = NULL;

        return sd_bus_path_encode(RUNNERS_PATH, id, &path) < 0 ? NULL : path;
}

static int read_runner(Control *control, const char *path, Runner *ret)
{
        CLEANUP(freep) char *id = NULL;
        int r = sd_bus_path_decode(path, RUNNERS_PATH, &id);

        return r <= 0 ? r : runner_get(control->ledger, id, ret);
}

static int get_runner_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                           sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Runner runner;
        int r = read_runner(userdata, path, &runner);

        (void)bus, (void)interface, (void)error;
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return sd_bus_message_append(reply, "s", strcmp(property, "Id") == 0 ? runner.id : runner.zone);
}

static int get_runner_consent(sd_bus *bus, const char *path, const char *interface,
                              const char *property, sd_bus_message *reply, void *userdata,
                              sd_bus_error *error)
{
        Runner runner;
        int r = read_runner(userdata, path, &runner);

        (void)bus, (void)interface, (void)property, (void)error;
        return r <= 0 ? (r < 0 ? r : -ENOENT) : sd_bus_message_append(reply, "b", runner.consent == 1);
}

static const sd_bus_vtable runner_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Id", "s", get_runner_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Zone", "s", get_runner_text, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Consent", "b", get_runner_consent, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_VTABLE_END,
};

static int find_runner(sd_bus *bus, const char *path, const char *interface, void *userdata,
                       void **ret_found, sd_bus_error *error)
{
        Runner runner;
        int r = read_runner(userdata, path, &runner);

        (void)bus, (void)interface, (void)error;
        *ret_found = userdata;
        return r;
}

static int add_runner_name(const Runner *runner, void *userdata)
{
        return take_name(userdata, objects_runner_path(runner->id));
}

static int list_runners(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes,
                        sd_bus_error *error)
{
        Control *control = userdata;
        Names names = {0};
        int r = runner_each(control->ledger, add_runner_name, &names);

        (void)bus, (void)prefix, (void)error;
        *ret_nodes = names.list; /* as above */
        return r < 0 ? r : 0;
}

int objects_add(Control *control)
{
        int r = sd_bus_add_fallback_vtable(control->bus, &control->pods, PODS_PATH, POD_INTERFACE,
                                           pod_vtable, find_pod, control);

        if (r >= 0)
                r = sd_bus_add_node_enumerator(control->bus, &control->pod_list, PODS_PATH, list_pods,
                                               control);
        if (r >= 0)
                r = sd_bus_add_fallback_vtable(control->bus, &control->runners, RUNNERS_PATH,
                                               RUNNER_INTERFACE, runner_vtable, find_runner,
                                               control);
        if (r >= 0)
                r = sd_bus_add_node_enumerator(control->bus, &control->runner_list, RUNNERS_PATH,
                                               list_runners, control);
        if (r >= 0)
                r = sd_bus_add_object_manager(control->bus, &control->tree, MANAGER_PATH);
        return r;
}

void objects_remove(Control *control)
{
        control->tree = sd_bus_slot_unref(control->tree);
        control->pods = sd_bus_slot_unref(control->pods);
        control->pod_list = sd_bus_slot_unref(control->pod_list);
        control->runners = sd_bus_slot_unref(control->runners);
        control->runner_list = sd_bus_slot_unref(control->runner_list);
}
