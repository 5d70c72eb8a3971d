/* flags.h: gait that differs from the runner's own usual (metrics.md 3.3, 3.5).
 *
 * A flag compares sessions with the same runner's standing and the runner's own median of the
 * four weeks before, never with other people, and only after several sessions in a row. It
 * says "different from your own usual" and is never a diagnosis: static posture does not
 * differ between people with and without back pain (Laird 2014). All thresholds are our own.
 *
 * Only sessions of steady running on level ground count, for slopes change the lumbar position
 * (Levine 2007). Others, and those without the values a rule needs, are passed over; they
 * neither raise a flag nor end one. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"
#include <stdbool.h>

typedef enum FlagMeasure {
        FLAG_LUMBAR_MEAN_DEG, /* session median of λ's mean, against standing */
        FLAG_TILT_MEAN_DEG,
        FLAG_DROP_LEFT_DEG, /* excursion at stance of that side */
        FLAG_DROP_RIGHT_DEG,
        FLAG_HIP_EXTENSION_LEFT_DEG, /* session median of the peak per stride */
        FLAG_HIP_EXTENSION_RIGHT_DEG,
        FLAG_CONTACT_INDEX_PCT, /* symmetry index of contact times, positive: right longer */
        FLAG_PEAK_INDEX_PCT,    /* of impact peaks */
        FLAG_MEASURE_COUNT,
} FlagMeasure;

typedef struct FlagSession {
        int32_t day;                       /* local date of its start, as in base/calendar.h */
        double steady_s;                   /* of steady running */
        double grade_pct;                  /* of that; NAN: not known, taken as level */
        bool sacrum;                       /* a pod there told of it */
        bool calibrated;                   /* and its standing was recorded at this mounting */
        double values[FLAG_MEASURE_COUNT]; /* NAN: not measured */
} FlagSession;

typedef struct FlagParameters {
        double steady_min_s;
        double grade_max_pct;
        int32_t baseline_days;    /* before the first session of the row */
        size_t baseline_sessions; /* fewer with a value: no baseline */
        double lumbar_deg;        /* above standing, or above own median */
        double drop_deg;          /* above own median */
        double drop_sides_deg;    /* between the sides */
        double extension_deg;     /* below own median, together with … */
        double tilt_deg;          /* … so much above own median */
        double contact_index_pct; /* either side of 0 */
        double peak_index_pct;
        double index_points; /* and so far from own median */
        size_t sessions_in_a_row; /* that pass a limit, at most FLAG_ROW_MAX; an index: */
        size_t asymmetry_in_a_row;
} FlagParameters;

typedef enum FlagState {
        FLAG_CANNOT_TELL,
        FLAG_CLEAR,
        FLAG_RAISED,
} FlagState;

/* What the newest session of a raised flag rests on. */
typedef struct FlagEvidence {
        FlagMeasure measure;
        double value;     /* in the measure's unit */
        double reference; /* standing (0), own median, or the other side */
        double limit;     /* value passed this, away from the reference or from 0 */
        const char
                *against; /* what the reference is: "own standing" "own four weeks" "other side" */
} FlagEvidence;

typedef struct Flag {
        FlagState state;
        FlagEvidence evidence; /* of RAISED; else zero */
        int32_t since;         /* of RAISED: day of the first session of the row; else 0 */
        const char *reason;    /* of CANNOT_TELL: "no_sessions" "no_standing" "too_few_sessions"
                                  "no_baseline"; else NULL */
} Flag;

typedef struct FlagRule {
        const char *id;     /* "lumbar_hyperextension" */
        const char *words;  /* for a clinician */
        const char *source; /* of the rule, and what is known about it */
        size_t in_a_row; /* offset in FlagParameters of how many sessions it must last */
        bool needs_standing;
        unsigned any_of, all_of; /* bits of measures: a session without these is passed over */
        /* One session against the runner's own medians (NAN: no baseline). */
        FlagState (*evaluate)(const FlagSession *session,
                              const double baseline[static FLAG_MEASURE_COUNT],
                              const FlagParameters *parameters, FlagEvidence *ret);
} FlagRule;

enum { FLAG_RULES = 4, FLAG_ROW_MAX = 8 };
extern const FlagRule flag_rules[FLAG_RULES];

size_t flag_sessions_in_a_row(const FlagRule *rule, const FlagParameters *parameters);
/* One rule on sessions in order of time; the newest ones decide. */
Flag flag_evaluate(const FlagRule *rule, const FlagSession *sessions, size_t n,
                   const FlagParameters *parameters);
