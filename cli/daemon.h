/* daemon.h: Private to cli. calls to org.strided1, and its answers as JSON. */
#pragma once

#include "cli/output.h"

#include <systemd/sd-bus.h>

/* `handler` hears a signal of org.strided1.Manager while a call waits for its answer. EXIT_DONE, or the exit
 * code of an error that was told. */
int daemon_listen(const Invocation *invocation, const char *signal, sd_bus_message_handler_t handler,
                  void *userdata) MUST_CHECK;
/* Begins a call of org.strided1.Manager. EXIT_DONE, or the exit code of an error that was told.
 * Append the arguments, then daemon_finish. */
int daemon_begin(const Invocation *invocation, const char *method, sd_bus_message **ret) MUST_CHECK;
/* Sends, waits (timeout_s 0: the default of 25 s), answers: the reply's values as one JSON value,
 * or an array if there are several. Takes over `call`. Ctrl-C ends it with EXIT_INTERRUPTED; the daemon stops
 * what was asked for. When it wants a confirmation, and a person is there, they are asked:
 * EXIT_CONFIRMED is a yes. */
int daemon_finish(const Invocation *invocation, sd_bus_message *call, unsigned timeout_s,
                  cJSON **ret) MUST_CHECK;
/* Both, for arguments of simple types. */
int daemon_call(const Invocation *invocation, const char *method, unsigned timeout_s, cJSON **ret,
                const char *types, ...) MUST_CHECK;
