#include "daemon/measure/day-postures.h"

#include <errno.h>
#include <math.h>
#include <string.h>

const DayPostureParameters day_posture_defaults = {.walking_min_s = 5 * 60};

enum { PODS_MAX = 8 };

/* Sums over the time that was heard, weighted by ms. */
typedef struct Cell {
        double worn_ms, usable_ms;
        double x, y, z, deviation;
} Cell;

typedef struct DayPod {
        char address[ADDRESS_SIZE];
        Segment segment;
        Cell *cells;
        double worn_ms;
        double standing_g[3], walking_g[3]; /* null: no calibration */
} DayPod;

struct DayPostures {
        const MeasureParameters *parameters;
        int64_t from_utc_ms;
        int64_t cell_ms;
        size_t n_cells;
        DayPod pods[PODS_MAX];
        size_t n_pods;
};

int day_postures_new(const MeasureParameters *parameters, int64_t from_utc_ms, int64_t to_utc_ms,
                     DayPostures **ret)
{
        DayPostures *day = calloc(1, sizeof(*day));

        if (!day)
                return -ENOMEM;
        day->parameters = parameters;
        day->from_utc_ms = from_utc_ms;
        day->cell_ms = llround(day->parameters->posture.epoch_s * 1000);
        day->n_cells = (size_t)((to_utc_ms - from_utc_ms + day->cell_ms - 1) / day->cell_ms);
        *ret = day;
        return 0;
}

DayPostures *day_postures_free(DayPostures *day)
{
        if (!day)
                return NULL;
        for (size_t i = 0; i < day->n_pods; i++)
                free(day->pods[i].cells);
        free(day);
        return NULL;
}

/* ---- filling ---- */

/* NULL: no room, or no memory (*ret_error). */
static DayPod *pod_of(DayPostures *day, const Heard *heard, Segment segment, int *ret_error)
{
        DayPod *pod = day->pods;

        *ret_error = 0;
        for (; pod < day->pods + day->n_pods; pod++) {
                if (pod->segment == segment && strcmp(pod->address, heard->address) == 0)
                        return pod;
        }
        if (day->n_pods == PODS_MAX)
                return NULL;
        *pod = (DayPod){.segment = segment,
                        .cells = calloc(day->n_cells + 1, sizeof(Cell)),
                        .standing_g = {NULL_REAL, NULL_REAL, NULL_REAL},
                        .walking_g = {NULL_REAL, NULL_REAL, NULL_REAL}};
        if (!pod->cells) {
                *ret_error = -ENOMEM;
                return NULL;
        }
        (void)text_copy(pod->address, sizeof(pod->address), heard->address);
        day->n_pods++;
        return pod;
}

static void add_to_cell(Cell *cell, const PostureEpochRecord *epoch, double ms)
{
        if (epoch->worn != 1)
                return;
        cell->worn_ms += ms;
        if (epoch->acceleration_x_mg == NULL_INTEGER)
                return;
        cell->usable_ms += ms;
        cell->x += (double)epoch->acceleration_x_mg * ms;
        cell->y += (double)epoch->acceleration_y_mg * ms;
        cell->z += (double)epoch->acceleration_z_mg * ms;
        cell->deviation += (double)epoch->deviation_mg * ms;
}

/* An epoch lies in as many cells as it touches. */
static void add_epoch(DayPostures *day, DayPod *pod, const Heard *heard)
{
        const PostureEpochRecord *epoch = &heard->record->posture;
        int64_t from = heard->utc_ms - day->from_utc_ms, to = from + epoch->duration_ms;

        pod->worn_ms += epoch->worn == 1 ? (double)epoch->duration_ms : 0;
        for (int64_t at = from < 0 ? 0 : from; at < to;) {
                int64_t cell = at / day->cell_ms, end = (cell + 1) * day->cell_ms;

                if ((size_t)cell >= day->n_cells)
                        return;
                end = end < to ? end : to;
                add_to_cell(&pod->cells[cell], epoch, (double)(end - at));
                at = end;
        }
}

static void take_calibration(DayPod *pod, const Heard *heard)
{
        const Calibration *calibration = &heard->record->calibration;
        double *to = calibration->calibration_of == CALIBRATION_STANDING ? pod->standing_g
                                                                        : pod->walking_g;

        if (calibration->acceleration_x_mg == NULL_INTEGER)
                return;
        if (to == pod->standing_g && !calibration_is_quiet(calibration))
                return;
        to[0] = (double)calibration->acceleration_x_mg / 1000;
        to[1] = (double)calibration->acceleration_y_mg / 1000;
        to[2] = (double)calibration->acceleration_z_mg / 1000;
}

int day_postures_add(DayPostures *day, const Heard *heard)
{
        Segment segment;
        DayPod *pod;
        int error;

        if (heard->utc_ms == NULL_INTEGER || !segment_of_placement(heard->placement, &segment) ||
            segment == SEGMENT_THORACOLUMBAR)
                return 0;
        if (heard->record->kind != RECORD_POSTURE_EPOCH && heard->record->kind != RECORD_CALIBRATION)
                return 0;
        pod = pod_of(day, heard, segment, &error);
        if (!pod)
                return error;
        if (heard->record->kind == RECORD_CALIBRATION)
                take_calibration(pod, heard);
        else
                add_epoch(day, pod, heard);
        return 0;
}

/* ---- a cell's posture ---- */

static bool is_worn(const DayPostures *day, const Cell *cell)
{
        return cell->usable_ms * 2 >= (double)day->cell_ms;
}

static void mean_of(const Cell *cell, double ret_g[static 3])
{
        ret_g[0] = cell->x / cell->usable_ms / 1000;
        ret_g[1] = cell->y / cell->usable_ms / 1000;
        ret_g[2] = cell->z / cell->usable_ms / 1000;
}

static bool is_moving(const DayPostures *day, const Cell *cell)
{
        return cell->deviation / cell->usable_ms / 1000 >= day->parameters->posture.rest_below_g;
}

/* Against `up`, else against the pod's own long axis. */
static double inclination_of(const Cell *cell, const double up_g[static 3])
{
        double mean_g[3];

        mean_of(cell, mean_g);
        return isnan(up_g[0]) ? posture_inclination(mean_g, AXIS_Z) : posture_angle(mean_g, up_g);
}

/* Where down is while this pod's wearer walks: its moving cells, or a walking calibration. */
static bool walking_of(const DayPostures *day, const DayPod *pod, double ret_g[static 3])
{
        double sum[3] = {0}, mean_g[3], moving_s = 0;

        for (size_t i = 0; i < day->n_cells; i++) {
                if (!is_worn(day, &pod->cells[i]) || !is_moving(day, &pod->cells[i]))
                        continue;
                mean_of(&pod->cells[i], mean_g);
                for (size_t k = 0; k < 3; k++)
                        sum[k] += mean_g[k];
                moving_s += day->parameters->posture.epoch_s;
        }
        if (moving_s >= day_posture_defaults.walking_min_s)
                memcpy(ret_g, sum, sizeof(sum));
        else
                memcpy(ret_g, pod->walking_g, sizeof(sum));
        return isfinite(ret_g[0]);
}

typedef struct Source {
        const DayPod *thigh, *sacrum; /* NULL: none */
        double walking_g[3];
        bool upside_down;
} Source;

static Posture posture_of_cell(const DayPostures *day, size_t i, Source *source)
{
        const Cell *thigh = source->thigh ? &source->thigh->cells[i] : NULL;
        const Cell *sacrum = source->sacrum ? &source->sacrum->cells[i] : NULL;
        double inclination = NULL_REAL, from_walking = NULL_REAL;

        if (sacrum && is_worn(day, sacrum) && !is_moving(day, sacrum))
                from_walking = inclination_of(sacrum, source->walking_g);
        if (!thigh)
                return sacrum && is_worn(day, sacrum) && is_moving(day, sacrum)
                               ? POSTURE_UPRIGHT
                               : posture_of_sacrum(from_walking, &day->parameters->posture);
        if (!is_worn(day, thigh))
                return POSTURE_UNKNOWN;
        inclination = inclination_of(thigh, source->thigh->standing_g);
        if (inclination > day->parameters->posture.upside_down_above_deg) {
                source->upside_down = true;
                return POSTURE_UNKNOWN;
        }
        if (is_moving(day, thigh))
                return posture_of_thigh(inclination, &day->parameters->posture) == POSTURE_UPRIGHT
                               ? POSTURE_UPRIGHT
                               : POSTURE_UNKNOWN;
        return isnan(from_walking) ? posture_of_thigh(inclination, &day->parameters->posture)
                                   : posture_of_both(inclination, from_walking, &day->parameters->posture);
}

/* ---- the day ---- */

static const DayPod *best_pod(const DayPostures *day, bool thigh)
{
        const DayPod *best = NULL;

        for (size_t i = 0; i < day->n_pods; i++) {
                const DayPod *pod = &day->pods[i];

                if ((pod->segment == SEGMENT_SACRUM) == thigh || pod->worn_ms <= 0)
                        continue;
                if (!best || pod->worn_ms > best->worn_ms)
                        best = pod;
        }
        return best;
}

static void put_sitting(const SittingDay *sitting, SensedDay *ret)
{
        ret->sit_s = sitting->sit_s;
        ret->upright_s = sitting->upright_s;
        ret->lying_s = sitting->lying_s;
        ret->wear_s = sitting->wear_s;
        ret->bouts = sitting->n_bouts;
        ret->breaks = sitting->breaks;
        ret->longest_s = sitting->longest_s;
        ret->prolonged = sitting->n_prolonged;
        ret->prolonged_s = sitting->prolonged_s;
        ret->w50_s = sitting->w50_s;
}

int day_postures_measure(const DayPostures *day, SensedDay *ret)
{
        CLEANUP(freep) PostureRun *runs = calloc(day->n_cells + 1, sizeof(*runs));
        Source source = {best_pod(day, true), best_pod(day, false),
                         {NULL_REAL, NULL_REAL, NULL_REAL}, false};
        SittingDay sitting;
        int r;

        if (!runs)
                return -ENOMEM;
        if (!source.thigh && !source.sacrum)
                return 0;
        if (source.sacrum && !walking_of(day, source.sacrum, source.walking_g)) {
                source.sacrum = NULL;
                if (!source.thigh) {
                        (void)text_copy(ret->fault, sizeof(ret->fault), "no_walking_reference");
                        return 1;
                }
        }
        for (size_t i = 0; i < day->n_cells; i++)
                runs[i] = (PostureRun){posture_of_cell(day, i, &source), 1};
        r = sitting_day(runs, day->n_cells, &day->parameters->sitting, &sitting);
        if (r < 0)
                return r;
        put_sitting(&sitting, ret);
        (void)text_copy(ret->source, sizeof(ret->source),
                        source.thigh && source.sacrum ? "thigh_and_sacrum"
                        : source.thigh                ? "thigh"
                                                      : "sacrum");
        if (source.upside_down)
                (void)text_copy(ret->fault, sizeof(ret->fault), "upside_down");
        return 1;
}
