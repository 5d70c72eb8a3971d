/* forget.h: Private to ble. Takes a pod out of bluetoothd: its connection and our side of its bond. */
#pragma once

#include "daemon/ble/ble.h"
#include "daemon/ble/bluez.h"

typedef struct Forget Forget;

int forget_new(Bluez *bluez, Forget **ret) MUST_CHECK;
Forget *forget_free(Forget *forget); /* `done` is not called any more; what was asked is done all the same */
DEFINE_CLEANUP(Forget *, forget_free);

/* As ble_forget; -EBUSY: another one is under way. `done` may come from within. */
int forget_start(Forget *forget, const char *address, ForgetDone done, void *userdata) MUST_CHECK;
void forget_cancel(Forget *forget, const void *userdata);
