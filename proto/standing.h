/* standing.h: the reasons for an alert that stand in a week, each with how bad it is, as codes
 * ("pain_high:8:2026-11-23"): what is told of a week, and what somebody has seen of it.
 *
 * Severity, by code: pain_high: the worst of 10; pain_worse: whole points above the baseline;
 * spike_large: 2 moderate, 3 large; through_pain: the level; gait_flag: the sum of 1 low back, 2 drop,
 * 4 hip, 8 sides; pain_clock, no_data: 1, they stand or they do not. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STANDING_SIZE 208 /* all that can stand at once: tested */

typedef struct StandingReason {
        char code[24];
        int64_t severity;
        char since[12]; /* Monday of the first of the weeks in a row in which it stands */
} StandingReason;

/* False: no room. */
bool standing_add(char *list, size_t size, const StandingReason *one);
/* The next one of a walk that began with *at = list. False: the end. */
bool standing_next(const char **at, StandingReason *ret);
bool standing_find(const char *list, const char *code, StandingReason *ret);
/* Is it worse than what was seen of the same code? A longer silence, or more days of the clock, is not:
 * who knows of it knows that it goes on. */
bool standing_is_worse(const StandingReason *now, const StandingReason *seen);
