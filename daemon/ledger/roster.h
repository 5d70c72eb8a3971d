/* roster.h: who wears what: runners, pods, and which pod sits where since when. */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"
#include "proto/care-records.h"
#include "proto/fields.h"
#include "proto/record.h"

typedef struct Runner {
        char id[ID_SIZE]; /* pseudonym */
        char zone[48];    /* IANA name of home, the newest (homes.h) */
        int64_t consent;  /* 1: may be published; 0 until somebody says so */
        int64_t added_utc_ms;
        double mass_kg; /* and below: null when unknown */
        double height_cm;
        int64_t hr_max_bpm;
        int64_t hr_rest_bpm;
        char sex[8]; /* "male" "female" or "" */
} Runner;

extern const FieldTable runner_fields;

/* 0; -EEXIST: that id is there already (nothing changed); -EAGAIN: the clock is not set, nobody
 * knows since when. */
int runner_add(Ledger *ledger, const Runner *runner) MUST_CHECK;
/* 1: filled; 0: no such runner. */
int runner_get(Ledger *ledger, const char *id, Runner *ret) MUST_CHECK;
/* 0; -ENOENT. Given: the newest revision of every week and run and a summary are
 * queued. Withdrawn: waiting rows of the runner are cancelled and retained topics
 * cleared. Either leaves an audit line. Unchanged: nothing happens. */
int runner_set_consent(Ledger *ledger, const char *id, bool consent) MUST_CHECK;
/* The same, withdrawn by way of the clinic: by its message's id once, for it may come again after consent was given
 * again at home. 1; 0: it was heard before, nothing happens; -ENOENT. */
int runner_withdraw(Ledger *ledger, const Withdrawal *withdrawal) MUST_CHECK;
/* In order of id. A callback's non-zero return ends the walk and is returned. */
typedef int (*RunnerFunction)(const Runner *runner, void *userdata);
int runner_each(Ledger *ledger, RunnerFunction function, void *userdata) MUST_CHECK;

/* Cadence of a pod counts steps of both feet or strides of one: decided by evidence. */
typedef enum CadenceConvention { CADENCE_UNDECIDED, CADENCE_STEPS, CADENCE_STRIDES } CadenceConvention;

typedef struct Pod {
        char address[ADDRESS_SIZE];
        char name[64];
        char driver[24];       /* name in proto/pods */
        char runner[ID_SIZE];  /* of the newest assignment; "": nobody */
        int64_t placement;     /* Placement of the newest assignment */
        int64_t assigned_utc_ms;
        int64_t bonded;
        int64_t has_memory;    /* numbers its own records */
        int64_t battery_pct;   /* or null */
        int64_t last_heard_utc_ms; /* or null */
        int64_t reported_utc_ms;   /* its memory was read to the end then, or null */
        int64_t cadence;       /* CadenceConvention */
        char manufacturer[40]; /* Device Information, or "" */
        char model[40];
        char firmware[40];
} Pod;

extern const FieldTable pod_fields;

/* Makes or updates the pod and, when runner or placement differ from the newest
 * assignment, a new assignment from now on (the first one counts from the beginning
 * of time, so that stored strides from before pairing belong to it), and summaries of
 * the runners who win or lose it, if they consent. 0; -ENOENT: no such runner;
 * -EAGAIN: it moves, and the clock is not set: all it ever told would become the other
 * runner's. Uses address, name, driver, runner, placement, bonded, has_memory. */
int pod_assign(Ledger *ledger, const Pod *pod) MUST_CHECK;
/* From now on nobody wears it: what it told stays its runner's, what it makes from now on is nobody's
 * until it is assigned again. `read_utc_ms`: its memory was read to the end then, or null. `how`: for the
 * audit line. 0; -ENOENT: nobody wears it; -EAGAIN: the clock is not set. */
int pod_unassign(Ledger *ledger, const char *address, int64_t read_utc_ms, const char *how) MUST_CHECK;
/* 1; 0: none. One that nobody wears any more has runner "". */
int pod_get(Ledger *ledger, const char *address, Pod *ret) MUST_CHECK;
/* Those that somebody wears. */
typedef int (*PodFunction)(const Pod *pod, void *userdata);
int pod_each(Ledger *ledger, PodFunction function, void *userdata) MUST_CHECK;

/* What links learn. 0; -ENOENT. `pod_heard` is kept in memory and written with the
 * next commit of anything. */
int pod_set_battery(Ledger *ledger, const char *address, int64_t battery_pct) MUST_CHECK;
int pod_set_information(Ledger *ledger, const char *address, const char *manufacturer,
                        const char *model, const char *firmware) MUST_CHECK;
int pod_set_cadence(Ledger *ledger, const char *address, CadenceConvention cadence) MUST_CHECK;
/* The pod's memory was read to its end at `utc_ms`; may turn weeks final. */
int pod_set_reported(Ledger *ledger, const char *address, int64_t utc_ms) MUST_CHECK;
void pod_heard(Ledger *ledger, const char *address, int64_t utc_ms);
