#include "daemon/ble/agent.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>

#define AGENT_PATH      "/org/strided1/agent"
#define AGENT_MANAGER   "org.bluez.AgentManager1"
#define REJECTED        "org.bluez.Error.Rejected"
#define CALL_TIMEOUT_US (10 * 1000000ULL)

struct Agent {
        Bluez *bluez;
        sd_bus_slot *object;
        sd_bus_slot *call;
        char allowed[BLUEZ_PATH_MAX]; /* "" : none */
};

static int answer(sd_bus_message *message, Agent *agent)
{
        const char *path;
        int r = sd_bus_message_read(message, "o", &path);

        if (r < 0)
                return r;
        if (agent->allowed[0] == '\0' || strcmp(agent->allowed, path) != 0) {
                log_event(LOG_POD_PAIRED, LOG_LEVEL_NOTICE, NULL, NULL,
                          "%s wanted to bond; nobody asked for it, refused", path);
                return sd_bus_reply_method_errorf(message, REJECTED, "nobody asked to pair it");
        }
        return sd_bus_reply_method_return(message, "");
}

static int on_confirmation(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error;
        return answer(message, userdata);
}

static int on_passkey(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)userdata, (void)error;
        log_event(LOG_POD_PAIRED, LOG_LEVEL_WARNING, NULL, NULL,
                  "a pod asks for a passkey; this version cannot enter one");
        return sd_bus_reply_method_errorf(message, REJECTED, "no passkey can be entered here");
}

static int on_notice(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)userdata, (void)error;
        return sd_bus_reply_method_return(message, "");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Release", "", "", on_notice, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Cancel", "", "", on_notice, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestConfirmation", "ou", "", on_confirmation, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestAuthorization", "o", "", on_confirmation, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("AuthorizeService", "os", "", on_confirmation, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestPasskey", "o", "u", on_passkey, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestPinCode", "o", "s", on_passkey, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("DisplayPasskey", "ouq", "", on_notice, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("DisplayPinCode", "os", "", on_notice, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static int on_registered(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Agent *agent = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);

        (void)error;
        agent->call = sd_bus_slot_unref(agent->call);
        if (failure && !sd_bus_error_has_name(failure, "org.bluez.Error.AlreadyExists"))
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "bluetoothd did not take our agent (%s): pods that need a bond cannot pair "
                          "until it restarts",
                          failure->message ? failure->message : failure->name);
        return 0;
}

void agent_register(Agent *agent)
{
        int r;

        agent->call = sd_bus_slot_unref(agent->call);
        r = bluez_call(agent->bluez, &agent->call, "/org/bluez", AGENT_MANAGER, "RegisterAgent",
                       CALL_TIMEOUT_US, on_registered, agent, "os", AGENT_PATH, "NoInputNoOutput");
        if (r < 0)
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "cannot register an agent: %s", strerror(-r));
}

void agent_allow(Agent *agent, const char *device_path)
{
        (void)text_copy(agent->allowed, sizeof(agent->allowed), device_path ? device_path : "");
}

int agent_new(sd_bus *bus, Bluez *bluez, Agent **ret)
{
        CLEANUP(agent_freep) Agent *agent = calloc(1, sizeof(*agent));
        int r;

        if (!agent)
                return -ENOMEM;
        agent->bluez = bluez;
        r = sd_bus_add_object_vtable(bus, &agent->object, AGENT_PATH, "org.bluez.Agent1", vtable,
                                     agent);
        if (r < 0)
                return r;
        *ret = TAKE(agent);
        return 0;
}

Agent *agent_free(Agent *agent)
{
        if (!agent)
                return NULL;
        sd_bus_slot_unref(agent->object);
        sd_bus_slot_unref(agent->call);
        free(agent);
        return NULL;
}
