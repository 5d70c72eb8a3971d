/* link.h: the gateway's side of a link to a pod, without the radio: what daemon/ble/stride-session.c
 * does with packets and answers. */
#pragma once

#include "daemon/ble/backfill.h"
#include "tests/histories/pod.h"

#define LINK_PENDING 4096

typedef struct Link {
        struct World *world;
        ModelPod *pod;
        Backfill backfill;
        bool in_round;
        int step; /* BackfillStep that is next */
        StrideRequest request;
        Record pending[LINK_PENDING]; /* arrived, not stored */
        size_t n_pending;
        int64_t anchored_ms; /* true time; 0: not on this link */
        bool request_lost, answer_lost;
} Link;

void link_connect(Link *link);
/* The link is lost; what was not stored stays for link_flush. */
void link_drop(Link *link);
/* Notifications of the pod: ModelPod.deliver. */
void link_arrive(const uint8_t *data, size_t size, void *userdata);
/* Stores what arrived. */
void link_flush(Link *link);
/* At most so many turns of a round; begins one if none is under way. */
void link_talk(Link *link, int turns);
