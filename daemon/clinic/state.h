/* state.h: Private to clinic. What its two halves work with: consumer.c has the connection,
 * sender.c brings the outbox to it. */
#pragma once

#include "daemon/clinic/handoff.h"
#include "daemon/clinic/intake.h"
#include "daemon/clinic/mqtt.h"
#include "daemon/clinic/source.h"

#define LEDGER_RETRY_MS 10000

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
        int64_t last_sent; /* row id; in this connection */
        int64_t last_redflag; /* the same of red flags, which go before the others */
        int64_t settled[MQTT_IN_FLIGHT_MAX]; /* confirmed, not yet written; with what is under way
                                                never more than there is room for */
        size_t n_settled;
};

MessageSource clinic_source(const Clinic *clinic);
/* The ledger failed: says so, once, with what happens next. */
void clinic_complain(const Clinic *clinic, const char *what, int error);

/* ---- sender.c ---- */

int sender_init(Clinic *clinic) MUST_CHECK;
void sender_clear(Clinic *clinic); /* settles what was confirmed */
/* From the oldest row on: what was passed over is tried again, what is under way is not sent twice. */
void sender_start_over(Clinic *clinic);
/* A PUBACK came; sender_settle, after a handful of them, writes it. */
void sender_delivered(Clinic *clinic, int64_t row);
void sender_settle(Clinic *clinic);
