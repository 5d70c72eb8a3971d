/* pain.h: the week of NRS-11 entries (metrics.md 2.1). */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PainEntry {
        int32_t day; /* local date, as in base/calendar.h */
        int64_t pain; /* 0..10 */
} PainEntry;

typedef struct PainWeek {
        double mean; /* of the days' values (their maximum); NAN without entries */
        int64_t max; /* NULL_INTEGER without entries */
        int64_t days_with_pain;
        int64_t entry_days;
        int64_t entries;
        bool complete;
} PainWeek;

/* Entries of one week starting on day `monday`, any order; others, and what is not 0..10, are
 * passed over. */
PainWeek pain_week(const PainEntry *entries, size_t n, int32_t monday, int64_t complete_days);

/* The value of each of `n_days` days from `first_day`, its highest entry; NULL_INTEGER without
 * one. Entries in any order, those of other days and what is not 0..10 are passed over: when and
 * in which order they arrived leaves no trace. */
void pain_days(const PainEntry *entries, size_t n, int32_t first_day, int64_t *ret, size_t n_days);
