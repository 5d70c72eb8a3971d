/* pain-episodes.h: episodes of low-back pain, numbered for the clinic (metrics.md 2.5).
 *
 * An episode is pain that lasts longer than 24 hours, preceded and followed by at least a month
 * without (de Vet 2002, doi 10.1097/01.BRS.0000030307.34002.BE). A diary has days, so "longer
 * than 24 hours" is a span of more than one day, and a month is free_days. Unlike the clock of
 * pain-clock.h, which asks for care soon, an episode goes on through shorter relief.
 *
 * A month of which nobody knows anything is not a month without pain: such a boundary is counted
 * but marked as not known. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PainEpisodeParameters {
        int64_t pain_from;   /* [own] NRS */
        size_t free_days;    /* a month: de Vet 2002 */
        size_t span_min;     /* days from the first to the last pain day: longer than 24 h */
        size_t chronic_days; /* a span above it is chronic: three months */
        double min_coverage; /* [own] share of a boundary's free_days that need an entry */
} PainEpisodeParameters;

extern const PainEpisodeParameters pain_episode_defaults;

typedef struct PainEpisode {
        size_t start, last; /* first and last pain day, indices into the list */
        size_t span_days;
        size_t pain_days;
        bool start_known; /* enough of the month before was recorded, and without pain */
        bool end_known;   /* the same after; false while it may still go on */
        bool is_chronic;
} PainEpisode;

/* Values of consecutive days, as pain_clock. Fills up to `room` episodes, in order of time;
 * answers how many there are, which may be more. An episode's number is its index + 1. */
size_t pain_episodes(const int64_t *days, size_t n, const PainEpisodeParameters *parameters,
                     PainEpisode *ret, size_t room);
