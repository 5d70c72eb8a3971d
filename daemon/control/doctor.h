/* doctor.h: Private to control. A finding: what is not well, and the one thing that helps. */
#pragma once

#include "daemon/control/health.h"
#include "daemon/ledger/roster.h"

typedef struct Finding {
        const char *id;
        const char *severity; /* "error" "warning" "notice", worst first */
        bool (*applies)(const Health *health);
        const char *cause;
        const char *fix;
        const char *(*evidence)(const Health *health); /* NULL: the cause says it all */
} Finding;

/* 0 or -errno, as sd_bus_message_append. */
int doctor_append(sd_bus_message *m, const Finding *finding, const Health *health) MUST_CHECK;
/* All of a pod; `userdata` is the Section. For pod_each. */
int doctor_append_pod(const Pod *pod, void *userdata);
