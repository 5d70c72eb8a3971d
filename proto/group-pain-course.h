/* group-pain-course.h: the course of pain over the last 26 weeks, as of the week's end (or of today,
 * while it runs): the 14-day clock, which looks back as far as its streak reaches, the trend, and whether pain goes with load (metrics.md 2.4-2.6). */
#pragma once

#include "proto/groups.h"

/* Pain for more than two weeks: see a professional. All its numbers are our own (measure/pain-clock.h).
 * head.n: days of the streak with an entry; without a streak, days with an entry at all;
 * head.coverage: of the streak's days; head.error: null, "exact". */
typedef struct WeekPainClock {
        GroupHead head;
        char verdict[16]; /* "no" "alert" "cannot_tell", never shown as "no" */
        char start[12];   /* local date of the streak's first pain day */
        int64_t is_older; /* always no since method 2: it is looked at from its beginning */
        int64_t span_days;
        int64_t pain_days;
        int64_t pauses;   /* stretches of days without recorded pain inside it */
        char reaches[12]; /* local date from which a pain day can give the alert */
        char alert[12];   /* local date on which it did */
} WeekPainClock;

/* Theil-Sen and Mann-Kendall over complete weeks; exploratory: weekly pain is autocorrelated, so p is
 * too small. head.n: complete weeks; head.coverage: of the weeks from the first to the last;
 * head.error: half of the slope's 95 % interval. */
typedef struct WeekPainTrend {
        GroupHead head;
        double slope; /* points a week */
        double slope_low, slope_high;
        double p;        /* exact up to ten weeks */
        char word[12];   /* "rising" "falling" "no_change"; none below five complete weeks */
} WeekPainTrend;

/* Weekly distance against the mean pain 0, 1, 2 weeks later: an association, never a cause.
 * head.n: pairs at lag 0; head.coverage: of the weeks looked at; head.error: null, "not_known". */
typedef struct WeekPainLoad {
        GroupHead head;
        double pairs[3];
        char show[40]; /* three codes: "nothing" (below 8 pairs), "points" (below 12), "figure" */
        double tau_b[3];
        double spearman[3];
        double p[3];      /* the larger of the permutations' and the circular shifts' */
        double p_holm[3]; /* adjusted for three lags */
} WeekPainLoad;

extern const FieldTable week_pain_clock_fields;
extern const FieldTable week_pain_trend_fields;
extern const FieldTable week_pain_load_fields;
