#include "daemon/measure/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "proto/fields.h"

#define OPTION(key_, type_, member_, scale_, min_, max_, meaning_)                                 \
        {                                                                                          \
                .key = key_, .type = MEASURE_OPTION_##type_,                                       \
                .offset = offsetof(MeasureParameters, member_), .scale = scale_, .min = min_,      \
                .max = max_, .meaning = meaning_                                                   \
        }

static const MeasureOption list[] = {
        OPTION("running_min_s", INT64, running_min_ms, 1000, 0, 3600,
               "A session with less running than this is no run but walking about the house, "
               "seconds. 0: every session is a run."),
        OPTION("session_gap_min", INT64, session_gap_ms, 60000, 1, 240,
               "Two activities less than this apart are one run, minutes."),
        OPTION("heart_step_s", INT64, heart_step_max_ms, 1000, 1, 60,
               "One heart rate stands for at most so long in TRIMP, seconds."),
        OPTION("foot_coverage_share", REAL, foot_coverage_min, 1, 0.5, 1,
               "Distance is the mean of both feet when both pods told of at least this share of the run; "
               "below it the better one counts."),
        OPTION("spike_window_days", INT32, spike_window_days, 1, 7, 60,
               "How many days back a run's reference, the longest earlier run, may lie."),

        OPTION("pain_complete_days", INT64, pain_complete_days, 1, 1, 7,
               "Days with a diary entry that make a week of pain complete: only complete weeks are "
               "compared."),
        OPTION("pain_worse_points", REAL, pain_change.worse, 1, 0.5, 5,
               "A mean so many points above the baseline week's is worse."),
        OPTION("pain_alert_from", INT64, pain_alert_from, 1, 1, 10,
               "A day of so much pain and more is an alert, unless the care plan says otherwise."),
        OPTION("through_pain_runs", INT64, through_pain_runs, 1, 1, 14,
               "So many runs on a day with pain before them are an alert."),
        OPTION("silent_days", INT64, silent_days, 1, 1, 60,
               "So many days without any data are an alert, unless the care plan says otherwise."),
        OPTION("clock_pain_from", INT64, pain_clock.pain_from, 1, 1, 10,
               "14-day clock: a day of so much pain and more is a pain day."),
        OPTION("clock_free_days", SIZE, pain_clock.free_run_end, 1, 1, 28,
               "14-day clock: so many recorded pain-free days in a row end a streak."),
        OPTION("clock_unknown_days", SIZE, pain_clock.unknown_gap_end, 1, 1, 28,
               "14-day clock: so many days in a row without an entry end a streak."),
        OPTION("clock_span_days", SIZE, pain_clock.need_days, 1, 8, 92,
               "14-day clock: a streak of so many days, first and last pain day counted, is an alert."),
        OPTION("clock_entry_share", REAL, pain_clock.min_coverage, 1, 0, 1,
               "14-day clock: share of a streak's days that need an entry; below it nobody can tell."),
        OPTION("clock_pain_share", REAL, pain_clock.min_painful, 1, 0, 1,
               "14-day clock: share of a streak's entries that need pain."),
        OPTION("trend_weeks", SIZE, trend.weeks_min, 1, 5, 26,
               "Complete weeks that a word about pain's trend needs."),
        OPTION("trend_points", REAL, trend.change_min, 1, 0, 10,
               "Points of change over these weeks that such a word needs."),
        OPTION("association_points_weeks", SIZE, association.pairs_points, 1, 3, 26,
               "Pairs of weeks from which on load and pain may be drawn as points."),
        OPTION("association_figure_weeks", SIZE, association.pairs_figure, 1, 8, 26,
               "Pairs of weeks from which on their association is told as a number."),
        OPTION("run_pain_from", INT64, pain_run.pain_from, 1, 1, 10,
               "Ran on through pain: so much of it before the run, and more."),
        OPTION("run_morning_ends_min", INT32, pain_run.morning_ends_minute, 1, 240, 1439,
               "The next morning after a run ends so long after midnight, minutes."),
        OPTION("run_after_hours", INT64, pain_run.after_hours, 1, 12, 72,
               "How long pain is looked at after a run, hours."),
        OPTION("run_band_days", INT32, pain_run.band_days, 1, 14, 56,
               "The runner's own band of next-morning pain is made of so many days."),
        OPTION("run_band_mornings", SIZE, pain_run.band_count_min, 1, 3, 56,
               "Mornings after runs that the band needs."),
        OPTION("run_band_width", REAL, pain_run.band_mads, 1, 0.5, 5,
               "Half width of the band, in scaled median deviations."),
        OPTION("run_band_points", REAL, pain_run.band_min_half_width, 1, 0, 5,
               "And at least so many points."),

        OPTION("flag_steady_min", REAL, flag.steady_min_s, 60, 1, 60,
               "Flags look at runs with so much steady running, minutes."),
        OPTION("flag_grade_pct", REAL, flag.grade_max_pct, 1, 0, 20,
               "And no steeper than this, %."),
        OPTION("flag_baseline_days", INT32, flag.baseline_days, 1, 7, 28,
               "The runner's own usual is the median of so many days before."),
        OPTION("flag_baseline_runs", SIZE, flag.baseline_sessions, 1, 1, 28,
               "Runs that this median needs."),
        OPTION("flag_runs", SIZE, flag.sessions_in_a_row, 1, 1, FLAG_ROW_MAX,
               "Runs in a row that must pass a limit."),
        OPTION("flag_asymmetry_runs", SIZE, flag.asymmetry_in_a_row, 1, 1, FLAG_ROW_MAX,
               "Likewise for a difference between the sides."),
        OPTION("flag_lumbar_deg", REAL, flag.lumbar_deg, 1, 1, 30,
               "Lumbar extension so far above own standing or own usual, degrees."),
        OPTION("flag_drop_deg", REAL, flag.drop_deg, 1, 0.5, 20,
               "Pelvic drop so far above own usual, degrees."),
        OPTION("flag_drop_sides_deg", REAL, flag.drop_sides_deg, 1, 0.5, 20,
               "Or so far above the other side's, degrees."),
        OPTION("flag_extension_deg", REAL, flag.extension_deg, 1, 1, 30,
               "Hip extension so far below own usual, degrees, together with"),
        OPTION("flag_tilt_deg", REAL, flag.tilt_deg, 1, 0.5, 20,
               "the pelvis tilted so far above own usual, degrees."),
        OPTION("flag_contact_pct", REAL, flag.contact_index_pct, 1, 1, 100,
               "Symmetry index of contact time beyond this, %."),
        OPTION("flag_peak_pct", REAL, flag.peak_index_pct, 1, 1, 100,
               "Symmetry index of impacts beyond this, %."),
        OPTION("flag_index_points", REAL, flag.index_points, 1, 0, 100,
               "And so far from the runner's own usual index, points."),

        OPTION("variability_strides", SIZE, variability.strides_min, 1, 2, 1000,
               "Strides that the variation of stride time needs."),
        OPTION("variability_width", REAL, variability.mad_k, 1, 1, 10,
               "Strides further than this from the median, in scaled median deviations, are left out."),
        OPTION("drift_strides", SIZE, drift.strides_min, 1, 50, 10000,
               "Strides that the drift within a run needs."),
        OPTION("drift_min", REAL, drift.duration_min_s, 60, 5, 240,
               "And so long a run, minutes."),
        OPTION("drift_warm_up_min", REAL, drift.warm_up_s, 60, 0, 30,
               "Its first minutes are not compared."),
        OPTION("drift_share", REAL, drift.fraction, 1, 0.05, 0.5,
               "Share of the strides at each end that is compared."),
        OPTION("drift_speed_pct", REAL, drift.speed_difference_pct, 1, 0.5, 50,
               "When both ends' speeds differ by this and more, speed is allowed for, %."),
        OPTION("efficiency_min", REAL, efficiency.duration_min_s, 60, 5, 240,
               "Steady level running that efficiency needs, minutes."),
        OPTION("efficiency_grade_pct", REAL, efficiency.grade_max_pct, 1, 0, 20,
               "Steeper is not level for it, %."),
        OPTION("spring_grade_pct", REAL, spring_mass.grade_max_pct, 1, 0, 20,
               "Steeper has no spring-mass model, %."),

        OPTION("posture_rest_g", REAL, posture.rest_below_g, 1, 0.02, 0.5,
               "Posture is told where acceleration is nearer to 1 g than this."),
        OPTION("sitting_thigh_deg", REAL, posture.thigh_upright_max_deg, 1, 20, 70,
               "A thigh further from upright than this sits, degrees."),
        OPTION("sitting_upright_s", REAL, sitting.upright_min_s, 1, 0, 120,
               "Standing up for less does not interrupt sitting, seconds."),
        OPTION("sitting_long_min", REAL, sitting.prolonged_s, 60, 5, 240,
               "A bout of so many minutes and more is long."),
        OPTION("sitting_wear_h", REAL, sitting.wear_min_s, 3600, 1, 24,
               "Waking wear that makes a day valid, hours."),
        OPTION("sitting_days", INT64, sitting.valid_days_min, 1, 1, 7,
               "Valid days that a week's means need."),

        OPTION("bridge_lift_deg", REAL, bridge.lift_deg, 1, 5, 60,
               "A bridge begins when the pelvis is lifted so far, degrees."),
        OPTION("bridge_return_deg", REAL, bridge.return_deg, 1, 0, 60,
               "And ends when it is back so near to rest, degrees."),
        OPTION("bridge_min_s", REAL, bridge.duration_min_s, 1, 0, 60,
               "A shorter one does not count, seconds."),
        OPTION("bridge_max_s", REAL, bridge.duration_max_s, 1, 1, 600,
               "Nor does a longer one, seconds."),
        OPTION("bridge_hold_share", REAL, bridge.hold_share, 1, 0.1, 1,
               "It is held from this share of its peak on."),
        OPTION("bridge_supine_min_deg", REAL, bridge.supine_min_deg, 1, 0, 180,
               "Lying on the back: the sacrum's inclination is at least, degrees,"),
        OPTION("bridge_supine_max_deg", REAL, bridge.supine_max_deg, 1, 0, 180,
               "and at most, degrees,"),
        OPTION("bridge_rest_s", REAL, bridge.rest_min_s, 1, 0.5, 30, "for so long, seconds."),
        OPTION("bridge_single_deg", REAL, bridge.single_leg_deg, 1, 5, 90,
               "Thighs further apart than this: a bridge on one leg, degrees."),
        OPTION("stretch_front_deg", REAL, stretch.front_flexion_min_deg, 1, 0, 120,
               "Hip-flexor stretch: the front thigh is flexed so far and more, degrees."),
        OPTION("stretch_rear_min_deg", REAL, stretch.rear_extension_min_deg, 1, -60, 90,
               "The rear thigh is extended at least, degrees,"),
        OPTION("stretch_rear_max_deg", REAL, stretch.rear_extension_max_deg, 1, -60, 120,
               "and at most, degrees."),
        OPTION("stretch_sacrum_min_deg", REAL, stretch.sacrum_min_deg, 1, -90, 90,
               "The sacrum's pitch against standing is at least, degrees,"),
        OPTION("stretch_sacrum_max_deg", REAL, stretch.sacrum_max_deg, 1, -90, 90,
               "and at most, degrees: tipped forward, the low back would extend."),
        OPTION("stretch_turn_dps", REAL, stretch.gyro_rms_max_dps, 1, 1, 200,
               "No pod turns faster than this, degrees a second."),
        OPTION("stretch_gap_s", REAL, stretch.gap_max_s, 1, 0, 30,
               "A drop-out up to here is bridged, seconds."),
        OPTION("stretch_hold_s", REAL, stretch.hold_min_s, 1, 1, 600,
               "A hold of so many seconds is credited."),
        OPTION("plan_credit_share", REAL, plan.credit_share, 1, 0, 1,
               "A session counts when of every exercise this share of what is prescribed was done."),
        OPTION("prong_window_weeks", INT64, plan.window_weeks, 1, 1, 8,
               "Adherence to the care plan is looked at over so many weeks."),
        OPTION("prong_met_share", REAL, plan.met_share, 1, 0.05, 1, "From here on a prong is met,"),
        OPTION("prong_partial_share", REAL, plan.partial_share, 1, 0, 1,
               "from here on partially, and below missing."),
        OPTION("prong_verdict_days", INT64, plan.verdict_after_days, 1, 0, 90,
               "No verdict in the first days of a plan."),
        OPTION("treatment_days", INT32, treatment.window_days, 1, 2, 7,
               "Days before and after a treatment that are compared."),
        OPTION("treatment_runs", SIZE, treatment.runs_min, 1, 1, 20,
               "Runs on each side that this needs: with fewer it cannot be told."),
};

const MeasureOption *measure_options(size_t *ret_n)
{
        *ret_n = ARRAY_SIZE(list);
        return list;
}

const MeasureOption *measure_option_find(const char *key)
{
        for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
                if (strcmp(list[i].key, key) == 0)
                        return &list[i];
        }
        return NULL;
}

double measure_option_get(const MeasureOption *option, const MeasureParameters *parameters)
{
        const void *member = (const char *)parameters + option->offset;

        switch (option->type) {
        case MEASURE_OPTION_INT32:
                return *(const int32_t *)member / option->scale;
        case MEASURE_OPTION_INT64:
                return (double)*(const int64_t *)member / option->scale;
        case MEASURE_OPTION_SIZE:
                return (double)*(const size_t *)member / option->scale;
        case MEASURE_OPTION_REAL:
                return *(const double *)member / option->scale;
        }
        return NULL_REAL;
}

int measure_option_set(const MeasureOption *option, MeasureParameters *parameters, const char *text)
{
        void *member = (char *)parameters + option->offset;
        double value;
        int r = real_parse(text, option->min, option->max, &value);

        if (r < 0)
                return r;
        if (option->type != MEASURE_OPTION_REAL && value != floor(value))
                return -EINVAL;
        value *= option->scale;
        switch (option->type) {
        case MEASURE_OPTION_INT32:
                *(int32_t *)member = (int32_t)value;
                break;
        case MEASURE_OPTION_INT64:
                *(int64_t *)member = (int64_t)value;
                break;
        case MEASURE_OPTION_SIZE:
                *(size_t *)member = (size_t)value;
                break;
        case MEASURE_OPTION_REAL:
                *(double *)member = value;
                break;
        }
        return 0;
}

void measure_option_format(double value, char *ret, size_t size)
{
        (void)snprintf(ret, size, "%.10g", value); /* a number of the table: short */
}

/* ---- what does not go together ---- */

static const struct {
        const char *low, *high;
} orders[] = {
        {"association_points_weeks", "association_figure_weeks"},
        {"bridge_return_deg", "bridge_lift_deg"},
        {"bridge_min_s", "bridge_max_s"},
        {"bridge_supine_min_deg", "bridge_supine_max_deg"},
        {"stretch_rear_min_deg", "stretch_rear_max_deg"},
        {"stretch_sacrum_min_deg", "stretch_sacrum_max_deg"},
        {"prong_partial_share", "prong_met_share"},
};

bool measure_options_clash(const MeasureParameters *parameters, const char **ret_low, const char **ret_high)
{
        for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
                if (measure_option_get(measure_option_find(orders[i].low), parameters) <=
                    measure_option_get(measure_option_find(orders[i].high), parameters))
                        continue;
                *ret_low = orders[i].low;
                *ret_high = orders[i].high;
                return true;
        }
        return false;
}

void measure_options_changed(const MeasureParameters *parameters, char *codes, size_t size)
{
        static const char more[] = "more";

        codes_none(codes);
        for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
                double value = measure_option_get(&list[i], parameters);
                char number[32], code[80];

                if (value == measure_option_get(&list[i], &measure_defaults))
                        continue;
                measure_option_format(value, number, sizeof(number));
                (void)snprintf(code, sizeof(code), "%s=%s", list[i].key, number); /* short, both */
                if (codes_add(codes, size - sizeof(more) - 1, code))
                        continue;
                (void)codes_add(codes, size, more); /* kept free for it */
                return;
        }
}
