/* clinic.h: the outbox's way to the clinic's broker, and the broker's word to us.
 * The only room that knows the JSON of the wire. Loop thread only; Paho's threads
 * hand over through an eventfd. */
#pragma once

#include "base/clock.h"
#include "base/text.h"
#include "daemon/ledger/ledger.h"

typedef struct sd_event sd_event;
typedef struct Clinic Clinic;

/* When may a row leave the outbox? */
typedef enum ClinicProof {
        CLINIC_PUBACK,  /* when the broker has taken it */
        CLINIC_RECEIPT, /* weeks, runs and answers: when the clinic's archive says that it has stored it */
} ClinicProof;

/* As configured. */
static inline const char *clinic_proof_name(ClinicProof proof)
{
        return proof == CLINIC_RECEIPT ? "receipt" : "puback";
}

typedef struct ClinicConfig {
        char clinic[ID_SIZE];
        char gateway[ID_SIZE];
        char host[256]; /* "": no broker configured, rows wait */
        uint16_t port;
        bool tls;                /* default true */
        char ca_file[256];       /* "" : the system's */
        char user[128];          /* "" : none */
        char password_file[256]; /* first line is the password; "" : none */
        uint32_t keep_alive_s;
        uint32_t status_interval_s;
        int64_t confirm;           /* ClinicProof */
        uint32_t receipt_within_s; /* so long after its PUBACK a row without a receipt is sent again */
        char version[32];        /* of strided, for status */
} ClinicConfig;

/* Asked when a status message is built: what other rooms know. */
typedef struct GatewayState {
        const char *radio_stage; /* as ble's RadioState.stage */
        int64_t uptime_s;
} GatewayState;

typedef struct ClinicObserver {
        void (*changed)(void *userdata); /* connected, disconnected; may be NULL */
        void (*gateway_state)(GatewayState *ret, void *userdata); /* may be NULL */
        const char *(*link_state)(const char *address, void *userdata); /* of a pod; may be NULL */
} ClinicObserver;

typedef struct ClinicState {
        bool configured;
        bool connected;
        bool tls;
        int64_t connected_since_utc_ms; /* or NULL_INTEGER */
        int64_t last_puback_utc_ms;     /* or NULL_INTEGER */
        int64_t in_flight;
        int64_t refused_inbound;        /* since start */
        ClinicProof confirm;
        int64_t unknown_receipts;       /* ids that no row here has; since start */
        int64_t setbacks;               /* connections in a row that ended because the broker did not
                                           take a row, or we could not keep what it sent */
        int64_t unbuildable;            /* rows that no message can be made of for now; they are
                                           tried again every 5 minutes */
        char unbuildable_row[256];      /* "" or the last of them and why */
        int mqtt_version;               /* 5, 3 (for 3.1.1), 0: not connected yet */
        char last_error[160];           /* "" or what the last attempt or setback was */
} ClinicState;

int clinic_new(const ClinicConfig *config, sd_event *event, Clock *clock, Ledger *ledger,
               const ClinicObserver *observer, void *userdata, Clinic **ret) MUST_CHECK;
/* Says "offline" on its status topic if connected (waits at most 1 s), disconnects. */
Clinic *clinic_free(Clinic *clinic);
DEFINE_CLEANUP(Clinic *, clinic_free);

void clinic_state(const Clinic *clinic, ClinicState *ret);
/* Rows wait in the outbox: send. Cheap, call at will. */
void clinic_wake(Clinic *clinic);
