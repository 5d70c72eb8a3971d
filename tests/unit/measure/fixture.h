/* fixture.h: what pods said, made up second by second, and the runs of it. */
#pragma once

#include "daemon/measure/activity.h"
#include "daemon/measure/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAYBE_UNUSED __attribute__((unused))

#define START_MS  1795507200000LL /* 2026-11-24T08:00:00Z */
#define MINUTE_MS 60000LL
#define LEFT_POD  "AA:BB:CC:DD:EE:01"
#define RIGHT_POD "AA:BB:CC:DD:EE:02"
#define RSC_POD   "AA:BB:CC:DD:EE:03"
#define HEART_POD "AA:BB:CC:DD:EE:04"

/* A script of records, so that it can be told in any order. */
typedef struct Line {
        Record record;
        const char *address;
        Placement placement;
        int64_t utc_ms;
        int64_t received_utc_ms;
        int64_t utc_error_ms;
} Line;

typedef struct Script {
        Line lines[4096];
        size_t n;
} Script;

static MAYBE_UNUSED Line *say(Script *script, const char *address, Placement placement,
                              int64_t utc_ms, int kind)
{
        Line *line = &script->lines[script->n];

        assert_true(script->n < ARRAY_SIZE(script->lines));
        *line = (Line){.record = {.epoch = 1, .seq = (uint32_t)++script->n, .kind = kind},
                       .address = address,
                       .placement = placement,
                       .utc_ms = utc_ms,
                       .received_utc_ms = START_MS + 5,
                       .utc_error_ms = 50};
        fields_set_null(record_fields(kind), &line->record);
        return line;
}

/* One stride of 1 s and 2 m with a peak of 2 g, running. */
static MAYBE_UNUSED Stride *say_stride(Script *script, Foot foot, int64_t utc_ms)
{
        Line *line = foot == FOOT_LEFT
                             ? say(script, LEFT_POD, PLACEMENT_LEFT_FOOT, utc_ms, RECORD_STRIDE)
                             : say(script, RIGHT_POD, PLACEMENT_RIGHT_FOOT, utc_ms, RECORD_STRIDE);

        line->record.stride.stride_time_1024 = 1024;
        line->record.stride.stride_length_mm = 2000;
        line->record.stride.peak_impact_mg = 2000;
        line->record.stride.clipped = 0;
        line->record.stride.running = 1;
        line->record.stride.quality = 3;
        return &line->record.stride;
}

static MAYBE_UNUSED void say_strides(Script *script, Foot foot, int64_t from_ms, int n)
{
        for (int i = 0; i < n; i++)
                (void)say_stride(script, foot, from_ms + i * 1000LL);
}

/* A sample of 3 m/s at a cadence of 160; its tick is its time. */
static MAYBE_UNUSED Sample *say_sample(Script *script, int64_t utc_ms)
{
        Line *line = say(script, RSC_POD, PLACEMENT_LEFT_FOOT, utc_ms, RECORD_SAMPLE);

        line->record.tick = utc_ms;
        line->record.sample.characteristic = SAMPLE_RUNNING_SPEED;
        line->record.sample.n_rr = 0;
        line->record.sample.speed_256 = 768;
        line->record.sample.cadence_raw = 160;
        line->record.sample.running = 1;
        return &line->record.sample;
}

static MAYBE_UNUSED void say_samples(Script *script, int64_t from_ms, int n, int64_t step_ms)
{
        for (int i = 0; i < n; i++)
                (void)say_sample(script, from_ms + i * step_ms);
}

static MAYBE_UNUSED void say_heart_rate(Script *script, int64_t utc_ms, int64_t bpm)
{
        Line *line = say(script, HEART_POD, PLACEMENT_CHEST, utc_ms, RECORD_SAMPLE);

        line->record.tick = utc_ms;
        line->record.sample.characteristic = SAMPLE_HEART_RATE;
        line->record.sample.n_rr = 0;
        line->record.sample.heart_rate_bpm = bpm;
}

static MAYBE_UNUSED Activity *listen(const Script *script)
{
        Activity *activity = NULL;

        assert_int_equal(activity_new(&measure_defaults, &activity), 0);
        for (size_t i = 0; i < script->n; i++) {
                const Line *line = &script->lines[i];
                Heard heard = {.record = &line->record,
                               .address = line->address,
                               .placement = line->placement,
                               .utc_ms = line->utc_ms,
                               .utc_error_ms = line->utc_error_ms,
                               .received_utc_ms = line->received_utc_ms};

                assert_int_equal(activity_add(activity, &heard), 0);
        }
        activity_sort(activity);
        return activity;
}

typedef struct Runs {
        Run list[8];
        size_t n;
} Runs;

/* The runs of a script, `unit` being what the cadence of every pod counts. */
static MAYBE_UNUSED Runs measure_with(const Script *script, CadenceUnit unit)
{
        CLEANUP(activity_freep) Activity *activity = listen(script);
        Run *list = NULL;
        Runs runs = {0};

        for (unsigned i = 0; i < activity_pods(activity); i++)
                activity_set_cadence(activity, i, unit);
        assert_int_equal(runs_measure(activity, &list, &runs.n), 0);
        assert_true(runs.n <= ARRAY_SIZE(runs.list));
        memcpy(runs.list, list, runs.n * sizeof(*list));
        free(list);
        return runs;
}

static MAYBE_UNUSED Runs measure(const Script *script)
{
        return measure_with(script, CADENCE_UNIT_STEPS);
}

static MAYBE_UNUSED Run only_run(const Script *script)
{
        Runs runs = measure(script);

        assert_int_equal(runs.n, 1);
        return runs.list[0];
}

static MAYBE_UNUSED int make_script(void **state)
{
        *state = calloc(1, sizeof(Script));
        return *state ? 0 : -1;
}

static MAYBE_UNUSED int drop_script(void **state)
{
        free(*state);
        return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_script, drop_script)
