/* session.h: activity in pieces, and the sessions they make.
 *
 * A piece is a stride (initial contact to the next of the same foot) or a sample of
 * speed and cadence with the time it stands for. Pieces less than session_gap_ms
 * apart belong to one session, also when a bridge (activity.h) lies between them; a session with
 * too little running is no run. */
#pragma once

#include "daemon/measure/activity.h"

typedef struct Piece {
        int64_t from_ms;
        int64_t to_ms;
        const HeardStride *stride; /* one of the two */
        const HeardSample *sample;
} Piece;

typedef struct Session {
        size_t first; /* of the pieces */
        size_t n;
        int64_t from_ms;
        int64_t to_ms;
        bool is_run;
} Session;

/* Both arrays are the caller's to free; pieces point into `activity`, in order of
 * from_ms. 0 or -ENOMEM. */
int sessions_find(const Activity *activity, Piece **ret_pieces, size_t *ret_n_pieces,
                  Session **ret_sessions, size_t *ret_n_sessions) MUST_CHECK;
