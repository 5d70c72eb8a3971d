/* pod.h: a pod with a memory, as proto/stride-service.md has it, on the octets of its codec.
 *
 * It remembers everything it ever made, also what its memory forgot: that is what the ledger is
 * compared with. */
#pragma once

#include "base/text.h"
#include "proto/stride-service.h"

#define POD_RECORDS_MAX 4000
#define POD_EPOCHS_MAX  64

typedef enum Kept {
        KEPT,        /* in its memory */
        OVERWRITTEN, /* it was durable, and went when the space was needed */
        LOST,        /* it was not, and went all the same */
} Kept;

typedef struct PodEpoch {
        uint32_t number;
        size_t begins; /* index of its seq 1 */
        uint32_t n;
        uint32_t freed;   /* durable up to here */
        uint32_t offered; /* the gateway ever said so, heard or not */
        int64_t booted_ms;
} PodEpoch;

typedef struct ModelPod {
        char address[ADDRESS_SIZE];
        Placement placement;
        uint32_t capacity; /* 0: no bound */
        size_t mtu_payload;
        double drift;
        uint32_t first_tick; /* of each boot */
        bool frees_more; /* broken on purpose: a whole epoch at the first word */
        Record records[POD_RECORDS_MAX];
        Kept kept[POD_RECORDS_MAX];
        int64_t made_ms[POD_RECORDS_MAX]; /* in truth */
        size_t n;
        PodEpoch epochs[POD_EPOCHS_MAX];
        size_t n_epochs;
        bool connected, live;
        int lose, twice, reorder; /* so many of the next notifications */
        int contradict; /* so many of the next live records come again, with other octets */
        unsigned n_contradicted;
        uint8_t held[STRIDE_PACKET_MAX]; /* one that will come behind the next */
        size_t held_size;
        void (*deliver)(const uint8_t *data, size_t size, void *userdata);
        void *userdata;
} ModelPod;

void pod_boot(ModelPod *pod, int64_t now_ms, int cause);
/* A stride that ended at `now_ms`. */
void pod_stride(ModelPod *pod, int64_t now_ms, int length_mm);
/* Its link is gone; what was in the air, too. */
void pod_unlink(ModelPod *pod);
/* What a notification held up is set free. */
void pod_catch_up(ModelPod *pod);
/* Octets written to the control point → the answer's octets. Notifications go to `deliver`. */
size_t pod_control(ModelPod *pod, int64_t now_ms, const uint8_t *data, size_t size,
                   uint8_t ret[static 20]);
/* NULL: it has no such epoch. */
PodEpoch *pod_epoch(ModelPod *pod, uint32_t number);
/* NULL: it never made that one. */
const Record *pod_made(const ModelPod *pod, uint32_t epoch, uint32_t seq, Kept *ret_kept);
