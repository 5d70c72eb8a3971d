#include "proto/group-pain-course.h"

#include "base/cleanup.h"

#define CLOCK(type, member, path) FIELD(FIELD_##type, WeekPainClock, member, "pain.clock." path)
#define TREND(type, member, path) FIELD(FIELD_##type, WeekPainTrend, member, "pain.trend." path)
#define LOAD(type, member, path)  FIELD(FIELD_##type, WeekPainLoad, member, "pain.load." path)

static const Field clock_list[] = {
        GROUP_HEAD(WeekPainClock, "pain.clock"),
        CLOCK(TEXT, verdict, "verdict"),
        CLOCK(TEXT, start, "start"),
        CLOCK(BOOLEAN, is_older, "is_older"),
        CLOCK(INTEGER, span_days, "span_days"),
        CLOCK(INTEGER, pain_days, "pain_days"),
        CLOCK(INTEGER, pauses, "pauses"),
        CLOCK(TEXT, reaches, "reaches"),
        CLOCK(TEXT, alert, "alert"),
};

static const Field trend_list[] = {
        GROUP_HEAD(WeekPainTrend, "pain.trend"),
        TREND(REAL, slope, "slope"),
        TREND(REAL, slope_low, "slope_low"),
        TREND(REAL, slope_high, "slope_high"),
        TREND(REAL, p, "p"),
        TREND(TEXT, word, "word"),
};

static const Field load_list[] = {
        GROUP_HEAD(WeekPainLoad, "pain.load"),
        LOAD(REALS, pairs, "pairs"),
        LOAD(CODES, show, "show"),
        LOAD(REALS, tau_b, "tau_b"),
        LOAD(REALS, spearman, "spearman"),
        LOAD(REALS, p, "p"),
        LOAD(REALS, p_holm, "p_holm"),
};

#define TABLE(name_, list) {.name = name_, .fields = list, .n_fields = ARRAY_SIZE(list)}

const FieldTable week_pain_clock_fields = TABLE("week_pain_clock", clock_list);
const FieldTable week_pain_trend_fields = TABLE("week_pain_trend", trend_list);
const FieldTable week_pain_load_fields = TABLE("week_pain_load", load_list);
