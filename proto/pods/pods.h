/* pods.h: the table of pod drivers. The list itself is pods.def. */
#pragma once

#include "proto/pods/driver.h"

extern const PodDriver *const pod_drivers[];
extern const size_t n_pod_drivers;

/* The driver of a service UUID (128-bit, any case), or NULL. */
const PodDriver *pod_driver_by_service(const char *uuid);
const PodDriver *pod_driver_by_name(const char *name);
/* The characteristic of any driver by UUID: 128-bit or the 16-bit short form
 * ("2A53"), any case. NULL: no driver knows it. `ret_driver` may be NULL. */
const PodCharacteristic *pod_characteristic(const char *uuid, const PodDriver **ret_driver);
/* "2a53" → "00002a53-0000-1000-8000-00805f9b34fb"; 128-bit ids pass, in lower
 * case. 0 or -EINVAL. */
#define UUID_SIZE 37
int uuid_parse(const char *text, char ret[static UUID_SIZE]) MUST_CHECK;
