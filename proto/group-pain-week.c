#include "proto/group-pain-week.h"

#include "base/cleanup.h"

#define DAYS(type, member, path)   FIELD(FIELD_##type, WeekPainDays, member, "pain.week." path)
#define CHANGE(type, member, path) FIELD(FIELD_##type, WeekPainChange, member, "pain.change." path)
#define OSTRC(type, member, path)  FIELD(FIELD_##type, WeekOstrc, member, "pain.ostrc." path)

static const Field days_list[] = {
        GROUP_HEAD(WeekPainDays, "pain.week"),
        DAYS(REALS, daily, "daily"),
        DAYS(BOOLEAN, is_complete, "is_complete"),
};

static const Field change_list[] = {
        GROUP_HEAD(WeekPainChange, "pain.change"),
        CHANGE(TEXT, baseline_week, "baseline_week"),
        CHANGE(REAL, baseline_mean, "baseline_mean"),
        CHANGE(REAL, drop, "drop"),
        CHANGE(REAL, percent, "percent"),
        CHANGE(TEXT, word, "word"),
};

static const Field ostrc_list[] = {
        GROUP_HEAD(WeekOstrc, "pain.ostrc"),
        OSTRC(INTEGER, severity, "severity"),
        OSTRC(BOOLEAN, problem, "problem"),
        OSTRC(BOOLEAN, substantial, "substantial"),
};

#define TABLE(name_, list) {.name = name_, .fields = list, .n_fields = ARRAY_SIZE(list)}

const FieldTable week_pain_days_fields = TABLE("week_pain_week", days_list);
const FieldTable week_pain_change_fields = TABLE("week_pain_change", change_list);
const FieldTable week_ostrc_fields = TABLE("week_pain_ostrc", ostrc_list);
