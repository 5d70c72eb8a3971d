/* worn.h: which pods could have told of a stretch of a runner's time, and whether they were alive.
 *
 * A pod that was flat, switched off or on somebody else's foot tells nothing about a week, however
 * often it is heard afterwards. */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"

typedef struct WornPod {
        char address[ADDRESS_SIZE];
        bool has_memory;
        int64_t from_utc_ms; /* the part of the stretch in which it was the runner's */
        int64_t to_utc_ms;   /* exclusive */
        int64_t reported_utc_ms; /* its memory was read to the end then, or NULL_INTEGER */
        /* Of that part, how long its tick counter is known to have run; pods with memory only. An
         * epoch runs from its first tick to the last thing known of it, or until the pod last
         * reported in it. */
        int64_t running_ms;
} WornPod;

typedef int (*WornFunction)(const WornPod *worn, void *userdata);
/* Each assignment of a pod to the runner that overlaps from..to. A callback's non-zero return ends
 * the walk and is returned. */
int worn_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
              WornFunction function, void *userdata) MUST_CHECK;

/* The same, and before each assignment the stretches of its part in which it is known to have been
 * there: a pod with memory by its tick counter, as above; one without, from the first to the last it
 * was heard on a connection. */
typedef int (*WornSpanFunction)(const WornPod *worn, int64_t from_utc_ms, int64_t to_utc_ms,
                                void *userdata);
int worn_spans_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                    WornFunction function, WornSpanFunction span, void *userdata) MUST_CHECK;
