/* errand.h: Private to daemon. What takes too long for the loop, done by a strided of its own: looking through
 * the ledger, copying it. */
#pragma once

#include "base/cleanup.h"

#include <systemd/sd-event.h>

typedef struct Errand Errand;

/* It ended, and frees itself behind this: forget it. 0, or -errno as its exit code says, and its last line of output. */
typedef void (*ErrandDone)(int result, const char *said, void *userdata);

/* Runs this program with `arguments` (NULL at the end; [0] is filled in). `fd` (-1: none) becomes its
 * descriptor ERRAND_FD. 0 or -errno. */
#define ERRAND_FD 3
int errand_start(sd_event *event, const char *const *arguments, int fd, ErrandDone done, void *userdata,
                 Errand **ret) MUST_CHECK;
/* Ends the child, too; `done` is not called. NULL is fine; returns NULL. */
Errand *errand_free(Errand *errand);
DEFINE_CLEANUP(Errand *, errand_free);

/* For the child: how a result is its exit code. */
int errand_exit_code(int result);
