#include "proto/group-pain-runs.h"

#include "base/cleanup.h"

#define RUN(type, member, path)  FIELD(FIELD_##type, RunPain, member, "pain." path)
#define WEEK(type, member, path) FIELD(FIELD_##type, WeekPainRuns, member, "pain.runs." path)

static const Field run_list[] = {
        GROUP_HEAD(RunPain, "pain"),
        RUN(BOOLEAN, through, "through"),
        RUN(BOOLEAN, stopped, "stopped"),
        RUN(INTEGER, level, "level"),
        RUN(INTEGER, next_morning, "next_morning"),
        RUN(INTEGER, after_48h, "after_48h"),
        RUN(REAL, band_low, "band.low"),
        RUN(REAL, band_high, "band.high"),
        RUN(INTEGER, band_n, "band.n"),
        RUN(TEXT, next_morning_word, "next_morning_word"),
        RUN(TEXT, after_48h_word, "after_48h_word"),
};

static const Field week_list[] = {
        GROUP_HEAD(WeekPainRuns, "pain.runs"),
        WEEK(INTEGER, through, "through"),
        WEEK(INTEGER, level_max, "level_max"),
        WEEK(INTEGER, above_morning, "above_morning"),
        WEEK(INTEGER, above_48h, "above_48h"),
};

const FieldTable run_pain_fields = {
        .name = "run_pain", .fields = run_list, .n_fields = ARRAY_SIZE(run_list)};
const FieldTable week_pain_runs_fields = {
        .name = "week_pain_runs", .fields = week_list, .n_fields = ARRAY_SIZE(week_list)};
