/* sim.h: the one simulated BlueZ: org.bluez on a private bus, virtual pods, and the time of
 * everybody. See README.md. */
#pragma once

#include "base/clock.h"
#include "base/text.h"
#include "proto/record.h"
#include "proto/stride-service.h"
#include "timers.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <systemd/sd-bus.h>

#define SIM_PODS_MAX 16
#define ADAPTER_PATH "/org/bluez/hci0"

/* ---- time.c: virtual time, in step with the clients ---- */

int64_t sim_now_ms(const Sim *sim); /* boottime */
int64_t sim_utc_ms(const Sim *sim);
/* Something was sent to a client, or came from one. */
void sim_active(Sim *sim);
void sim_set_quality(Sim *sim, ClockQuality quality);
/* A command in its own process, while time passes as on the wall. Its exit code. */
int sim_exec(Sim *sim, const char *command);

int time_open(Sim *sim, const char *socket_path, int64_t start_utc_ms);
/* Until the last event, or for ever (`stay`). 0 or -errno. */
int time_run(Sim *sim, double speed, bool stay);
void time_finish(Sim *sim); /* the story is over after this event */
void time_go_real(Sim *sim); /* from here on time passes as on the wall */

/* ---- bus.c and bus-*.c: org.bluez ---- */

int bus_open(Sim *sim);
int bus_fd(const Sim *sim);
bool bus_process(Sim *sim); /* true: something was handled */
/* Has handled everything that we sent before; `done` is set. */
int bus_ping(Sim *sim, bool *done);

void bus_pod_advertise(Sim *sim, SimPod *pod); /* seen by discovery, if that is on */
void bus_pod_disappear(Sim *sim, SimPod *pod); /* not heard any more */
void bus_pod_disconnect(Sim *sim, SimPod *pod);
void bus_pod_forgets(Sim *sim, SimPod *pod);     /* its side of the bond */
void bus_pod_bonds_elsewhere(Sim *sim, SimPod *pod); /* and has only that other key */
void bus_gateway_forgets(Sim *sim, SimPod *pod); /* bluetoothd's */
void bus_power(Sim *sim, bool on);
void bus_restart(Sim *sim);
/* A notification; true: somebody listens. */
bool bus_notify(Sim *sim, SimPod *pod, const char *uuid, const void *data, size_t size);

/* ---- pod-*.c: what pods do ---- */

typedef enum PodType { POD_STRIDE, POD_RSC, POD_HEART_RATE } PodType;

/* What a pod with memory records. */
typedef struct SimEntry {
        int64_t at_ms;  /* its tick, after the start of the recording */
        int64_t due_ms; /* when it is known */
        Record record;
} SimEntry;

typedef struct SimRow {
        int64_t at_ms;
        double speed_mps, cadence_spm, heart_rate_bpm; /* NAN: blank */
} SimRow;

typedef struct SimRecording {
        SimEntry *entries;
        SimRow *rows;
        size_t n;
} SimRecording;

#define SIM_EPOCHS_MAX 32
#define SIM_PIPES_MAX  8

typedef struct SimEpoch {
        uint32_t epoch;
        int64_t booted_ms;
        uint32_t n_records; /* ever; seq 1..n */
        uint32_t freed;     /* up to this seq: durable, as the gateway said */
        uint32_t overwritten; /* up to this seq: the memory was full */
        size_t first;       /* index of seq 1 in records */
} SimEpoch;

/* Records that were overwritten before anybody had them. Told once, it does not grow any more. */
typedef struct SimLost {
        uint32_t epoch, first, last;
        int64_t tick; /* when it noticed */
        bool told;
} SimLost;

#define SIM_LOST_MAX 64

struct SimPod {
        Sim *bus_of; /* for callbacks that know the pod only */
        char address[ADDRESS_SIZE];
        char name[32];
        PodType type;
        char runner[ID_SIZE], zone[48];
        Placement placement;
        int battery_pct;
        double drift_ppm;
        bool always_running;
        size_t mtu_payload;
        int64_t up_ms; /* so long it ran when the story began */

        /* radio */
        bool in_range, has_device, has_services, rssi_known, connected, resolved;
        bool paired;          /* bluetoothd has a key of it */
        uint32_t key, its_key; /* bluetoothd's and the pod's; 0: none; a link is encrypted with equal ones */
        bool keeps_bond;      /* while it has one, no new one replaces it */
        enum { PAIRS_JUST_SO, PAIRS_BY_DISPLAY, PAIRS_BY_KEYS, PAIRS_BY_COMPARING } pairing;
        uint32_t passkey;     /* that it shows, or that is entered at it */
        sd_bus_message *connect_call, *pair_call;
        bool trusted;
        int pipes[SIM_PIPES_MAX]; /* -1: nobody listens; by characteristic */
        bool notifying[SIM_PIPES_MAX]; /* by StartNotify: values come as signals */
        unsigned lose, reorder;   /* faults on the next packets */
        unsigned lose_answers;    /* of the control point */
        uint8_t lose_opcode;      /* only answers to this one; 0: any */
        uint8_t held[STRIDE_PACKET_MAX];
        size_t held_size;

        /* what it plays */
        const SimRecording *recording;
        int64_t recording_start_ms;
        size_t next;

        /* its memory */
        Record *records;
        bool *sent; /* somebody listened; as records */
        size_t n_records;
        size_t capacity; /* records; 0: no end */
        SimLost lost[SIM_LOST_MAX];
        size_t n_lost;
        uint32_t withheld; /* a seq of the running epoch that no report sends; 0: none */
        SimEpoch epochs[SIM_EPOCHS_MAX];
        size_t n_epochs;
        bool live;
        StrideRequest report; /* under way when opcode is set */
        Record page[STRIDE_PAGE_RECORDS]; /* what it sends */
        size_t n_page, page_at;
        uint32_t page_last;

        /* without one: what was sent */
        uint32_t link_epoch, link_seq;
        bool sent_on_link;
        double speed_rest, cadence_rest; /* rounded off so far, times ms: sums stay true */
};

typedef struct SimCharacteristic {
        const char *service;
        const char *uuid;
        const char *flags[3];
        /* octets of a read, or NULL; answers their number */
        size_t (*read)(const Sim *sim, const SimPod *pod, uint8_t *ret);
} SimCharacteristic;

const SimCharacteristic *pod_characteristics(const SimPod *pod, size_t *ret_n);
void pod_boot(Sim *sim, SimPod *pod, int reset_cause);
/* Its recording up to now is in its memory. */
void pod_catch_up(Sim *sim, SimPod *pod);
/* A record of a kind that no gateway knows yet. */
void pod_note_unknown(Sim *sim, SimPod *pod);
/* The record `back` before the newest one does not come by REPORT until the next call; a negative
 * number: all come again. */
void pod_withhold(SimPod *pod, int back);
/* As if it had begun skip_ms ago; what lies before is not played but passed over. */
void pod_play(Sim *sim, SimPod *pod, const SimRecording *recording, int64_t skip_ms);
/* As if it had begun ago_ms ago, and been recorded: what lies before is in the memory. */
void pod_remember(Sim *sim, SimPod *pod, const SimRecording *recording, int64_t ago_ms);
void pod_stop(Sim *sim, SimPod *pod); /* playing */
void pod_linked(Sim *sim, SimPod *pod);
void pod_unlinked(Sim *sim, SimPod *pod);
void pod_control(Sim *sim, SimPod *pod, const void *data, size_t size);
/* Every record ever held or sent, one JSON object a line; what was overwritten before it was sent is
 * in lost records instead. 0 or -errno. */
int pods_write(Sim *sim, const char *path);
/* How far each epoch's memory was freed, one JSON object a line. */
int pods_write_freed(const Sim *sim, const char *path);
/* What no record says: whose each pod is, and what its ticks count from. 0 or -errno. */
int pods_write_about(const Sim *sim, const char *path);

/* ---- recordings.c: borrowed, they live as long as the program ---- */

/* A CSV file beside the story, read once; NULL: it is none, and stderr says so. */
const SimRecording *recording_of(Sim *sim, const char *name, PodType type);
const SimRecording *recording_inline(const cJSON *rows); /* NULL: too many */

/* ---- scenario.c ---- */

int scenario_load(Sim *sim, const char *path);
int scenario_start(Sim *sim);

/* ---- the whole ---- */

typedef struct SimEvent {
        int64_t at_ms; /* boottime */
        const cJSON *json;
} SimEvent;

struct Sim {
        struct SimTime *time;
        SimTimers timers;
        struct SimBus *bus;
        SimPod pods[SIM_PODS_MAX];
        size_t n_pods;
        cJSON *scenario;
        char directory[512]; /* of the scenario's file */
        int64_t start_utc_ms;
        ClockQuality quality;
        FILE *sent; /* samples, as they are sent */
        bool failed;
};

SimPod *sim_pod(Sim *sim, const char *address);
