#include "daemon/ble/forget.h"

#include <errno.h>

#define CALL_TIMEOUT_US (20 * 1000000ULL)

struct Forget {
        Bluez *bluez;
        sd_bus_slot *call; /* RemoveDevice, or NULL */
        ForgetDone done;
        void *userdata;
};

static int on_removed(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Forget *forget = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        ForgetDone done = TAKE(forget->done);

        (void)error;
        forget->call = sd_bus_slot_unref(forget->call);
        if (failure && sd_bus_error_has_name(failure, "org.bluez.Error.DoesNotExist"))
                failure = NULL; /* it went by itself */
        if (done)
                done(failure ? -EIO : 0,
                     !failure                                    ? NULL
                     : failure->message && failure->message[0] ? failure->message
                                                                 : failure->name,
                     forget->userdata);
        return 0;
}

int forget_start(Forget *forget, const char *address, ForgetDone done, void *userdata)
{
        const BluezAdapter *adapter = bluez_adapter(forget->bluez);
        const BluezDevice *device = bluez_device(forget->bluez, address);
        int r;

        if (forget->call)
                return -EBUSY;
        if (!adapter)
                return -ENODEV;
        if (!device) {
                done(0, NULL, userdata);
                return 0;
        }
        r = bluez_call(forget->bluez, &forget->call, adapter->path, BLUEZ_ADAPTER, "RemoveDevice",
                       CALL_TIMEOUT_US, on_removed, forget, "o", device->path);
        if (r < 0)
                return r;
        forget->done = done;
        forget->userdata = userdata;
        return 0;
}

void forget_cancel(Forget *forget, const void *userdata)
{
        if (forget->userdata == userdata)
                forget->done = NULL;
}

int forget_new(Bluez *bluez, Forget **ret)
{
        Forget *forget = calloc(1, sizeof(*forget));

        if (!forget)
                return -ENOMEM;
        forget->bluez = bluez;
        *ret = forget;
        return 0;
}

Forget *forget_free(Forget *forget)
{
        if (!forget)
                return NULL;
        sd_bus_slot_unref(forget->call);
        free(forget);
        return NULL;
}
