#include "cli/daemon.h"

#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME    "org.strided1"
#define PATH    "/org/strided1"
#define MANAGER "org.strided1.Manager"

/* ---- answers as JSON ---- */

static cJSON *read_value(sd_bus_message *m);

/* Keys are dotted paths: "load.distance_m" is an object in an object. */
static void set_path(cJSON *root, const char *path, cJSON *value)
{
        const char *dot;

        while ((dot = strchr(path, '.'))) {
                char key[64];
                cJSON *next;

                (void)snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
                next = cJSON_GetObjectItemCaseSensitive(root, key);
                if (!next)
                        next = cJSON_AddObjectToObject(root, key);
                root = next;
                path = dot + 1;
        }
        if (!cJSON_AddItemToObject(root, path, value))
                cJSON_Delete(value);
}

/* a{sv}, and a{ss} whose keys stay as they are. */
static cJSON *read_dictionary(sd_bus_message *m, const char *contents)
{
        cJSON *object = cJSON_CreateObject();
        bool nested = strcmp(contents, "{sv}") == 0;
        const char *key;

        if (sd_bus_message_enter_container(m, 'a', contents) <= 0)
                return object;
        while (sd_bus_message_enter_container(m, 'e', nested ? "sv" : "ss") > 0) {
                if (sd_bus_message_read(m, "s", &key) < 0)
                        break;
                if (nested)
                        set_path(object, key, read_value(m));
                else if (!cJSON_AddItemToObject(object, key, read_value(m)))
                        break;
                if (sd_bus_message_exit_container(m) < 0)
                        break;
        }
        (void)sd_bus_message_exit_container(m); /* the message is ours, and whole */
        return object;
}

static cJSON *read_array(sd_bus_message *m, const char *contents)
{
        cJSON *array = cJSON_CreateArray(), *item;
        bool is_null = strcmp(contents, "v") == 0; /* an empty "av" stands for null */

        if (sd_bus_message_enter_container(m, 'a', contents) <= 0)
                return array;
        while ((item = read_value(m)))
                (void)cJSON_AddItemToArray(array, item); /* fails only without memory */
        (void)sd_bus_message_exit_container(m);          /* as above */
        if (!is_null || cJSON_GetArraySize(array) > 0)
                return array;
        cJSON_Delete(array);
        return cJSON_CreateNull();
}

static cJSON *read_basic(sd_bus_message *m, char type)
{
        union {
                const char *text;
                int64_t x;
                uint32_t u;
                int32_t i;
                double d;
                int b;
        } value = {0};

        if (sd_bus_message_read_basic(m, type, &value) <= 0)
                return NULL;
        switch (type) {
        case 's':
        case 'o':
                return cJSON_CreateString(value.text);
        case 'x':
        case 't':
                return cJSON_CreateNumber((double)value.x);
        case 'u':
                return cJSON_CreateNumber(value.u);
        case 'i':
                return cJSON_CreateNumber(value.i);
        case 'd':
                return cJSON_CreateNumber(value.d);
        case 'b':
                return cJSON_CreateBool(value.b);
        default:
                return cJSON_CreateNull();
        }
}

/* The next value, or NULL at the end. */
static cJSON *read_value(sd_bus_message *m)
{
        const char *contents;
        char type;
        cJSON *value;

        if (sd_bus_message_peek_type(m, &type, &contents) <= 0)
                return NULL;
        if (type == 'a')
                return contents[0] == '{' ? read_dictionary(m, contents) : read_array(m, contents);
        if (type != 'v')
                return read_basic(m, type);
        if (sd_bus_message_enter_container(m, 'v', contents) <= 0)
                return NULL;
        value = read_value(m);
        (void)sd_bus_message_exit_container(m); /* as above */
        return value;
}

static cJSON *read_reply(sd_bus_message *reply)
{
        cJSON *first = read_value(reply), *next, *all;

        next = first ? read_value(reply) : NULL;
        if (!next)
                return first ? first : cJSON_CreateObject();
        all = cJSON_CreateArray();
        (void)cJSON_AddItemToArray(all, first); /* fails only without memory */
        do
                (void)cJSON_AddItemToArray(all, next); /* as above */
        while ((next = read_value(reply)));
        return all;
}

/* ---- errors ---- */

#define ERROR_UNCONFIRMED "org.strided1.Error.Unconfirmed"

static const struct {
        const char *name; /* of the bus */
        int code;
        const char *id;
        const char *next; /* where the message has none */
} errors[] = {
        {"org.strided1.Error.NotFound", EXIT_NOT_FOUND, "not-found", "stridectl pods; stridectl runners"},
        {"org.strided1.Error.PodNotFound", EXIT_NOT_FOUND, "pod-not-found",
         "wake it (move it, or press its button), bring it closer, then: stridectl scan"},
        {"org.strided1.Error.Invalid", EXIT_USAGE, "invalid", "stridectl help"},
        {"org.strided1.Error.Exists", EXIT_FAILED, "exists", ""},
        {ERROR_UNCONFIRMED, EXIT_FAILED, "unconfirmed", "add --yes"},
        {"org.strided1.Error.Busy", EXIT_FAILED, "busy", "try again in a minute"},
        {"org.strided1.Error.RadioNotUsable", EXIT_NO_RADIO, "radio-not-usable", "stridectl doctor"},
        {"org.strided1.Error.Timeout", EXIT_TIMEOUT, "timeout", "bring the pod closer and try again"},
        {"org.strided1.Error.Refused", EXIT_FAILED, "refused", ""},
        {"org.strided1.Error.WrongPasskey", EXIT_FAILED, "wrong-passkey", ""},
        {"org.strided1.Error.Unanswered", EXIT_FAILED, "unanswered", ""},
        {"org.strided1.Error.NoData", EXIT_NO_DATA, "no-data", ""},
        {"org.strided1.Error.Ledger", EXIT_FAILED, "ledger", "stridectl doctor"},
        {SD_BUS_ERROR_SERVICE_UNKNOWN, EXIT_NO_DAEMON, "daemon-not-running",
         "systemctl start strided, then: systemctl status strided"},
        {SD_BUS_ERROR_NAME_HAS_NO_OWNER, EXIT_NO_DAEMON, "daemon-not-running",
         "systemctl start strided, then: systemctl status strided"},
        {SD_BUS_ERROR_ACCESS_DENIED, EXIT_NOT_ALLOWED, "not-allowed",
         "use sudo, or join the group: sudo usermod -aG strided $USER, then log in again"},
        {SD_BUS_ERROR_NO_REPLY, EXIT_TIMEOUT, "timeout", "stridectl status"},
        {SD_BUS_ERROR_TIMEOUT, EXIT_TIMEOUT, "timeout", "stridectl status"},
        {"System.Error.ETIMEDOUT", EXIT_TIMEOUT, "timeout", "stridectl status"},
};

static int tell_error(const Invocation *invocation, const sd_bus_error *error, int r)
{
        char message[512];
        const char *next;
        char *line;

        (void)text_copy(message, sizeof(message), error->message ? error->message : strerror(-r));
        line = strchr(message, '\n');
        if (line)
                *line++ = '\0';
        for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
                if (!sd_bus_error_has_name(error, errors[i].name))
                        continue;
                next = line ? line : errors[i].next;
                if (strcmp(errors[i].name, ERROR_UNCONFIRMED) == 0 && output_can_ask(invocation))
                        return output_ask(invocation, message);
                if (errors[i].code == EXIT_NO_DAEMON)
                        (void)text_copy(message, sizeof(message), "the daemon is not running");
                return output_error(invocation, errors[i].code, errors[i].id, message, next);
        }
        return output_error(invocation, EXIT_FAILED, "failed", message, line ? line : "stridectl doctor");
}

/* ---- calls ---- */

#define AT_ONCE_US 300000

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
        (void)signal_number;
        interrupted = 1;
}

/* The one connection for the life of the program; NULL: it was told that there is none. */
static sd_bus *connect_bus(const Invocation *invocation)
{
        static sd_bus *bus;

        if (!bus && sd_bus_open_system(&bus) < 0)
                (void)output_error(invocation, EXIT_NO_DAEMON, "no-bus", "the system's message bus cannot be reached",
                                   "systemctl status dbus"); /* the caller leaves with that code */
        return bus;
}

int daemon_listen(const Invocation *invocation, const char *signal, sd_bus_message_handler_t handler, void *userdata)
{
        sd_bus *bus = connect_bus(invocation);
        int r;

        if (!bus)
                return EXIT_NO_DAEMON;
        r = sd_bus_match_signal(bus, NULL, NAME, PATH, MANAGER, signal, handler, userdata);
        return r < 0 ? output_error(invocation, EXIT_FAILED, "failed", strerror(-r), "") : EXIT_DONE;
}

int daemon_begin(const Invocation *invocation, const char *method, sd_bus_message **ret)
{
        sd_bus *bus = connect_bus(invocation);
        int r;

        if (!bus)
                return EXIT_NO_DAEMON;
        r = sd_bus_message_new_method_call(bus, ret, NAME, PATH, MANAGER, method);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(*ret, false);
        return r < 0 ? output_error(invocation, EXIT_FAILED, "failed", strerror(-r), "") : EXIT_DONE;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void)error;
        *(sd_bus_message **)userdata = sd_bus_message_ref(reply);
        return 0;
}

/* Turns the bus until the reply is there. A signal ends the wait: leaving the bus is what tells
 * the daemon to stop. */
static int wait_reply(sd_bus *bus, const char *patience, sd_bus_message **reply)
{
        struct sigaction action = {.sa_handler = on_interrupt};

        if (sigaction(SIGINT, &action, NULL) < 0 || sigaction(SIGTERM, &action, NULL) < 0)
                return -errno;
        while (!*reply && !interrupted) {
                int r = sd_bus_process(bus, NULL);

                if (r == 0)
                        r = sd_bus_wait(bus, patience ? AT_ONCE_US : UINT64_MAX);
                if (r == 0 && patience) { /* neither an answer nor a signal */
                        (void)fprintf(stderr, "%s\n", patience);
                        patience = NULL;
                }
                if (r < 0 && r != -EINTR)
                        return r;
        }
        return interrupted ? -EINTR : 0;
}

int daemon_finish(const Invocation *invocation, sd_bus_message *call, unsigned timeout_s, cJSON **ret)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *owned = call, *reply = NULL;
        CLEANUP(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus *bus = sd_bus_message_get_bus(owned);
        int r = sd_bus_call_async(bus, NULL, owned, on_reply, &reply, timeout_s * 1000000ULL);

        if (r >= 0)
                r = wait_reply(bus, invocation->patience, &reply);
        if (r == -EINTR)
                return EXIT_INTERRUPTED;
        if (r < 0)
                return output_error(invocation, EXIT_FAILED, "failed", strerror(-r), "stridectl doctor");
        if (sd_bus_message_is_method_error(reply, NULL)) {
                r = sd_bus_error_copy(&error, sd_bus_message_get_error(reply));
                return tell_error(invocation, &error, r);
        }
        *ret = read_reply(reply);
        if (!invocation->json && !invocation->raw)
                output_make_visible(*ret);
        return *ret ? EXIT_DONE : EXIT_FAILED;
}

int daemon_call(const Invocation *invocation, const char *method, unsigned timeout_s, cJSON **ret,
                const char *types, ...)
{
        sd_bus_message *call = NULL;
        va_list arguments;
        int r, code = daemon_begin(invocation, method, &call);

        if (code != EXIT_DONE)
                return code;
        va_start(arguments, types);
        r = sd_bus_message_appendv(call, types, arguments);
        va_end(arguments);
        if (r < 0) {
                sd_bus_message_unref(call);
                return output_error(invocation, EXIT_USAGE, "invalid",
                                    "an argument cannot be sent (is it UTF-8 text?)", "stridectl help");
        }
        return daemon_finish(invocation, call, timeout_s, ret);
}
