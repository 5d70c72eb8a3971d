/* drain.h: Private to ble. One pod's memory read to its end because somebody wants to know that it is:
 * a round of its own, begun after the question. One at a time.
 *
 *   IDLE ──start──▶ WAITING ──link──▶ READING ──round over──▶ IDLE
 *                      ▲    for a link    │
 *                      └────── lost ──────┘          the timer ends either */
#pragma once

#include "daemon/ble/ble.h"
#include "daemon/ble/link.h"

typedef struct Drain Drain;

int drain_new(Clock *clock, Drain **ret) MUST_CHECK;
Drain *drain_free(Drain *drain); /* `done` is not called any more */
DEFINE_CLEANUP(Drain *, drain_free);

/* As ble_drain. */
int drain_start(Drain *drain, Link *link, DrainDone done, void *userdata) MUST_CHECK;
void drain_cancel(Drain *drain, const void *userdata);
/* Something about this link changed. */
void drain_look(Drain *drain, const Link *link);
/* Its round is over; `stays`: why something is still on the pod, or NULL. */
void drain_read(Drain *drain, const Link *link, const char *stays);
/* The link is about to be freed. */
void drain_forget(Drain *drain, const Link *link);
