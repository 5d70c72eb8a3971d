#include "daemon/measure/week-flags.h"

#include "base/calendar.h"
#include "daemon/measure/rounding.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static_assert((int)FLAGS_TOLD == (int)FLAG_RULES, "a rule more: its columns in group-flags.c, too");

FlagSession flag_session(const Run *run, int32_t day)
{
        const Trunk *trunk = &run->trunk;
        const Gait *gait = &run->gait;
        double steady_s = fmax(gait->steady_s, trunk->steady_s); /* NAN only when both are */

        return (FlagSession){
                .day = day,
                .steady_s = isnan(steady_s) ? 0 : steady_s,
                .grade_pct = NULL_REAL,
                .sacrum = !isnan(trunk->tilt_range_deg),
                .calibrated = !isnan(trunk->tilt_mean_deg),
                .values = {[FLAG_LUMBAR_MEAN_DEG] = trunk->lumbar_mean_deg,
                           [FLAG_TILT_MEAN_DEG] = trunk->tilt_mean_deg,
                           [FLAG_DROP_LEFT_DEG] = trunk->drop_left_deg,
                           [FLAG_DROP_RIGHT_DEG] = trunk->drop_right_deg,
                           [FLAG_HIP_EXTENSION_LEFT_DEG] = trunk->hip_left_extension_deg,
                           [FLAG_HIP_EXTENSION_RIGHT_DEG] = trunk->hip_right_extension_deg,
                           [FLAG_CONTACT_INDEX_PCT] = gait->contact_index_pct,
                           [FLAG_PEAK_INDEX_PCT] = gait->impact_index_pct},
        };
}

static const char *const measure_names[FLAG_MEASURE_COUNT] = {
        [FLAG_LUMBAR_MEAN_DEG] = "trunk.lumbar.mean_deg",
        [FLAG_TILT_MEAN_DEG] = "trunk.tilt.mean_deg",
        [FLAG_DROP_LEFT_DEG] = "trunk.drop.left_deg",
        [FLAG_DROP_RIGHT_DEG] = "trunk.drop.right_deg",
        [FLAG_HIP_EXTENSION_LEFT_DEG] = "trunk.hip.left.extension_deg",
        [FLAG_HIP_EXTENSION_RIGHT_DEG] = "trunk.hip.right.extension_deg",
        [FLAG_CONTACT_INDEX_PCT] = "gait.symmetry.contact_pct",
        [FLAG_PEAK_INDEX_PCT] = "gait.symmetry.impact_pct",
};

static const char *const states[] = {
        [FLAG_CANNOT_TELL] = "cannot_tell", [FLAG_CLEAR] = "clear", [FLAG_RAISED] = "raised"};

/* "own four weeks" as a code. */
static void put_code(char *ret, size_t size, const char *words)
{
        (void)text_copy(ret, size, words);
        for (; *ret; ret++)
                *ret = *ret == ' ' ? '_' : *ret;
}

static void put_raised(const Flag *flag, FlagTold *ret)
{
        int32_t year, month, day;

        civil_from_day(flag->since, &year, &month, &day);
        (void)snprintf(ret->since, sizeof(ret->since), "%04u-%02u-%02u", (unsigned)year % 10000,
                       (unsigned)month % 100, (unsigned)day % 100);
        (void)text_copy(ret->measure, sizeof(ret->measure), measure_names[flag->evidence.measure]);
        ret->value = rounded(flag->evidence.value);
        ret->reference = rounded(flag->evidence.reference);
        ret->limit = rounded(flag->evidence.limit);
        put_code(ret->against, sizeof(ret->against), flag->evidence.against);
}

/* The path above a rule's fields: what is null below it has its reason. */
static const char *const rule_paths[FLAG_RULES] = {
        "flags.lumbar_hyperextension",
        "flags.pelvic_drop_high",
        "flags.reduced_hip_extension",
        "flags.asymmetry",
};

void week_flags(const FlagSession *sessions, size_t n, int32_t monday, const FlagParameters *parameters,
                Week *week)
{
        WeekFlags *flags = &week->flags;
        size_t n_recent = 0, n_told = 0;

        if (n == 0 || sessions[n - 1].day < monday) {
                reasons_add(&week->reasons, "flags", "no_runs");
                return;
        }
        codes_none(flags->raised);
        for (size_t i = 0; i < n; i++)
                n_recent += sessions[n - 1].day - sessions[i].day <= parameters->baseline_days;
        for (size_t i = 0; i < FLAG_RULES; i++) {
                Flag flag = flag_evaluate(&flag_rules[i], sessions, n, parameters);
                FlagTold *told = &flags->rules[i];

                (void)text_copy(told->state, sizeof(told->state), states[flag.state]);
                n_told += flag.state != FLAG_CANNOT_TELL;
                if (flag.state == FLAG_RAISED) {
                        put_raised(&flag, told);
                        (void)codes_add(flags->raised, sizeof(flags->raised), flag_rules[i].id);
                } else {
                        reasons_add(&week->reasons, rule_paths[i],
                                    flag.state == FLAG_CLEAR ? "not_raised" : flag.reason);
                }
        }
        flags->head.n = (int64_t)n_recent;
        flags->head.coverage = (double)n_told / FLAG_RULES;
        reasons_add(&week->reasons, "flags.error", "not_published");
}
