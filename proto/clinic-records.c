#include "proto/clinic-records.h"

#include "base/calendar.h"

#include <string.h>

#define RUN(type, member, path)   FIELD(FIELD_##type, Run, member, path)
#define WEEK(type, member, path)  FIELD(FIELD_##type, Week, member, path)
#define DIARY(type, member, path) FIELD(FIELD_##type, DiaryEntry, member, path)

static const Field run_field_list[] = {
        RUN(TEXT, runner, "runner"),
        RUN(TEXT, run, "run"),
        RUN(INTEGER, revision, "revision"),
        RUN(TEXT, state, "state"),
        RUN(TIME, start_utc_ms, "start"),
        RUN(TIME, end_utc_ms, "end"),
        RUN(TEXT, zone, "zone"),
        RUN(TEXT, local_date, "local_date"),
        RUN(REAL, distance_m, "load.distance_m"),
        RUN(INTEGER, duration_s, "load.duration_s"),
        RUN(REAL, steps, "load.steps"),
        RUN(BOOLEAN, steps_estimated, "load.steps_estimated"),
        RUN(TEXT, source, "load.source"),
        RUN(REAL, coverage, "coverage"),
        RUN(INTEGER, left_steps, "load.left.steps"),
        RUN(REAL, left_impact_sum_g, "load.left.impact_sum_g"),
        RUN(REAL, left_coverage, "load.left.coverage"),
        RUN(INTEGER, right_steps, "load.right.steps"),
        RUN(REAL, right_impact_sum_g, "load.right.impact_sum_g"),
        RUN(REAL, right_coverage, "load.right.coverage"),
        RUN(INTEGER, impact_clipped, "load.impact_clipped"),
        RUN(REAL, heart_rate_mean_bpm, "heart_rate_mean_bpm"),
        RUN(TIME, received_utc_ms, "received"),
        RUN(REAL, time_error_s, "time_error_s"),
};

static const Field week_field_list[] = {
        WEEK(TEXT, runner, "runner"),
        WEEK(TEXT, week, "week"),
        WEEK(INTEGER, revision, "revision"),
        WEEK(TEXT, state, "state"),
        WEEK(TEXT, zone, "zone"),
        WEEK(REAL, coverage, "coverage"),
        WEEK(REAL, load_distance_m, "load.distance_m"),
        WEEK(INTEGER, load_duration_s, "load.duration_s"),
        WEEK(REAL, load_steps, "load.steps"),
        WEEK(INTEGER, load_runs, "load.runs"),
        WEEK(TEXT, load_source, "load.source"),
        WEEK(INTEGER, left_steps, "load.left.steps"),
        WEEK(REAL, left_impact_sum_g, "load.left.impact_sum_g"),
        WEEK(INTEGER, right_steps, "load.right.steps"),
        WEEK(REAL, right_impact_sum_g, "load.right.impact_sum_g"),
        WEEK(INTEGER, longest_distance_m, "longest_run.distance_m"),
        WEEK(INTEGER, longest_reference_m, "longest_run.reference_m"),
        WEEK(TEXT, longest_band, "longest_run.band"),
        WEEK(REAL, pain_mean, "pain.mean"),
        WEEK(INTEGER, pain_max, "pain.max"),
        WEEK(INTEGER, pain_days, "pain.days"),
        WEEK(INTEGER, pain_entry_days, "pain.entry_days"),
        WEEK(INTEGER, pain_entries, "pain.entries"),
        WEEK(TEXT, empty, "empty"),
        WEEK(TIME, received_utc_ms, "received"),
        WEEK(CODES, settings, "settings"),
};

static const Field diary_field_list[] = {
        DIARY(TEXT, id, "id"),
        DIARY(TEXT, runner, "runner"),
        DIARY(TIME, at_utc_ms, "at"),
        DIARY(INTEGER, pain, "pain"),
        DIARY(TEXT, place, "place"),
        DIARY(TEXT, note, "note"),
        DIARY(TIME, received_utc_ms, "received"),
        DIARY(TEXT, origin, "origin"),
        DIARY(TEXT, corrects, "corrects"),
        DIARY(BOOLEAN, withdrawn, "withdrawn"),
        DIARY(BOOLEAN, stiff_on_waking, "stiff_on_waking"),
        DIARY(REAL, rpe, "rpe"),
        DIARY(TEXT, run, "run"),
        DIARY(BOOLEAN, stopped_for_pain, "stopped_for_pain"),
        DIARY(BOOLEAN, nutrition_kept, "nutrition_kept"),
        DIARY(REAL, sitting_h, "sitting_h"),
        DIARY(INTEGER, ostrc[0], "ostrc.q1"),
        DIARY(INTEGER, ostrc[1], "ostrc.q2"),
        DIARY(INTEGER, ostrc[2], "ostrc.q3"),
        DIARY(INTEGER, ostrc[3], "ostrc.q4"),
        DIARY(BOOLEAN, red_flags[RED_FLAG_NUMBNESS], "redflags.numbness"),
        DIARY(BOOLEAN, red_flags[RED_FLAG_BLADDER], "redflags.bladder"),
        DIARY(BOOLEAN, red_flags[RED_FLAG_NIGHT_PAIN], "redflags.night_pain"),
        DIARY(BOOLEAN, red_flags[RED_FLAG_TRAUMA], "redflags.trauma"),
        DIARY(BOOLEAN, red_flags[RED_FLAG_FEVER], "redflags.fever"),
        DIARY(BOOLEAN, treated[0], "treatment.joint_manipulation"),
        DIARY(BOOLEAN, treated[1], "treatment.soft_tissue"),
        DIARY(TEXT, exercises, "exercises"),
};

#define TABLE(name_, list) {.name = name_, .fields = list, .n_fields = ARRAY_SIZE(list)}

const FieldTable run_fields = TABLE("run", run_field_list);
const FieldTable week_fields = TABLE("week", week_field_list);
const FieldTable diary_fields = TABLE("diary", diary_field_list);

/* ---- groups: one line each ---- */

static const Group run_group_list[] = {
        {"load.impact", &run_impact_fields, offsetof(Run, impact), .method = 1},
        {"load.effort", &run_effort_fields, offsetof(Run, effort), .method = 1},
        {"spike", &run_spike_fields, offsetof(Run, spike), .method = 1},
        {"pain", &run_pain_fields, offsetof(Run, pain), .method = 1},
        {"gait", &run_gait_fields, offsetof(Run, gait), .method = 1},
        {"trunk", &run_trunk_fields, offsetof(Run, trunk), .method = 2},
};

static const Group week_group_list[] = {
        {"load.days", &week_days_fields, offsetof(Week, days), .method = 1},
        {"load.impact", &week_impact_fields, offsetof(Week, impact), .method = 1},
        {"load.effort", &week_effort_fields, offsetof(Week, effort), .method = 1},
        {"load.acwr", &week_acwr_fields, offsetof(Week, acwr), .method = 1},
        {"spike", &week_spike_fields, offsetof(Week, spike), .method = 1},
        {"pain.week", &week_pain_days_fields, offsetof(Week, pain_week), .method = 1},
        {"pain.change", &week_pain_change_fields, offsetof(Week, pain_change), .method = 1},
        {"pain.ostrc", &week_ostrc_fields, offsetof(Week, ostrc), .method = 1},
        {"pain.clock", &week_pain_clock_fields, offsetof(Week, pain_clock), .method = 2},
        {"pain.trend", &week_pain_trend_fields, offsetof(Week, pain_trend), .method = 1},
        {"pain.load", &week_pain_load_fields, offsetof(Week, pain_load), .method = 1},
        {"pain.runs", &week_pain_runs_fields, offsetof(Week, pain_runs), .method = 1},
        {"gait", &week_gait_fields, offsetof(Week, gait), .method = 1},
        {"trunk", &week_trunk_fields, offsetof(Week, trunk), .method = 2},
        {"sitting", &week_sitting_fields, offsetof(Week, sitting), .method = 1},
        {"exercises", &week_exercises_fields, offsetof(Week, exercises), .method = 1},
        {"flags", &week_flags_fields, offsetof(Week, flags), .method = 1},
        {"plan", &week_plan_fields, offsetof(Week, plan), .method = 1},
        {"treatment", &week_treatment_fields, offsetof(Week, treatment), .method = 1},
        {"assessment", &week_assessment_fields, offsetof(Week, assessment), .method = 1},
        {"verdict", &week_verdict_fields, offsetof(Week, verdict), .method = 1},
};

const GroupTable run_groups = {run_group_list, ARRAY_SIZE(run_group_list)};
const GroupTable week_groups = {week_group_list, ARRAY_SIZE(week_group_list)};

bool run_is_imported(const Run *run)
{
        return strncmp(run->source, "import_", 7) == 0 ||
               (strcmp(run->source, "mixed") == 0 && isnan(run->time_error_s));
}

void run_set_null(Run *run)
{
        fields_set_null(&run_fields, run);
        groups_set_null(&run_groups, run);
        run->distance_mm = run->steps_1000 = NULL_INTEGER;
        run->reasons.n = 0;
}

void week_set_null(Week *week)
{
        fields_set_null(&week_fields, week);
        groups_set_null(&week_groups, week);
        week->reasons.n = 0;
        week->changed[0] = '\0';
}

void diary_entry_set_null(DiaryEntry *entry)
{
        fields_set_null(&diary_fields, entry);
}

bool diary_entry_has_red_flag(const DiaryEntry *entry)
{
        for (size_t i = 0; i < RED_FLAG_COUNT; i++) {
                if (entry->red_flags[i] == 1)
                        return true;
        }
        return false;
}

const char *diary_time_fault(int64_t at_utc_ms, int64_t now_utc_ms)
{
        if (at_utc_ms < EARLIEST_MS)
                return "lies before the year 2000";
        /* A day of grace: the sender's clock, or the offset it wrote, may be wrong. */
        if (now_utc_ms != NULL_INTEGER && at_utc_ms > now_utc_ms + DAY_MS)
                return "lies in the future";
        return NULL;
}
