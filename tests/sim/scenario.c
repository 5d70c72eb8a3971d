#include "sim.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>


static const char *text_of(const cJSON *object, const char *key, const char *otherwise)
{
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

        return cJSON_IsString(item) ? item->valuestring : otherwise;
}

static double number_of(const cJSON *object, const char *key, double otherwise)
{
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

        return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

SimPod *sim_pod(Sim *sim, const char *address)
{
        for (size_t i = 0; i < sim->n_pods; i++) {
                if (strcmp(sim->pods[i].address, address) == 0)
                        return &sim->pods[i];
        }
        return NULL;
}

/* ---- events ---- */

static void do_home(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        pod->in_range = true;
        bus_pod_advertise(sim, pod);
}

static void do_away(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        pod->in_range = false;
        bus_pod_disconnect(sim, pod);
        bus_pod_disappear(sim, pod);
}

static void do_run(Sim *sim, SimPod *pod, const cJSON *event)
{
        const cJSON *rows = cJSON_GetObjectItemCaseSensitive(event, "rows");
        const SimRecording *recording = rows ? recording_inline(rows)
                                             : recording_of(sim, text_of(event, "recording", ""), pod->type);

        if (!recording || (rows && pod->type == POD_STRIDE)) {
                (void)fprintf(stderr, "sim: nothing that %s could play\n", pod->address);
                sim->failed = true;
                return;
        }
        if (pod->type == POD_STRIDE && cJSON_HasObjectItem(event, "ago_s"))
                pod_remember(sim, pod, recording, llround(number_of(event, "ago_s", 0) * 1000));
        else
                pod_play(sim, pod, recording, llround(number_of(event, "skip_s", 0) * 1000));
}

/* The run is over, wherever the recording stood. */
static void do_stop(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        pod_stop(sim, pod);
}

static void do_reboot(Sim *sim, SimPod *pod, const cJSON *event)
{
        pod_unlinked(sim, pod); /* what it recorded until now */
        bus_pod_disconnect(sim, pod);
        pod_boot(sim, pod, (int)number_of(event, "cause", 4));
}

static void do_drop_link(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        bus_pod_disconnect(sim, pod);
}

static void do_forget_bond(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        bus_pod_forgets(sim, pod);
}

static void do_other_bond(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        bus_pod_bonds_elsewhere(sim, pod);
}

static void do_forget_pod(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        bus_gateway_forgets(sim, pod);
}

static void do_lose(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)sim;
        pod->lose = (unsigned)number_of(event, "count", 1);
}

/* Of the control point; "opcode": only answers to this request. */
static void do_lose_answers(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)sim;
        pod->lose_answers = (unsigned)number_of(event, "count", 1);
        pod->lose_opcode = (uint8_t)number_of(event, "opcode", 0);
}

static void do_unknown_kind(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)event;
        pod_catch_up(sim, pod);
        pod_note_unknown(sim, pod);
}

/* "back": how many records before the newest one; without it all come again. */
static void do_withhold(Sim *sim, SimPod *pod, const cJSON *event)
{
        pod_catch_up(sim, pod);
        pod_withhold(pod, (int)number_of(event, "back", -1));
}

static void do_reorder(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)sim;
        pod->reorder = (unsigned)number_of(event, "count", 1);
}

static void do_powered(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)pod;
        bus_power(sim, cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(event, "on")));
}

static void do_restart(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)pod, (void)event;
        bus_restart(sim);
}

static void do_exec(Sim *sim, SimPod *pod, const cJSON *event)
{
        const char *command = text_of(event, "command", "false");
        int code = sim_exec(sim, command);

        (void)pod;
        if (code == 0 || cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(event, "may_fail")))
                return;
        (void)fprintf(stderr, "sim: exit %d of: %s\n", code, command);
        sim->failed = true;
}

static void do_quality(Sim *sim, SimPod *pod, const cJSON *event)
{
        const char *name = text_of(event, "quality", "synchronised");

        (void)pod;
        for (ClockQuality q = CLOCK_UNSET; q <= CLOCK_SYNCHRONISED; q++) {
                if (strcmp(clock_quality_name(q), name) == 0)
                        sim_set_quality(sim, q);
        }
}

static void do_real_time(Sim *sim, SimPod *pod, const cJSON *event)
{
        (void)pod, (void)event;
        time_go_real(sim);
}

static const struct {
        const char *name;
        bool needs_pod;
        void (*act)(Sim *sim, SimPod *pod, const cJSON *event);
} verbs[] = {
        {"home", true, do_home},           {"away", true, do_away},
        {"vanish", true, do_away},         {"run", true, do_run},
        {"stop", true, do_stop},           {"reboot", true, do_reboot},       {"drop-link", true, do_drop_link},
        {"lose-notifications", true, do_lose}, {"reorder", true, do_reorder},
        {"lose-answers", true, do_lose_answers}, {"unknown-kind", true, do_unknown_kind},
        {"withhold", true, do_withhold},
        {"forget-bond", true, do_forget_bond}, {"forget-pod", true, do_forget_pod},
        {"other-bond", true, do_other_bond},
        {"powered", false, do_powered},    {"bluez-restart", false, do_restart},
        {"exec", false, do_exec},          {"set-quality", false, do_quality},
        {"real-time", false, do_real_time},
};

static void event_due(Sim *sim, SimPod *pod, int64_t argument);

static void schedule(Sim *sim, int64_t index)
{
        const cJSON *event = cJSON_GetArrayItem(
                cJSON_GetObjectItemCaseSensitive(sim->scenario, "events"), (int)index);
        int64_t at_utc_ms;

        if (!event) {
                time_finish(sim);
                return;
        }
        if (cJSON_HasObjectItem(event, "after_s")) {
                at_utc_ms = sim_utc_ms(sim) + llround(number_of(event, "after_s", 0) * 1000);
        } else if (rfc3339_parse(text_of(event, "at", ""), &at_utc_ms) < 0) {
                (void)fprintf(stderr, "sim: event %lld has no time\n", (long long)index);
                sim->failed = true;
                return;
        }
        sim_at(sim, sim_now_ms(sim) + (at_utc_ms > sim_utc_ms(sim) ? at_utc_ms - sim_utc_ms(sim) : 0),
               event_due, NULL, index);
}

static void event_due(Sim *sim, SimPod *pod, int64_t argument)
{
        const cJSON *event = cJSON_GetArrayItem(
                cJSON_GetObjectItemCaseSensitive(sim->scenario, "events"), (int)argument);
        const char *verb = text_of(event, "do", "");

        pod = sim_pod(sim, text_of(event, "pod", ""));
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
                if (strcmp(verbs[i].name, verb) != 0 || (verbs[i].needs_pod && !pod))
                        continue;
                verbs[i].act(sim, pod, event);
                schedule(sim, argument + 1);
                return;
        }
        (void)fprintf(stderr, "sim: event %lld: '%s' is not understood, or its pod is unknown\n",
                      (long long)argument, verb);
        sim->failed = true;
}

/* ---- loading ---- */

static int load_pod(Sim *sim, const cJSON *json)
{
        static const char *const types[] = {"stride", "rsc", "heart_rate"};
        static const char *const pairings[] = {"just-works", "display", "keys", "compare"};
        SimPod *pod = &sim->pods[sim->n_pods];
        const char *type = text_of(json, "type", "stride");
        bool known = false;

        if (sim->n_pods == SIM_PODS_MAX ||
            address_parse(text_of(json, "address", ""), pod->address) < 0)
                return -EINVAL;
        for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
                if (strcmp(types[i], type) != 0)
                        continue;
                pod->type = (PodType)i;
                known = true;
        }
        if (!known || placement_parse(text_of(json, "placement", ""), &pod->placement) < 0)
                return -EINVAL;
        (void)text_copy(pod->name, sizeof(pod->name), text_of(json, "name", "Pod"));
        (void)text_copy(pod->runner, sizeof(pod->runner), text_of(json, "runner", ""));
        (void)text_copy(pod->zone, sizeof(pod->zone), text_of(json, "zone", "UTC"));
        pod->battery_pct = (int)number_of(json, "battery_pct", 90);
        pod->drift_ppm = number_of(json, "drift_ppm", 0);
        pod->mtu_payload = (size_t)number_of(json, "mtu_payload", 182);
        pod->capacity = (size_t)number_of(json, "capacity", 0);
        pod->up_ms = llround(number_of(json, "up_s", 0) * 1000);
        pod->always_running = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "always_running"));
        for (size_t i = 0; i < ARRAY_SIZE(pairings); i++) {
                if (strcmp(pairings[i], text_of(json, "pairing", "just-works")) == 0)
                        pod->pairing = (unsigned)i;
        }
        pod->passkey = (uint32_t)number_of(json, "passkey", 0);
        pod->keeps_bond = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "keeps_bond"));
        sim->n_pods++;
        return 0;
}

static char *read_file(const char *path)
{
        FILE *file = fopen(path, "r");
        char *text = NULL;
        size_t size = 0;

        if (!file)
                return NULL;
        if (getdelim(&text, &size, '\0', file) < 0) {
                free(text);
                text = NULL;
        }
        (void)fclose(file);
        return text;
}

int scenario_load(Sim *sim, const char *path)
{
        char *text = read_file(path);
        const char *slash = strrchr(path, '/');
        const cJSON *pod;
        int64_t start;

        if (!text)
                return -ENOENT;
        sim->scenario = cJSON_Parse(text);
        free(text);
        if (!sim->scenario ||
            rfc3339_parse(text_of(sim->scenario, "start", "2026-11-02T06:00:00Z"), &start) < 0)
                return -EINVAL;
        (void)snprintf(sim->directory, sizeof(sim->directory), "%.*s", slash ? (int)(slash - path) : 1,
                       slash ? path : ".");
        sim->start_utc_ms = start;
        sim->quality = CLOCK_SYNCHRONISED;
        for (ClockQuality q = CLOCK_UNSET; q <= CLOCK_SYNCHRONISED; q++) {
                if (strcmp(clock_quality_name(q), text_of(sim->scenario, "quality", "")) == 0)
                        sim->quality = q;
        }
        cJSON_ArrayForEach(pod, cJSON_GetObjectItemCaseSensitive(sim->scenario, "pods")) {
                int r = load_pod(sim, pod);

                if (r < 0)
                        return r;
        }
        return 0;
}

int scenario_start(Sim *sim)
{
        for (size_t i = 0; i < sim->n_pods; i++)
                pod_boot(sim, &sim->pods[i], 1);
        schedule(sim, 0);
        return sim->failed ? -EINVAL : 0;
}
