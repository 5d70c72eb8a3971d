/* status.h: Private to clinic. How the gateway itself is, as its status message says it. */
#pragma once

#include "daemon/clinic/source.h"

#include <cjson/cJSON.h>

/* Adds its keys to `root`. 0 or -errno of the ledger. */
int status_add(const MessageSource *source, cJSON *root) MUST_CHECK;
