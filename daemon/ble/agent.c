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
        const AgentObserver *observer;
        void *userdata;
        sd_bus_message *question; /* waits for the person, or NULL */
        PairQuestion kind;
};

static int refuse(sd_bus_message *message, const char *why)
{
        return sd_bus_reply_method_errorf(message, REJECTED, "%s", why);
}

static void drop_question(Agent *agent, const char *why)
{
        sd_bus_message *question = TAKE(agent->question);

        if (!question)
                return;
        if (why)
                (void)refuse(question, why); /* bluetoothd may be gone: then it is refused anyway */
        sd_bus_message_unref(question);
}

static bool is_allowed(const Agent *agent, const char *path)
{
        if (agent->allowed[0] != '\0' && strcmp(agent->allowed, path) == 0)
                return true;
        log_event(LOG_POD_PAIRED, LOG_LEVEL_NOTICE, NULL, NULL, "%s wanted to bond; nobody asked for it, refused", path);
        return false;
}

/* Nothing that a person could compare or enter. */
static int on_authorization(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const char *path;
        int r = sd_bus_message_read(message, "o", &path);

        (void)error;
        if (r < 0)
                return r;
        return is_allowed(userdata, path) ? sd_bus_reply_method_return(message, "")
                                          : refuse(message, "nobody asked to pair it");
}

static int ask(Agent *agent, sd_bus_message *message, const char *path, PairQuestion kind, uint32_t passkey)
{
        if (!is_allowed(agent, path))
                return refuse(message, "nobody asked to pair it");
        drop_question(agent, "another question came");
        agent->question = sd_bus_message_ref(message);
        agent->kind = kind;
        agent->observer->asked(kind, passkey, agent->userdata);
        return 1;
}

static int on_confirmation(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const char *path;
        uint32_t passkey;
        int r = sd_bus_message_read(message, "ou", &path, &passkey);

        (void)error;
        return r < 0 ? r : ask(userdata, message, path, PAIR_COMPARE, passkey);
}

static int on_passkey(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const char *path;
        int r = sd_bus_message_read(message, "o", &path);

        (void)error;
        return r < 0 ? r : ask(userdata, message, path, PAIR_ENTER, 0);
}

/* Of the time before Bluetooth 2.1; no pod has it. */
static int on_pin(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)userdata, (void)error;
        return refuse(message, "no PIN code can be entered here");
}

static int on_display(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Agent *agent = userdata;
        const char *path;
        uint32_t passkey;
        uint16_t entered;
        int r = sd_bus_message_read(message, "ouq", &path, &passkey, &entered);

        (void)error;
        if (r < 0)
                return r;
        if (is_allowed(agent, path) && entered == 0) /* else told again for each key that is pressed there */
                agent->observer->asked(PAIR_SHOW, passkey, agent->userdata);
        return sd_bus_reply_method_return(message, "");
}

static int on_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error;
        drop_question(userdata, NULL);
        return sd_bus_reply_method_return(message, "");
}

static int on_notice(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)userdata, (void)error;
        return sd_bus_reply_method_return(message, "");
}

int agent_answer(Agent *agent, bool yes, uint32_t passkey)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *question = TAKE(agent->question);

        if (!question)
                return -ENOENT;
        if (!yes)
                return refuse(question, "the person said no");
        return agent->kind == PAIR_ENTER ? sd_bus_reply_method_return(question, "u", passkey)
                                         : sd_bus_reply_method_return(question, "");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Release", "", "", on_notice, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Cancel", "", "", on_cancel, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestConfirmation", "ou", "", on_confirmation, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestAuthorization", "o", "", on_authorization, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("AuthorizeService", "os", "", on_authorization, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestPasskey", "o", "u", on_passkey, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestPinCode", "o", "s", on_pin, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("DisplayPasskey", "ouq", "", on_display, SD_BUS_VTABLE_UNPRIVILEGED),
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
                       CALL_TIMEOUT_US, on_registered, agent, "os", AGENT_PATH, "KeyboardDisplay");
        if (r < 0)
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "cannot register an agent: %s", strerror(-r));
}

void agent_allow(Agent *agent, const char *device_path, const AgentObserver *observer, void *userdata)
{
        drop_question(agent, "the pairing is over");
        (void)text_copy(agent->allowed, sizeof(agent->allowed), device_path ? device_path : "");
        agent->observer = observer;
        agent->userdata = userdata;
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
        drop_question(agent, NULL);
        sd_bus_slot_unref(agent->object);
        sd_bus_slot_unref(agent->call);
        free(agent);
        return NULL;
}
