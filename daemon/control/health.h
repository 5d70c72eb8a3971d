/* health.h: Private to control. How the gateway is, read once a call: what status tells and the
 * doctor judges. */
#pragma once

#include "daemon/control/state.h"
#include "daemon/ledger/condition.h"
#include "daemon/ledger/resend.h"

typedef struct Health {
        Control *control;
        int64_t now_utc_ms;
        RadioState radio;
        ClinicState clinic;
        ClockQuality clock;
        int64_t waiting, oldest_utc_ms;
        int64_t unconfirmed, oldest_unconfirmed_utc_ms; /* taken by the broker, no receipt yet */
        char unconfirmed_since[96];
        Resend resend; /* that is under way; with an id of "" none is */
        int64_t used_octets, free_octets;
        int64_t n_set_aside;
        char set_aside[384]; /* the newest of them */
        DiskState disk;
        int64_t in_use_octets; /* of size_max_octets */
        int64_t size_max_octets; /* NULL_INTEGER: no budget */
        bool is_budget_used; /* that is why the disk is low */
        LedgerCondition ledger;
        char begun[640];     /* whose place it took, when and why */
        int64_t n_pods, n_runners, n_without_consent;
        int64_t n_aside;      /* spans and weeks that could not be derived */
        int64_t n_unreadable; /* records */
        int64_t n_redflags;   /* that nobody has acknowledged */
        char redflags[160];   /* the oldest of them */
        bool is_redflag_told; /* its runner was told that there was no answer in time */
        int64_t n_apart;      /* epochs dated twice, laps of the counter apart */
        char apart[64];       /* the newest of them */
        int64_t n_untimed;    /* epochs whose records no clock has placed yet */
} Health;

/* For the callbacks that append a pod or a runner: what was read, and the reply. */
typedef struct Section {
        const Health *health;
        sd_bus_message *m;
} Section;

/* Borrows control, as long as *ret is used. 0 or what the ledger says; an unknown size is no
 * error, it is NULL_INTEGER. */
int health_read(Control *control, Health *ret) MUST_CHECK;
