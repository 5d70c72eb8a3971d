/* clinic-records.h: what the clinic is told and tells us: runs, weeks, diary
 * entries, as structs with field tables. Null and reasons as in fields.h. What a run or a week
 * says beyond its own fields stands in groups: groups.h says how to add one. */
#pragma once

#include "base/text.h"
#include "proto/care-records.h"
#include "proto/group-exercises.h"
#include "proto/group-flags.h"
#include "proto/group-gait.h"
#include "proto/group-sitting.h"
#include "proto/group-trunk.h"
#include "proto/group-verdict.h"
#include "proto/groups.h"
#include "proto/group-acwr.h"
#include "proto/group-assessment.h"
#include "proto/group-days.h"
#include "proto/group-effort.h"
#include "proto/group-impact.h"
#include "proto/group-pain-course.h"
#include "proto/group-pain-runs.h"
#include "proto/group-pain-week.h"
#include "proto/group-plan.h"
#include "proto/group-spike.h"
#include "proto/group-treatment.h"

#define RUN_ID_SIZE   24 /* "20261124T073012Z" and room for a suffix */
#define IMPORT_ID     "import-" /* the id of an entry that was read from a file begins so */
#define WEEK_ID_SIZE  12 /* "2026-W47" */
#define RUN_STATE_WITHDRAWN "withdrawn"

/* One run. Sessions less than 15 min apart are one run. */
typedef struct Run {
        char runner[ID_SIZE];
        char run[RUN_ID_SIZE];  /* id, unique per runner, kept through revisions */
        int64_t revision;       /* from 1 */
        char state[16];         /* "current", or "withdrawn": merged into another run */
        int64_t start_utc_ms;   /* first contact or first moving sample */
        int64_t end_utc_ms;
        char zone[48];          /* the runner's home zone when it was computed */
        char local_date[12];    /* of its start: "2026-11-24" */
        double distance_m;      /* this and steps: to 0.1, to 0.001 below 100 */
        int64_t duration_s;     /* moving time */
        double steps;           /* whole where feet were counted, else Σ cadence·dt */
        int64_t steps_estimated; /* 1: one foot only, doubled */
        char source[16];        /* "mean_of_feet" "left" "right" "rsc" "import_fit" "import_csv" "none";
                                 * "mixed": its parts are of several */
        double coverage;        /* 0..1; null of an imported one */
        int64_t left_steps;
        double left_impact_sum_g;
        double left_coverage;
        int64_t right_steps;
        double right_impact_sum_g;
        double right_coverage;
        int64_t impact_clipped; /* contacts whose peak was clipped; sums are lower bounds if > 0 */
        double heart_rate_mean_bpm;
        int64_t received_utc_ms; /* when its newest record arrived: live or late */
        double time_error_s;     /* of start and end */
        /* Not fields, they stay at home: what distance_m and steps were rounded from, so that
         * a week of short runs is rounded once, and runs are compared by whole metres. Null as
         * the field is. */
        int64_t distance_mm;
        int64_t steps_1000; /* thousandths */
        /* groups: run_groups */
        Impact impact;
        RunEffort effort;
        RunSpike spike;
        RunPain pain;
        Gait gait;
        Trunk trunk;
        Reasons reasons;         /* not a field */
} Run;

/* One ISO week of one runner in the home zone. */
typedef struct Week {
        char runner[ID_SIZE];
        char week[WEEK_ID_SIZE];
        int64_t revision;  /* from 1 */
        char state[16];    /* "provisional" "final" */
        char zone[48];
        double coverage;   /* of the runs, by moving time; null without runs */
        double load_distance_m; /* this and load_steps: as in Run */
        int64_t load_duration_s;
        double load_steps;
        int64_t load_runs;
        char load_source[16]; /* of its runs; "mixed" when they differ */
        int64_t left_steps;
        double left_impact_sum_g;
        int64_t right_steps;
        double right_impact_sum_g;
        int64_t longest_distance_m;  /* the run with the worst spike, else the longest; to 1 m */
        int64_t longest_reference_m; /* longest run of the 30 days before it; to 1 m */
        char longest_band[16];       /* "reference" "small" "moderate" "large" */
        double pain_mean;            /* of day values (day's maximum) over days with an entry */
        int64_t pain_max;
        int64_t pain_days;           /* days with pain >= 1 */
        int64_t pain_entry_days;     /* days with an entry */
        int64_t pain_entries;
        char empty[20]; /* why there is no run: "did_not_run" "not_worn" "not_delivered" "unknown", else "" */
        int64_t received_utc_ms; /* when the newest of its records and entries came; null: none did */
        char settings[512]; /* codes "key=value": options of measures that are not at their default */
        /* groups: week_groups */
        WeekDays days;
        Impact impact;
        WeekEffort effort;
        WeekAcwr acwr;
        WeekSpike spike;
        WeekPainDays pain_week;
        WeekPainChange pain_change;
        WeekOstrc ostrc;
        WeekPainClock pain_clock;
        WeekPainTrend pain_trend;
        WeekPainLoad pain_load;
        WeekPainRuns pain_runs;
        Gait gait;
        Trunk trunk;
        WeekSitting sitting;
        WeekExercises exercises;
        WeekFlags flags;
        WeekPlan plan;
        WeekTreatment treatment;
        WeekAssessment assessment;
        WeekVerdict verdict; /* the last one: it speaks of the others */
        Reasons reasons;             /* not a field */
        char changed[1024]; /* not a field; of a revision after the first: "load.steps=late_records;…" */
} Week;

/* One diary entry, from the clinic's broker or from stridectl: what a runner says at one time, any of
 * it and at least one thing. Fields that nothing was said about are null, and 0 is not null: start with
 * diary_entry_set_null.
 *
 * An entry never changes. One that corrects another takes its place; one that withdraws it leaves the
 * place empty. What was corrected is kept, and no longer counts. */
typedef struct DiaryEntry {
        char id[ID_SIZE];       /* chosen by the sender; the same id twice is one entry */
        char runner[ID_SIZE];
        int64_t at_utc_ms;
        int64_t pain;           /* NRS-11: 0..10 */
        char place[64];         /* or "" */
        char note[NOTE_SIZE];   /* or ""; stays in the home */
        int64_t received_utc_ms;
        char origin[16];        /* "clinic" "gateway" */
        char corrects[ID_SIZE]; /* id of the entry whose place it takes; it may come before that one */
        int64_t withdrawn;      /* 1: nothing stands in that place; null otherwise, never 0 */
        int64_t stiff_on_waking;
        double rpe;             /* CR10 of a run: 0..10 in halves */
        char run[RUN_ID_SIZE];  /* the run that rpe and stopped_for_pain speak of; "": those of the day */
        int64_t stopped_for_pain; /* 1: stopped or changed a run because of pain */
        int64_t nutrition_kept;   /* 1: that day, 0: not */
        double sitting_h;         /* of that day, as the runner reckons: 0..24 */
        int64_t ostrc[4];         /* index 0..3 of each answer, of the seven days before */
        int64_t red_flags[RED_FLAG_COUNT]; /* 1: yes */
        int64_t treated[2];       /* 1: joint manipulation, soft-tissue release, that day */
        char exercises[EXERCISES_TEXT_SIZE]; /* done, see exercise.h; "" : none told */
} DiaryEntry;

/* Everything null. */
void diary_entry_set_null(DiaryEntry *entry);
/* Does it say yes to any red flag? */
bool diary_entry_has_red_flag(const DiaryEntry *entry);

#define EARLIEST_MS 946684800000LL /* 2000-01-01: before it a clock was not set, or the year is a slip */

/* May somebody speak at `now_utc_ms` (NULL_INTEGER: the clock is not set) of `at_utc_ms`? NULL: yes,
 * else what is wrong with it, as "lies in the future". */
const char *diary_time_fault(int64_t at_utc_ms, int64_t now_utc_ms);

extern const FieldTable run_fields; /* without the groups, as week_fields */
extern const FieldTable week_fields;
extern const GroupTable run_groups;
extern const GroupTable week_groups;
extern const FieldTable diary_fields;

/* Do only files tell of it? Their times have no known error. */
bool run_is_imported(const Run *run);

/* Everything null, groups too, and no reason. */
void run_set_null(Run *run);
void week_set_null(Week *week);
