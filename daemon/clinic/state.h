/* state.h: Private to clinic. What its two halves work with: consumer.c has the connection,
 * sender.c brings the outbox to it. */
#pragma once

#include "daemon/clinic/complain.h"
#include "daemon/clinic/handoff.h"
#include "daemon/clinic/intake.h"
#include "daemon/clinic/mqtt.h"
#include "daemon/clinic/source.h"
#include "daemon/clinic/suspects.h"

#define REFUSED_AGAIN_FIRST_MS 10000   /* doubles each time in vain, up to */
#define REFUSED_AGAIN_MAX_MS   300000
#define REFUSED_CUT_MAX_MS     3600000 /* where trying costs the connection */
#define REFUSED_ALONE_MS       30000   /* so long a suspect under way keeps the others waiting */

/* What the broker does not take. */
typedef struct Refused {
        Suspects suspects;
        int64_t alone; /* row under way by itself, 0: none */
        int64_t alone_boottime_ms;
        int64_t last_suspect;  /* row id, in this connection */
        int64_t last_mendable; /* row id of what is set aside; 0: from the oldest */
        bool is_due;           /* what is set aside is tried again */
        bool is_told;          /* that something is set aside */
        bool was_cut;          /* the last connection ended while something was tried alone */
        bool costs_connections; /* trying what is set aside does */
        int64_t wait_ms;
        Timer *timer;
} Refused;

struct Clinic {
        ClinicConfig config;
        Clock *clock;
        Ledger *ledger;
        const ClinicObserver *observer;
        void *userdata;
        TopicPrefix prefix;
        ClinicState state;
        int version; /* of MQTT, for the next connection */
        Handoff *handoff;
        Spool *spool;
        Intake *intake;
        Mqtt *mqtt;
        bool failed; /* the connection is over, the timer frees it */
        uint32_t failures;
        Timer *connect_timer;
        Timer *pump_timer;
        Timer *status_timer;
        Timer *again_timer; /* for rows passed over */
        Timer *receipt_timer; /* for rows whose receipt does not come */
        int64_t last_sent; /* row id; in this connection */
        int64_t last_redflag; /* the same of red flags, which go before the others */
        int64_t settled[MQTT_IN_FLIGHT_MAX]; /* confirmed, not yet written; with what is under way
                                                never more than there is room for */
        size_t n_settled;
        Refused refused;
        Complaints complaints;
};

MessageSource clinic_source(const Clinic *clinic);

/* ---- sender.c ---- */

int sender_init(Clinic *clinic) MUST_CHECK;
void sender_clear(Clinic *clinic); /* settles what was confirmed */
/* The broker does (not) know our session of before: if it forgot it may have forgotten everything. */
void sender_connected(Clinic *clinic, bool session_kept);
/* From the oldest row on: what was passed over is tried again, what is under way is not sent twice. */
void sender_start_over(Clinic *clinic);
/* A PUBACK came; sender_settle, after a handful of them, writes it. */
void sender_delivered(Clinic *clinic, int64_t row);
void sender_settle(Clinic *clinic);
/* 1: under way; 0: will never be sent, out of the way; -errno. */
int sender_send_row(Clinic *clinic, const OutboxRow *row) MUST_CHECK;
void sender_row_name(const OutboxRow *row, char *ret, size_t size);

/* ---- refused.c ---- */

int refused_init(Clinic *clinic) MUST_CHECK;
/* Whether a suspect under way must stay the only one. */
bool refused_waits(const Clinic *clinic);
/* Is this row for later? 1: it is passed over, or set aside; 0: send it. */
int refused_passes_over(Clinic *clinic, const OutboxRow *row) MUST_CHECK;
/* Nothing else is left: what was passed over. 1: go on; 0: that is all for now. */
int refused_next(Clinic *clinic) MUST_CHECK;
/* News of the connection: it began, the broker refused or took a row, ended it. */
void refused_connected(Clinic *clinic);
void refused_by_code(Clinic *clinic, int64_t row, bool mendable, const char *why);
void refused_for_later(Clinic *clinic, int64_t row, const char *why); /* not about the row */
void refused_delivered(Clinic *clinic, int64_t row);
void refused_cut(Clinic *clinic, const char *why);
