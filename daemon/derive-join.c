#include "daemon/derive-join.h"

#include "daemon/measure/rounded.h"

#include <math.h>
#include <string.h>

/* null + x = x, as in a week, and the reason says that it is a part. */
static void add_integer(int64_t *sum, int64_t value, const char *path, Reasons *reasons)
{
        if (*sum == NULL_INTEGER && value == NULL_INTEGER)
                return;
        if (*sum == NULL_INTEGER || value == NULL_INTEGER) {
                reasons_drop(reasons, path);
                reasons_add(reasons, path, "part_not_measured");
        }
        *sum = *sum == NULL_INTEGER   ? value
               : value == NULL_INTEGER ? *sum
                                       : *sum + value;
}

/* Means weigh by moving time. */
static void add_heart_rate(Run *run, const Run *part)
{
        double mean = run->heart_rate_mean_bpm, other = part->heart_rate_mean_bpm;
        double weight = (double)run->duration_s, other_weight = (double)part->duration_s;

        if (isnan(mean) && isnan(other))
                return;
        if (isnan(mean) || isnan(other)) {
                reasons_drop(&run->reasons, "heart_rate_mean_bpm");
                reasons_add(&run->reasons, "heart_rate_mean_bpm", "part_not_measured");
                run->heart_rate_mean_bpm = isnan(mean) ? other : mean;
        } else if (weight + other_weight > 0) {
                mean = (mean * weight + other * other_weight) / (weight + other_weight);
                run->heart_rate_mean_bpm = round(mean * 10) / 10;
        }
}

/* What pods say of their part alone. */
static void mark_partial(Run *run)
{
        static const char *const paths[] = {"coverage", "load.left", "load.right"};

        for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
                reasons_add(&run->reasons, paths[i], "part_imported");
        if (!isnan(run->effort.trimp_au))
                reasons_add(&run->reasons, "load.effort.trimp_au", "part_imported");
        if (run->impact.is_lower_bound == 0)
                run->impact.is_lower_bound = 1;
}

static void add_part(Run *run, const Run *part)
{
        if (!run_is_imported(run))
                mark_partial(run);
        if (part->start_utc_ms < run->start_utc_ms)
                run->start_utc_ms = part->start_utc_ms;
        if (part->end_utc_ms > run->end_utc_ms)
                run->end_utc_ms = part->end_utc_ms;
        if (part->received_utc_ms > run->received_utc_ms)
                run->received_utc_ms = part->received_utc_ms;
        add_heart_rate(run, part);
        add_integer(&run->duration_s, part->duration_s, "load.duration_s", &run->reasons);
        add_integer(&run->distance_mm, part->distance_mm, "load.distance_m", &run->reasons);
        add_integer(&run->steps_1000, part->steps_1000, "load.steps", &run->reasons);
        run->distance_m = rounded(run->distance_mm);
        run->steps = rounded(run->steps_1000);
        if (run->steps_1000 != NULL_INTEGER) {
                reasons_drop(&run->reasons, "load.steps_estimated");
                run->steps_estimated = run->steps_estimated == 1 || part->steps_estimated == 1;
        }
        if (strcmp(run->source, part->source) != 0)
                (void)text_copy(run->source, sizeof(run->source), "mixed");
}

/* Into `run`; what pods say of it is kept, whichever part is theirs. */
static void join(Run *run, Run *part)
{
        if (!run_is_imported(part)) {
                add_part(part, run);
                *run = *part;
        } else {
                add_part(run, part);
        }
}

size_t runs_join(Run *runs, size_t n, int64_t gap_ms)
{
        size_t kept = 0;

        for (size_t i = 0; i < n; i++) {
                if (kept > 0 && runs[i].start_utc_ms - runs[kept - 1].end_utc_ms < gap_ms)
                        join(&runs[kept - 1], &runs[i]);
                else if (kept++ != i)
                        runs[kept - 1] = runs[i];
        }
        return kept;
}
