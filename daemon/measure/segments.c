#include "daemon/measure/segments.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const StandingParameters standing_defaults = {
        .age_max_ms = 24 * 3600 * 1000LL,
        .duration_min_ms = 5000,
        .deviation_max_mg = 100,
        .magnitude_off_max_mg = 100,
};

enum { PODS_MAX = 32 };

typedef struct Standings {
        int64_t utc_ms;
        unsigned pod;
        Segment segment;
        double pitch_deg;
} Standings;

struct Segments {
        char pods[PODS_MAX][ADDRESS_SIZE];
        size_t n_pods;
        SegmentStride *strides[SEGMENT_COUNT];
        size_t n_strides[SEGMENT_COUNT], room[SEGMENT_COUNT];
        size_t n_chosen[SEGMENT_COUNT]; /* of one pod, in front; after sorting */
        Standings *standings;
        size_t n_standings;
};

int segments_new(Segments **ret)
{
        *ret = calloc(1, sizeof(**ret));
        return *ret ? 0 : -ENOMEM;
}

Segments *segments_free(Segments *segments)
{
        if (!segments)
                return NULL;
        for (size_t s = 0; s < SEGMENT_COUNT; s++)
                free(segments->strides[s]);
        free(segments->standings);
        free(segments);
        return NULL;
}

bool segment_of_placement(Placement placement, Segment *ret)
{
        static const struct {
                Placement placement;
                Segment segment;
        } table[] = {{PLACEMENT_SACRUM, SEGMENT_SACRUM},
                     {PLACEMENT_THORACOLUMBAR, SEGMENT_THORACOLUMBAR},
                     {PLACEMENT_LEFT_THIGH, SEGMENT_LEFT_THIGH},
                     {PLACEMENT_RIGHT_THIGH, SEGMENT_RIGHT_THIGH}};

        for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
                if (table[i].placement == placement) {
                        *ret = table[i].segment;
                        return true;
                }
        }
        return false;
}

double segment_pitch_deg(Segment segment, int64_t x_mg, int64_t z_mg)
{
        double forward = segment >= SEGMENT_LEFT_THIGH ? (double)x_mg : -(double)x_mg;

        if (x_mg == NULL_INTEGER || z_mg == NULL_INTEGER || (x_mg == 0 && z_mg == 0))
                return NULL_REAL;
        return atan2(forward, (double)z_mg) * 180 / M_PI;
}

double curve_at(const double curve[static CURVE_POINTS], double phase)
{
        double sum = 0;

        for (size_t i = 0; i < CURVE_POINTS; i++) {
                double off = phase - (double)i / CURVE_POINTS;
                double tangent = tan(M_PI * off);

                off -= floor(off);
                if (off < 1e-9 || off > 1 - 1e-9)
                        sum += curve[i];
                else if (fabs(tangent) < 1e9) /* at half a turn the kernel is 0 */
                        sum += curve[i] * sin(M_PI * CURVE_POINTS * off) / (CURVE_POINTS * tangent);
        }
        return sum;
}

/* ---- filling ---- */

static bool find_pod(Segments *segments, const char *address, unsigned *ret)
{
        for (unsigned i = 0; i < segments->n_pods; i++) {
                if (strcmp(segments->pods[i], address) == 0) {
                        *ret = i;
                        return true;
                }
        }
        if (segments->n_pods == PODS_MAX)
                return false;
        *ret = (unsigned)segments->n_pods;
        (void)text_copy(segments->pods[segments->n_pods++], ADDRESS_SIZE, address);
        return true;
}

static double deg(int64_t deg10)
{
        return deg10 == NULL_INTEGER ? NULL_REAL : (double)deg10 / 10;
}

/* The stride a part belongs to: the newest one of the same pod and tick, or a new one. */
static SegmentStride *stride_of(Segments *segments, Segment segment, const Heard *heard, unsigned pod)
{
        size_t n = segments->n_strides[segment];
        SegmentStride *list = segments->strides[segment];

        if (n > 0 && list[n - 1].pod == pod && list[n - 1].epoch == heard->record->epoch &&
            list[n - 1].tick == heard->record->tick)
                return &list[n - 1];
        if (n == segments->room[segment]) {
                size_t room = n ? 2 * n : 256;

                list = reallocarray(list, room, sizeof(*list));
                if (!list)
                        return NULL;
                segments->strides[segment] = list;
                segments->room[segment] = room;
        }
        list[n] = (SegmentStride){.utc_ms = heard->utc_ms,
                                  .utc_error_ms = heard->utc_error_ms,
                                  .pod = pod,
                                  .epoch = heard->record->epoch,
                                  .tick = heard->record->tick,
                                  .stride_s = NULL_REAL,
                                  .pitch_mean = NULL_REAL,
                                  .pitch_range = NULL_REAL,
                                  .obliquity_range = NULL_REAL,
                                  .rotation_range = NULL_REAL,
                                  .drop_left = NULL_REAL,
                                  .drop_right = NULL_REAL,
                                  .oscillation_mm = NULL_REAL};
        segments->n_strides[segment]++;
        return &list[n];
}

static void take_part(SegmentStride *stride, const TrunkStride *part)
{
        if (part->part == TRUNK_POSE) {
                stride->stride_s = (double)part->stride_time_1024 / TICK_HZ;
                stride->counts = part->running == 1 && part->quality == 1 && part->stride_time_1024 > 0;
                stride->pitch_mean = deg(part->pitch_mean_deg10);
                stride->pitch_range = deg(part->pitch_range_deg10);
                stride->obliquity_range = deg(part->obliquity_range_deg10);
                stride->rotation_range = deg(part->rotation_range_deg10);
        } else if (part->part == TRUNK_CURVE && part->curve_deg10[0] != NULL_INTEGER) {
                stride->has_curve = true;
                for (size_t i = 0; i < CURVE_POINTS; i++)
                        stride->curve[i] = deg(part->curve_deg10[i]);
        } else if (part->part == TRUNK_STEPS) {
                stride->drop_left = deg(part->drop_left_deg10);
                stride->drop_right = deg(part->drop_right_deg10);
                stride->oscillation_mm = part->oscillation_mm == NULL_INTEGER
                                                 ? NULL_REAL
                                                 : (double)part->oscillation_mm;
        }
}

bool calibration_is_quiet(const Calibration *calibration)
{
        const StandingParameters *p = &standing_defaults;
        double x = (double)calibration->acceleration_x_mg, y = (double)calibration->acceleration_y_mg;
        double z = (double)calibration->acceleration_z_mg;

        return calibration->calibration_of == CALIBRATION_STANDING &&
               calibration->acceleration_x_mg != NULL_INTEGER &&
               calibration->duration_ms >= p->duration_min_ms &&
               calibration->deviation_mg < p->deviation_max_mg &&
               fabs(sqrt(x * x + y * y + z * z) - 1000) < (double)p->magnitude_off_max_mg;
}

static int add_standing(Segments *segments, Segment segment, const Heard *heard, unsigned pod)
{
        const Calibration *calibration = &heard->record->calibration;
        Standings *moved;

        if (!calibration_is_quiet(calibration))
                return 0;
        moved = reallocarray(segments->standings, segments->n_standings + 1, sizeof(*moved));
        if (!moved)
                return -ENOMEM;
        segments->standings = moved;
        moved[segments->n_standings++] = (Standings){
                .utc_ms = heard->utc_ms + calibration->duration_ms,
                .pod = pod,
                .segment = segment,
                .pitch_deg = segment_pitch_deg(segment, calibration->acceleration_x_mg,
                                               calibration->acceleration_z_mg)};
        return 0;
}

int segments_add(Segments *segments, const Heard *heard)
{
        SegmentStride *stride;
        Segment segment;
        unsigned pod;

        if (heard->utc_ms == NULL_INTEGER || !segment_of_placement(heard->placement, &segment) ||
            !find_pod(segments, heard->address, &pod))
                return 0;
        if (heard->record->kind == RECORD_CALIBRATION)
                return add_standing(segments, segment, heard, pod);
        if (heard->record->kind != RECORD_TRUNK_STRIDE)
                return 0;
        stride = stride_of(segments, segment, heard, pod);
        if (!stride)
                return -ENOMEM;
        take_part(stride, &heard->record->trunk);
        return 0;
}

static int compare_strides(const void *left, const void *right)
{
        const SegmentStride *a = left, *b = right;

        return (a->utc_ms > b->utc_ms) - (a->utc_ms < b->utc_ms);
}

/* Two pods on one segment saw the same strides: the one with more counts. */
static unsigned better_pod(const SegmentStride *strides, size_t n)
{
        size_t counts[PODS_MAX] = {0};
        unsigned best = 0;

        for (size_t i = 0; i < n; i++)
                counts[strides[i].pod] += strides[i].counts;
        for (unsigned pod = 1; pod < PODS_MAX; pod++)
                best = counts[pod] > counts[best] ? pod : best;
        return best;
}

void segments_sort(Segments *segments)
{
        for (size_t s = 0; s < SEGMENT_COUNT; s++) {
                SegmentStride *list = segments->strides[s];
                size_t n = 0;
                unsigned pod = better_pod(list, segments->n_strides[s]);

                for (size_t i = 0; i < segments->n_strides[s]; i++) {
                        if (list[i].pod == pod && list[i].counts)
                                list[n++] = list[i];
                }
                if (n > 0)
                        qsort(list, n, sizeof(*list), compare_strides);
                segments->n_chosen[s] = n;
        }
}

const SegmentStride *segment_strides(const Segments *segments, Segment segment, size_t *ret_n)
{
        *ret_n = segments->n_chosen[segment];
        return segments->strides[segment];
}

double segment_standing_deg(const Segments *segments, Segment segment, int64_t utc_ms)
{
        const Standings *newest = NULL;
        size_t n;
        const SegmentStride *strides = segment_strides(segments, segment, &n);

        if (n == 0)
                return NULL_REAL;
        for (size_t i = 0; i < segments->n_standings; i++) {
                const Standings *one = &segments->standings[i];

                if (one->segment != segment || one->pod != strides[0].pod || one->utc_ms > utc_ms ||
                    utc_ms - one->utc_ms > standing_defaults.age_max_ms)
                        continue;
                if (!newest || one->utc_ms >= newest->utc_ms)
                        newest = one;
        }
        return newest ? newest->pitch_deg : NULL_REAL;
}
