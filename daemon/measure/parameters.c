#include "daemon/measure/parameters.h"

#define MINUTE_MS 60000
#define DAY_MS    (24 * 60 * MINUTE_MS)

const MeasureParameters measure_defaults = {
        .session_gap_ms = 15 * MINUTE_MS,
        .running_min_ms = 10000,
        .running_speed_256 = 512, /* 2 m/s: nobody walks so for long */
        .sample_step_max_ms = 5000,
        .heart_step_max_ms = 10000,
        .stride_time_max_1024 = 3 * 1024,
        .foot_coverage_min = 0.9,
        .stride_share_min = 0.5,
        .cadence_samples_min = 10,
        .spike_window_days = 30,
        .pain_complete_days = 4,
        .dead_max_ms = DAY_MS,
        .settle_ms = DAY_MS,
        .deadline_ms = 7 * (int64_t)DAY_MS,
        .acwr = false,
        .language = LANGUAGE_ENGLISH,
        .pain_alert_from = 5,
        .silent_days = 14,
};
