/* connect-queue.h: Private to ble. Who may call Connect: one at a time per adapter, first come first
 * served (the controller can try only one, and a second call fails the first). */
#pragma once

#include "base/clock.h"

typedef struct ConnectQueue ConnectQueue;
typedef void (*ConnectGranted)(void *userdata);

int connect_queue_new(Clock *clock, ConnectQueue **ret) MUST_CHECK;
ConnectQueue *connect_queue_free(ConnectQueue *queue);
DEFINE_CLEANUP(ConnectQueue *, connect_queue_free);

/* `granted` is called later, from the loop; -ENOBUFS: too many wait. */
int connect_queue_enter(ConnectQueue *queue, ConnectGranted granted, void *userdata) MUST_CHECK;
/* Whether it waited or was granted: `userdata` is out. Idempotent. */
void connect_queue_leave(ConnectQueue *queue, void *userdata);
