#include "daemon/measure/day-exercises.h"

#include "daemon/measure/bridge.h"
#include "daemon/measure/posture.h"
#include "daemon/measure/rounding.h"
#include "daemon/measure/stretch.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define SHORT_MAX_MS 1000 /* longer epochs are daily life */
#define SECOND_MS    1000

typedef struct ShortEpoch {
        int64_t utc_ms, duration_ms;
        double x_g, z_g, pitch_deg, inclination_deg, turn_rate_dps;
} ShortEpoch;

/* Of one segment, of the first pod on it that exercised. */
typedef struct Track {
        char address[ADDRESS_SIZE];
        ShortEpoch *list;
        size_t n, room;
        double standing_deg; /* NAN: none */
} Track;

struct DayExercises {
        const MeasureParameters *parameters;
        Track tracks[SEGMENT_COUNT];
        int64_t n_bridge_events, n_stretch_events; /* that a pod told of, good or not */
        int64_t bridge_reps, stretches[2];         /* of these, that count */
        double bridge_hold_s, stretch_s[2];
};

int day_exercises_new(const MeasureParameters *parameters, DayExercises **ret)
{
        DayExercises *day = calloc(1, sizeof(*day));

        if (!day)
                return -ENOMEM;
        day->parameters = parameters;
        for (size_t s = 0; s < SEGMENT_COUNT; s++)
                day->tracks[s].standing_deg = NULL_REAL;
        *ret = day;
        return 0;
}

DayExercises *day_exercises_free(DayExercises *day)
{
        if (!day)
                return NULL;
        for (size_t s = 0; s < SEGMENT_COUNT; s++)
                free(day->tracks[s].list);
        free(day);
        return NULL;
}

/* ---- what pods have found themselves ---- */

static void take_bridge(DayExercises *day, const ExerciseEvent *event)
{
        const BridgeParameters *parameters = &day->parameters->bridge;
        double duration_s = (double)event->duration_ms / 1000;

        day->n_bridge_events++;
        if (duration_s < parameters->duration_min_s || duration_s > parameters->duration_max_s)
                return;
        if (event->lift_deg10 != NULL_INTEGER && (double)event->lift_deg10 / 10 < parameters->lift_deg)
                return;
        day->bridge_reps++;
        day->bridge_hold_s += event->hold_ms == NULL_INTEGER ? 0 : (double)event->hold_ms / 1000;
}

static void take_stretch(DayExercises *day, const ExerciseEvent *event)
{
        double hold_s = (double)(event->hold_ms == NULL_INTEGER ? event->duration_ms : event->hold_ms) / 1000;

        if (event->side != SIDE_LEFT && event->side != SIDE_RIGHT)
                return; /* of which leg? */
        day->n_stretch_events++;
        if (hold_s < day->parameters->stretch.hold_min_s)
                return;
        day->stretches[event->side - SIDE_LEFT]++;
        day->stretch_s[event->side - SIDE_LEFT] += hold_s;
}

/* ---- short epochs ---- */

static int add_epoch(Track *track, Segment segment, const Heard *heard)
{
        const PostureEpochRecord *epoch = &heard->record->posture;
        double mean_g[3];

        if (epoch->duration_ms > SHORT_MAX_MS || epoch->worn != 1 || epoch->acceleration_x_mg == NULL_INTEGER)
                return 0;
        if (track->address[0] == '\0')
                (void)text_copy(track->address, sizeof(track->address), heard->address);
        if (strcmp(track->address, heard->address) != 0)
                return 0;
        if (track->n == track->room) {
                size_t room = track->room ? 2 * track->room : 256;
                ShortEpoch *moved = reallocarray(track->list, room, sizeof(*moved));

                if (!moved)
                        return -ENOMEM;
                track->list = moved;
                track->room = room;
        }
        mean_g[0] = (double)epoch->acceleration_x_mg / 1000;
        mean_g[1] = (double)epoch->acceleration_y_mg / 1000;
        mean_g[2] = (double)epoch->acceleration_z_mg / 1000;
        track->list[track->n++] = (ShortEpoch){
                .utc_ms = heard->utc_ms,
                .duration_ms = epoch->duration_ms,
                .x_g = mean_g[0],
                .z_g = mean_g[2],
                .pitch_deg = segment_pitch_deg(segment, epoch->acceleration_x_mg, epoch->acceleration_z_mg),
                .inclination_deg = posture_inclination(mean_g, AXIS_Z),
                .turn_rate_dps = epoch->turn_rate_dps == NULL_INTEGER ? NULL_REAL
                                                                      : (double)epoch->turn_rate_dps,
        };
        return 0;
}

int day_exercises_add(DayExercises *day, const Heard *heard)
{
        const Record *record = heard->record;
        Segment segment;

        if (heard->utc_ms == NULL_INTEGER || !segment_of_placement(heard->placement, &segment))
                return 0;
        if (record->kind == RECORD_EXERCISE_EVENT && record->exercise.exercise == SENSED_BRIDGE)
                take_bridge(day, &record->exercise);
        if (record->kind == RECORD_EXERCISE_EVENT &&
            record->exercise.exercise == SENSED_HIP_FLEXOR_STRETCH)
                take_stretch(day, &record->exercise);
        if (record->kind == RECORD_CALIBRATION && calibration_is_quiet(&record->calibration))
                day->tracks[segment].standing_deg = segment_pitch_deg(
                        segment, record->calibration.acceleration_x_mg, record->calibration.acceleration_z_mg);
        return record->kind == RECORD_POSTURE_EPOCH ? add_epoch(&day->tracks[segment], segment, heard) : 0;
}

/* ---- bridges from the sacrum ---- */

/* Where a row of epochs of one length without a gap ends. */
static size_t end_of_bout(const Track *track, size_t from)
{
        size_t i = from + 1;

        for (; i < track->n; i++) {
                const ShortEpoch *before = &track->list[i - 1];

                if (track->list[i].duration_ms != before->duration_ms ||
                    track->list[i].utc_ms - before->utc_ms > 2 * before->duration_ms)
                        break;
        }
        return i;
}

static bool is_supine(const ShortEpoch *epoch, const BridgeParameters *parameters)
{
        return epoch->x_g > 0 && epoch->inclination_deg >= parameters->supine_min_deg &&
               epoch->inclination_deg <= parameters->supine_max_deg;
}

/* Where the first rest on the back that is long enough ends; 0: there is none. A lifted pelvis is
 * hardly less supine, so the rest may be no longer than it has to be. */
static size_t end_of_rest(const ShortEpoch *list, size_t n, size_t n_rest,
                          const BridgeParameters *parameters)
{
        size_t in_a_row = 0;

        for (size_t i = 0; i < n; i++) {
                in_a_row = is_supine(&list[i], parameters) ? in_a_row + 1 : 0;
                if (in_a_row == n_rest)
                        return i + 1;
        }
        return 0;
}

static int bridges_of_bout(const ShortEpoch *list, size_t n, BridgeParameters parameters,
                           SensedDay *ret)
{
        CLEANUP(freep) double *pitch = calloc(n + 1, sizeof(*pitch));
        CLEANUP(freep) double *inclination = calloc(n + 1, sizeof(*inclination));
        CLEANUP(freep) bool *faces_up = calloc(n + 1, sizeof(*faces_up));
        Bridges bridges;
        size_t n_rest, end, rest_end;
        double rest_deg;
        int r;

        if (!pitch || !inclination || !faces_up)
                return -ENOMEM;
        parameters.sample_hz = 1000.0 / (double)list[0].duration_ms;
        n_rest = (size_t)ceil(parameters.rest_min_s * parameters.sample_hz);
        end = end_of_rest(list, n, n_rest, &parameters);
        if (end == 0)
                return 0;
        for (size_t i = 0; i < n; i++) {
                pitch[i] = list[i].pitch_deg;
                inclination[i] = list[i].inclination_deg;
                faces_up[i] = list[i].x_g > 0;
        }
        r = bridge_rest(pitch + end - n_rest, inclination + end - n_rest, faces_up + end - n_rest, n_rest,
                        &parameters, &rest_deg, &rest_end);
        if (r < 0 || isnan(rest_deg))
                return r;
        for (size_t i = end; i < n; i++) /* the pelvis rises: its top goes further down */
                pitch[i] = remainder(rest_deg - pitch[i], 360.0);
        bridges = bridge_repetitions(pitch + end, n - end, &parameters, NULL, 0);
        if (bridges.n == NULL_INTEGER)
                return 0;
        ret->bridge_reps += bridges.n;
        ret->bridge_hold_s += bridges.hold_s;
        return 0;
}

static int measure_bridges(const DayExercises *day, SensedDay *ret)
{
        const Track *sacrum = &day->tracks[SEGMENT_SACRUM];
        int r = 0;

        if (day->n_bridge_events == 0 && sacrum->n == 0)
                return 0;
        ret->bridge_reps = day->bridge_reps;
        ret->bridge_hold_s = day->bridge_hold_s;
        for (size_t at = 0, end; r >= 0 && day->n_bridge_events == 0 && at < sacrum->n; at = end) {
                end = end_of_bout(sacrum, at);
                r = bridges_of_bout(sacrum->list + at, end - at, day->parameters->bridge, ret);
        }
        ret->bridge_hold_s = rounded(ret->bridge_hold_s);
        return r < 0 ? r : 1;
}

/* ---- stretches from sacrum and thighs, second by second ---- */

/* The epoch that holds the moment; `at` only goes on. NULL: none. */
static const ShortEpoch *epoch_at(const Track *track, int64_t utc_ms, size_t *at)
{
        while (*at + 1 < track->n && track->list[*at + 1].utc_ms <= utc_ms)
                (*at)++;
        if (track->list[*at].utc_ms > utc_ms || utc_ms - track->list[*at].utc_ms >= 2 * SECOND_MS)
                return NULL;
        return &track->list[*at];
}

/* 0, 1: in the posture, of *ret_side. */
static bool is_stretching(const DayExercises *day, int64_t utc_ms, size_t at[static SEGMENT_COUNT],
                          StretchSide *ret_side)
{
        static const Segment needed[] = {SEGMENT_SACRUM, SEGMENT_LEFT_THIGH, SEGMENT_RIGHT_THIGH};
        double against[SEGMENT_COUNT] = {0}, turn_rate = 0;
        StretchPosture posture;

        *ret_side = STRETCH_NO_SIDE;
        for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
                const Track *track = &day->tracks[needed[i]];
                const ShortEpoch *epoch = epoch_at(track, utc_ms, &at[needed[i]]);

                if (!epoch)
                        return false;
                against[needed[i]] = epoch->pitch_deg - track->standing_deg;
                turn_rate = epoch->turn_rate_dps > turn_rate || isnan(epoch->turn_rate_dps)
                                    ? epoch->turn_rate_dps
                                    : turn_rate;
        }
        *ret_side = stretch_side(against[SEGMENT_LEFT_THIGH], against[SEGMENT_RIGHT_THIGH]);
        posture = (StretchPosture){
                .front_flexion_deg = fmax(against[SEGMENT_LEFT_THIGH], against[SEGMENT_RIGHT_THIGH]),
                .rear_extension_deg = -fmin(against[SEGMENT_LEFT_THIGH], against[SEGMENT_RIGHT_THIGH]),
                .sacrum_pitch_deg = against[SEGMENT_SACRUM],
                .gyro_rms_dps = turn_rate,
        };
        return *ret_side != STRETCH_NO_SIDE && stretch_posture(&posture, &day->parameters->stretch) == 1;
}

static int stretches_of_side(const DayExercises *day, StretchSide side, int64_t from_utc_ms,
                             int64_t to_utc_ms, int64_t *ret_n, double *ret_s)
{
        size_t n = (size_t)((to_utc_ms - from_utc_ms) / SECOND_MS) + 1, at[SEGMENT_COUNT] = {0};
        CLEANUP(freep) bool *in_posture = calloc(n, sizeof(*in_posture));
        Stretches stretches;

        if (!in_posture)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                StretchSide of;

                in_posture[i] = is_stretching(day, from_utc_ms + (int64_t)i * SECOND_MS, at, &of) &&
                                of == side;
        }
        stretches = stretch_holds(in_posture, n, &day->parameters->stretch, NULL, 0);
        *ret_n = stretches.credited;
        *ret_s = rounded(stretches.total_s);
        return 0;
}

static int measure_stretches(const DayExercises *day, SensedDay *ret)
{
        const Track *sacrum = &day->tracks[SEGMENT_SACRUM];
        bool seen = sacrum->n > 0 && day->tracks[SEGMENT_LEFT_THIGH].n > 0 &&
                    day->tracks[SEGMENT_RIGHT_THIGH].n > 0;
        int64_t from, to;
        int r;

        if (day->n_stretch_events > 0) {
                ret->stretch_left = day->stretches[0];
                ret->stretch_left_s = day->stretch_s[0];
                ret->stretch_right = day->stretches[1];
                ret->stretch_right_s = day->stretch_s[1];
                return 1;
        }
        if (!seen || isnan(sacrum->standing_deg) || isnan(day->tracks[SEGMENT_LEFT_THIGH].standing_deg) ||
            isnan(day->tracks[SEGMENT_RIGHT_THIGH].standing_deg))
                return 0;
        from = sacrum->list[0].utc_ms;
        to = sacrum->list[sacrum->n - 1].utc_ms;
        r = stretches_of_side(day, STRETCH_LEFT, from, to, &ret->stretch_left, &ret->stretch_left_s);
        if (r >= 0)
                r = stretches_of_side(day, STRETCH_RIGHT, from, to, &ret->stretch_right,
                                      &ret->stretch_right_s);
        return r < 0 ? r : 1;
}

int day_exercises_measure(const DayExercises *day, SensedDay *ret)
{
        int bridges = measure_bridges(day, ret), stretches;

        if (bridges < 0)
                return bridges;
        stretches = measure_stretches(day, ret);
        return stretches < 0 ? stretches : bridges || stretches;
}
