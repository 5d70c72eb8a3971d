#include "daemon/measure/run-trunk.h"

#include "daemon/measure/median.h"
#include "daemon/measure/pelvis.h"
#include "daemon/measure/rounding.h"
#include "daemon/measure/run-gait.h"
#include "daemon/measure/segment-pairs.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define LUMBAR_ERROR_DEG 5 /* of accelerometer-only lumbar angles, 4 to 5 (Evans 2024) */

/* A measure of each stride, and where its median goes. */
typedef enum Member {
        TILT_MEAN,
        TILT_RANGE,
        OBLIQUITY,
        ROTATION,
        DROP_LEFT,
        DROP_RIGHT,
        LUMBAR_MEAN,
        LUMBAR_MAX,
        LUMBAR_RANGE,
        LEFT_FLEXION,
        LEFT_EXTENSION,
        RIGHT_FLEXION,
        RIGHT_EXTENSION,
        OSCILLATION,
        MEMBERS
} Member;

static const struct {
        size_t offset;
        const char *path;
} members[MEMBERS] = {
        [TILT_MEAN] = {offsetof(Trunk, tilt_mean_deg), "trunk.tilt.mean_deg"},
        [TILT_RANGE] = {offsetof(Trunk, tilt_range_deg), "trunk.tilt.range_deg"},
        [OBLIQUITY] = {offsetof(Trunk, obliquity_range_deg), "trunk.obliquity.range_deg"},
        [ROTATION] = {offsetof(Trunk, rotation_range_deg), "trunk.rotation.range_deg"},
        [DROP_LEFT] = {offsetof(Trunk, drop_left_deg), "trunk.drop.left_deg"},
        [DROP_RIGHT] = {offsetof(Trunk, drop_right_deg), "trunk.drop.right_deg"},
        [LUMBAR_MEAN] = {offsetof(Trunk, lumbar_mean_deg), "trunk.lumbar.mean_deg"},
        [LUMBAR_MAX] = {offsetof(Trunk, lumbar_max_deg), "trunk.lumbar.max_deg"},
        [LUMBAR_RANGE] = {offsetof(Trunk, lumbar_range_deg), "trunk.lumbar.range_deg"},
        [LEFT_FLEXION] = {offsetof(Trunk, hip_left_flexion_deg), "trunk.hip.left.flexion_deg"},
        [LEFT_EXTENSION] = {offsetof(Trunk, hip_left_extension_deg), "trunk.hip.left.extension_deg"},
        [RIGHT_FLEXION] = {offsetof(Trunk, hip_right_flexion_deg), "trunk.hip.right.flexion_deg"},
        [RIGHT_EXTENSION] = {offsetof(Trunk, hip_right_extension_deg),
                             "trunk.hip.right.extension_deg"},
        [OSCILLATION] = {offsetof(Trunk, oscillation_mm), "trunk.oscillation_mm"},
};

typedef struct Columns {
        double *values[MEMBERS]; /* room for every stride */
        size_t n[MEMBERS];
        const char *reasons[MEMBERS]; /* of the first stride without a value */
} Columns;

static void add(Columns *columns, Member member, double value, const char *reason)
{
        if (isfinite(value))
                columns->values[member][columns->n[member]++] = value;
        else if (!columns->reasons[member])
                columns->reasons[member] = reason ? reason : "not_measured";
}

/* ---- one stride ---- */

typedef struct Scope {
        Follower others[SEGMENT_COUNT];
        double standing[SEGMENT_COUNT];
        Columns columns;
} Scope;

/* Why a member of a pair is null: the pairing's fault, the shape's, or the cycle's own reason. */
static void take_member(Scope *scope, Member member, double value, const char *fault,
                        const PelvisCycle *cycle, const char *name)
{
        add(&scope->columns, member, value, fault ? fault : reasons_find(&cycle->reasons, name));
}

/* Lumbar: with the thoracolumbar pod; hip: with a thigh's. */
static void add_pair(Scope *scope, const SegmentStride *sacrum, const double *sacrum_pitch,
                     Segment segment)
{
        bool lumbar = segment == SEGMENT_THORACOLUMBAR, curve = false;
        double other[PAIR_INSTANTS];
        Follower *follower = &scope->others[segment];
        const char *fault = follower->n > 0 ? pair_sample(follower, sacrum, other, &curve) : NULL;
        bool seen = follower->n > 0 && !fault && !isnan(sacrum->pitch_mean);
        Standing standing = {.sacrum_deg = scope->standing[SEGMENT_SACRUM],
                             .t12_deg = lumbar ? scope->standing[segment] : NULL_REAL,
                             .thigh_deg = lumbar ? NULL_REAL : scope->standing[segment]};
        PelvisStride stride = {.sacrum_pitch_deg = sacrum_pitch,
                               .t12_pitch_deg = seen && lumbar ? other : NULL,
                               .thigh_pitch_deg = seen && !lumbar ? other : NULL,
                               .n = PAIR_INSTANTS};
        Member flexion = segment == SEGMENT_LEFT_THIGH ? LEFT_FLEXION : RIGHT_FLEXION;
        const char *shapeless = fault;
        PelvisCycle cycle;

        pelvis_cycle(&stride, &standing, &cycle);
        if (seen && !(curve && sacrum->has_curve)) { /* means alone have no peaks */
                shapeless = "no_curve";
                cycle.lumbar_max = cycle.lumbar_range = NULL_REAL;
                cycle.hip_flexion_max = cycle.hip_extension_max = NULL_REAL;
        }
        if (lumbar) {
                take_member(scope, LUMBAR_MEAN, cycle.lumbar_mean, fault, &cycle, "lumbar_mean");
                take_member(scope, LUMBAR_MAX, cycle.lumbar_max, shapeless, &cycle, "lumbar_max");
                take_member(scope, LUMBAR_RANGE, cycle.lumbar_range, shapeless, &cycle, "lumbar_range");
                return;
        }
        take_member(scope, flexion, cycle.hip_flexion_max, shapeless, &cycle, "hip_flexion_max");
        take_member(scope, flexion + 1, cycle.hip_extension_max, shapeless, &cycle, "hip_extension_max");
}

static void add_stride(Scope *scope, const SegmentStride *sacrum)
{
        double pitch[PAIR_INSTANTS];
        Columns *columns = &scope->columns;

        for (size_t i = 0; i < PAIR_INSTANTS; i++)
                pitch[i] = sacrum->pitch_mean +
                           (sacrum->has_curve ? curve_at(sacrum->curve, (double)i / PAIR_INSTANTS) : 0);
        add(columns, TILT_MEAN, sacrum->pitch_mean - scope->standing[SEGMENT_SACRUM],
            isnan(sacrum->pitch_mean) ? NULL : "no_standing");
        add(columns, TILT_RANGE, sacrum->pitch_range, NULL);
        add(columns, OBLIQUITY, sacrum->obliquity_range, "no_obliquity");
        add(columns, ROTATION, sacrum->rotation_range, "no_rotation");
        add(columns, DROP_LEFT, sacrum->drop_left, NULL);
        add(columns, DROP_RIGHT, sacrum->drop_right, NULL);
        add(columns, OSCILLATION, sacrum->oscillation_mm, NULL);
        add_pair(scope, sacrum, pitch, SEGMENT_THORACOLUMBAR);
        add_pair(scope, sacrum, pitch, SEGMENT_LEFT_THIGH);
        add_pair(scope, sacrum, pitch, SEGMENT_RIGHT_THIGH);
}

/* ---- the whole ---- */

static void put_members(Scope *scope, Run *run)
{
        for (size_t m = 0; m < MEMBERS; m++) {
                double *member = (double *)(void *)((char *)&run->trunk + members[m].offset);

                *member = rounded(median_of(scope->columns.values[m], scope->columns.n[m]));
                if (isnan(*member))
                        reasons_add(&run->reasons, members[m].path,
                                    scope->columns.reasons[m] ? scope->columns.reasons[m]
                                                              : "no_sacrum_pod");
        }
}

/* Overwrites `values`. */
static double typical_of(const SegmentStride *strides, size_t n, double *values)
{
        for (size_t i = 0; i < n; i++)
                values[i] = strides[i].stride_s;
        return median_of(values, n);
}

/* Time of strides whose length is within a tenth of the median's. */
static double steady_of(const SegmentStride *strides, size_t n, double median)
{
        double sum = 0;

        for (size_t i = 0; i < n; i++) {
                if (fabs(strides[i].stride_s - median) <= median * run_gait_defaults.steady_share)
                        sum += strides[i].stride_s;
        }
        return sum;
}

static void put_head(const SegmentStride *strides, size_t n, double typical_s, Run *run)
{
        Trunk *trunk = &run->trunk;
        double seen_s = 0;

        for (size_t i = 0; i < n; i++)
                seen_s += strides[i].stride_s;
        trunk->head.n = (int64_t)n;
        if (run->duration_s > 0)
                trunk->head.coverage = rounded(fmin(1, seen_s / (double)run->duration_s));
        else
                reasons_add(&run->reasons, "trunk.coverage", "no_duration");
        trunk->steady_s = rounded(steady_of(strides, n, typical_s));
        if (isnan(trunk->tilt_mean_deg) && isnan(trunk->lumbar_mean_deg))
                reasons_add(&run->reasons, "trunk.error", "no_angle");
        else
                trunk->head.error = LUMBAR_ERROR_DEG;
}

int run_trunk(const Segments *segments, Run *run)
{
        CLEANUP(freep) double *block = NULL;
        const SegmentStride *strides = NULL;
        size_t n = 0, n_sacrum;
        double typical_s;
        Scope scope = {0};

        for (Segment s = SEGMENT_SACRUM; s < SEGMENT_COUNT; s++) {
                scope.others[s].strides = segment_strides(segments, s, &scope.others[s].n);
                scope.standing[s] = segment_standing_deg(segments, s, run->start_utc_ms);
                if (s == SEGMENT_SACRUM || (scope.others[SEGMENT_SACRUM].n == 0 && scope.others[s].n > n)) {
                        strides = scope.others[s].strides;
                        n = scope.others[s].n;
                }
        }
        if (n == 0) {
                reasons_add(&run->reasons, "trunk", "no_trunk_pod");
                return 0;
        }
        block = calloc((n + 1) * MEMBERS, sizeof(*block));
        if (!block)
                return -ENOMEM;
        for (size_t m = 0; m < MEMBERS; m++)
                scope.columns.values[m] = block + m * (n + 1);
        typical_s = typical_of(strides, n, block);
        for (Segment s = SEGMENT_SACRUM; s < SEGMENT_COUNT; s++)
                scope.others[s].typical_s = typical_s;
        n_sacrum = scope.others[SEGMENT_SACRUM].n;
        for (size_t i = 0; i < n_sacrum; i++)
                add_stride(&scope, &scope.others[SEGMENT_SACRUM].strides[i]);
        put_members(&scope, run);
        put_head(strides, n, typical_s, run);
        return 0;
}
