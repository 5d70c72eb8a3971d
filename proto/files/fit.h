/* fit.h: FIT activities, as watches keep them. Read only, and only what a run is made of: session,
 * lap and record messages; positions are never looked at.
 *
 * A file is a header, messages and a CRC; several may follow each other. A message's fields are laid
 * out by a definition before it; fields of developers are stepped over. */
#pragma once

#include "proto/imported-run.h"

typedef enum FitKind { FIT_SESSION, FIT_LAP, FIT_RECORD } FitKind;

/* Null what the file does not say. */
typedef struct FitMessage {
        FitKind kind;
        int64_t utc_ms;       /* its timestamp: of a session or lap, its end */
        int64_t start_utc_ms; /* session, lap */
        double distance_m;    /* of the session or lap; of a record since the beginning */
        double elapsed_s;     /* with pauses */
        double timer_s;       /* without */
        double speed_mps;     /* mean, or of the moment */
        double cadence_rpm;   /* strides a minute, as FIT has it of runs */
        double cycles;        /* strides */
        double heart_rate_bpm;
        double sport;         /* 1: running */
} FitMessage;

typedef int (*FitFunction)(const FitMessage *message, void *userdata);

/* Calls `function` for each message in order; what it returns unless 0 ends the walk and is returned.
 * -EBADMSG: *ret_fault says what is wrong, as a code (import_fault_text); messages before it were told. */
int fit_walk(const uint8_t *data, size_t size, FitFunction function, void *userdata,
             const char **ret_fault);
/* Is it a FIT file, by its first octets? */
bool fit_is(const uint8_t *data, size_t size);

/* Runs: sessions of the sport running. `fault`: why one is not taken (another sport, a bad number), or
 * NULL. Nothing is told of a file that is damaged. Returns as fit_walk; -EBADMSG with "no_session": it
 * holds none. */
typedef int (*FitRunFunction)(const ImportedRun *run, const char *fault, void *userdata);
int fit_runs(const uint8_t *data, size_t size, int64_t now_utc_ms, FitRunFunction function,
             void *userdata, const char **ret_fault);
