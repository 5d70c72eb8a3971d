#include "daemon/derive-segments.h"

#include "daemon/ledger/days.h"
#include "daemon/ledger/records.h"
#include "daemon/measure/day-exercises.h"
#include "daemon/measure/day-postures.h"
#include "daemon/measure/day-trials.h"
#include "daemon/measure/run-gait.h"
#include "daemon/measure/run-trunk.h"

#define CENTIMETRES 100.0
#define RUN_EDGE_MS 1000 /* pods agree on time to tens of ms: a stride at the run's edge is the run's */

static const int64_t posture_epoch_max_ms = 60000; /* it may have begun the day before */

static int on_record(const StoredRecord *stored, void *userdata)
{
        Heard heard = {
                .record = &stored->record,
                .address = stored->address,
                .placement = stored->placement,
                .utc_ms = stored->utc_ms,
                .utc_error_ms = stored->utc_error_ms,
                .received_utc_ms = stored->received_utc_ms,
        };

        return segments_add(userdata, &heard);
}

int derive_run_segments(Ledger *ledger, const Runner *runner, const Activity *activity, Run *run)
{
        CLEANUP(segments_freep) Segments *segments = NULL;
        RunBody body = {.mass_kg = runner->mass_kg, .height_m = runner->height_cm / CENTIMETRES};
        int r = run_gait(activity, &body, run);

        if (r >= 0)
                r = segments_new(&segments);
        if (r >= 0)
                r = records_of_kind(ledger, runner->id, RECORD_TRUNK_STRIDE,
                                    run->start_utc_ms - RUN_EDGE_MS, run->end_utc_ms + RUN_EDGE_MS,
                                    on_record, segments);
        if (r >= 0)
                r = records_of_kind(ledger, runner->id, RECORD_CALIBRATION,
                                    run->start_utc_ms - standing_defaults.age_max_ms,
                                    run->start_utc_ms + 1, on_record, segments);
        if (r < 0)
                return r;
        segments_sort(segments);
        return run_trunk(segments, run);
}

static int found(const StoredRecord *stored, void *userdata)
{
        *(int64_t *)userdata = stored->utc_ms;
        return 0;
}

int derive_reach(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t *to_utc_ms)
{
        int64_t newest = NULL_INTEGER;
        int r = records_of_kind(ledger, runner, RECORD_CALIBRATION, from_utc_ms, *to_utc_ms + 1, found,
                                &newest);

        if (r >= 0 && newest != NULL_INTEGER && newest + standing_defaults.age_max_ms > *to_utc_ms)
                *to_utc_ms = newest + standing_defaults.age_max_ms;
        return r;
}

typedef struct Running {
        int64_t ms[PLACEMENT_COUNT]; /* by place: two pods on one may say it twice, that is still running */
        int64_t enough_ms;
} Running;

static int add_running(const StoredRecord *stored, void *userdata)
{
        const TrunkStride *stride = &stored->record.trunk;
        Running *running = userdata;

        if (stride->part != TRUNK_POSE || stride->running != 1 || stride->quality != 1 ||
            stride->stride_time_1024 == NULL_INTEGER)
                return 0;
        running->ms[stored->placement] += stride->stride_time_1024 * 1000 / TICK_HZ;
        return running->ms[stored->placement] >= running->enough_ms; /* that will do */
}

int derive_ran_unseen(Ledger *ledger, const MeasureParameters *parameters, const char *runner,
                      int64_t from_utc_ms, int64_t to_utc_ms)
{
        Running running = {.enough_ms = parameters->running_min_ms};

        return records_of_kind(ledger, runner, RECORD_TRUNK_STRIDE, from_utc_ms, to_utc_ms, add_running,
                               &running);
}

/* ---- days ---- */

typedef struct Sensed {
        DayPostures *postures;
        DayExercises *exercises;
        DayTrials trials;
        bool any;
} Sensed;

static void sensed_clearp(const Sensed *sensed)
{
        day_postures_free(sensed->postures);
        day_exercises_free(sensed->exercises);
}

static int on_sensed(const StoredRecord *stored, void *userdata)
{
        Sensed *sensed = userdata;
        Heard heard = {.record = &stored->record,
                       .address = stored->address,
                       .placement = stored->placement,
                       .utc_ms = stored->utc_ms,
                       .utc_error_ms = stored->utc_error_ms,
                       .received_utc_ms = stored->received_utc_ms};
        int r = day_postures_add(sensed->postures, &heard);

        sensed->any |= stored->record.kind != RECORD_CALIBRATION;
        day_trials_add(&sensed->trials, &heard);
        return r < 0 ? r : day_exercises_add(sensed->exercises, &heard);
}

static int read_day(Ledger *ledger, const Runner *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                    Sensed *sensed)
{
        int r = records_of_kind(ledger, runner->id, RECORD_POSTURE_EPOCH,
                                from_utc_ms - posture_epoch_max_ms, to_utc_ms, on_sensed, sensed);

        if (r >= 0)
                r = records_of_kind(ledger, runner->id, RECORD_EXERCISE_EVENT, from_utc_ms, to_utc_ms,
                                    on_sensed, sensed);
        if (r >= 0)
                r = records_of_kind(ledger, runner->id, RECORD_MOVEMENT_TRIAL, from_utc_ms, to_utc_ms,
                                    on_sensed, sensed);
        if (r < 0 || !sensed->any)
                return r;
        return records_of_kind(ledger, runner->id, RECORD_CALIBRATION,
                               from_utc_ms - standing_defaults.age_max_ms, to_utc_ms, on_sensed, sensed);
}

static int derive_day(Ledger *ledger, const MeasureParameters *parameters, const Runner *runner,
                      const Homes *homes, int32_t day)
{
        int64_t from_utc_ms = homes_day_start_utc_ms(homes, day);
        int64_t to_utc_ms = homes_day_start_utc_ms(homes, day + 1);
        CLEANUP(sensed_clearp) Sensed sensed = {0};
        int r = day_postures_new(parameters, from_utc_ms, to_utc_ms, &sensed.postures), exercised = 0;
        int tried;
        SensedDay told = {0};

        day_trials_init(&sensed.trials);
        if (r >= 0)
                r = day_exercises_new(parameters, &sensed.exercises);
        if (r >= 0)
                r = read_day(ledger, runner, from_utc_ms, to_utc_ms, &sensed);
        if (r < 0)
                return r;
        fields_set_null(&sensed_day_fields, &told);
        (void)text_copy(told.runner, sizeof(told.runner), runner->id);
        told.day = day;
        r = day_postures_measure(sensed.postures, &told);
        if (r >= 0)
                exercised = day_exercises_measure(sensed.exercises, &told);
        if (r < 0 || exercised < 0)
                return r < 0 ? r : exercised;
        tried = day_trials_measure(&sensed.trials, &told);
        return r > 0 || exercised > 0 || tried > 0 ? sensed_day_put(ledger, &told)
                                      : sensed_day_clear(ledger, runner->id, day);
}

int derive_sensed_days(Ledger *ledger, const MeasureParameters *parameters, const Runner *runner,
                       const Homes *homes, int64_t from_utc_ms, int64_t to_utc_ms)
{
        int32_t last = homes_local_day(homes, to_utc_ms);
        int r = 0;

        for (int32_t day = homes_local_day(homes, from_utc_ms); r >= 0 && day <= last; day++)
                r = derive_day(ledger, parameters, runner, homes, day);
        return r;
}
