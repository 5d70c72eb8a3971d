#include "daemon/measure/activity.h"

#include <errno.h>
#include <string.h>

typedef struct ActivityPod {
        char address[ADDRESS_SIZE];
        CadenceUnit cadence;
} ActivityPod;

struct Activity {
        const MeasureParameters *parameters;
        ActivityPod *pods;
        size_t n_pods, pods_room;
        HeardStride *strides;
        size_t n_strides, strides_room;
        HeardSample *samples;
        size_t n_samples, samples_room;
        const Bridge *bridges; /* borrowed */
        size_t n_bridges;
};

int activity_new(const MeasureParameters *parameters, Activity **ret)
{
        Activity *activity = calloc(1, sizeof(*activity));

        if (!activity)
                return -ENOMEM;
        activity->parameters = parameters;
        *ret = activity;
        return 0;
}

Activity *activity_free(Activity *activity)
{
        if (!activity)
                return NULL;
        free(activity->pods);
        free(activity->strides);
        free(activity->samples);
        free(activity);
        return NULL;
}

/* Room for one more; `list` is the address of a pointer to elements of `size`. */
static int make_room(void *list, size_t n, size_t *room, size_t size)
{
        size_t wanted = *room ? *room * 2 : 64;
        void *moved;

        if (n < *room)
                return 0;
        memcpy(&moved, list, sizeof(moved));
        moved = reallocarray(moved, wanted, size);
        if (!moved)
                return -ENOMEM;
        memcpy(list, &moved, sizeof(moved));
        *room = wanted;
        return 0;
}

/* Makes a gap at `at`: what was heard of the pods behind it moves along. */
static void move_pods(Activity *activity, unsigned at)
{
        memmove(&activity->pods[at + 1], &activity->pods[at],
                (activity->n_pods - at) * sizeof(ActivityPod));
        for (size_t i = 0; i < activity->n_strides; i++)
                activity->strides[i].pod += activity->strides[i].pod >= at;
        for (size_t i = 0; i < activity->n_samples; i++)
                activity->samples[i].pod += activity->samples[i].pod >= at;
}

/* Pods stand in order of address, so that who was heard first decides nothing. */
static int find_pod(Activity *activity, const char *address, unsigned *ret)
{
        unsigned at = 0;
        int r;

        while (at < activity->n_pods && strcmp(activity->pods[at].address, address) < 0)
                at++;
        *ret = at;
        if (at < activity->n_pods && strcmp(activity->pods[at].address, address) == 0)
                return 0;
        r = make_room(&activity->pods, activity->n_pods, &activity->pods_room,
                      sizeof(ActivityPod));
        if (r < 0)
                return r;
        move_pods(activity, at);
        activity->pods[at] = (ActivityPod){.cadence = CADENCE_UNIT_UNKNOWN};
        text_copy(activity->pods[at].address, ADDRESS_SIZE, address);
        activity->n_pods++;
        return 0;
}

static int add_stride(Activity *activity, const Heard *heard, unsigned pod, Foot foot)
{
        const Stride *stride = &heard->record->stride;
        int64_t time_1024 = stride->stride_time_1024;
        int r;

        if (time_1024 == NULL_INTEGER || time_1024 < 0)
                time_1024 = 0;
        if (time_1024 > activity->parameters->stride_time_max_1024)
                time_1024 = activity->parameters->stride_time_max_1024;
        r = make_room(&activity->strides, activity->n_strides, &activity->strides_room,
                      sizeof(HeardStride));
        if (r < 0)
                return r;
        activity->strides[activity->n_strides++] = (HeardStride){
                .utc_ms = heard->utc_ms,
                .end_ms = heard->utc_ms + (time_1024 * 1000 + TICK_HZ / 2) / TICK_HZ,
                .received_utc_ms = heard->received_utc_ms,
                .utc_error_ms = heard->utc_error_ms,
                .epoch = heard->record->epoch,
                .seq = heard->record->seq,
                .pod = pod,
                .foot = foot,
                .stride = *stride,
        };
        return 0;
}

static int add_sample(Activity *activity, const Heard *heard, unsigned pod)
{
        int r = make_room(&activity->samples, activity->n_samples, &activity->samples_room,
                          sizeof(HeardSample));

        if (r < 0)
                return r;
        activity->samples[activity->n_samples++] = (HeardSample){
                .utc_ms = heard->utc_ms,
                .tick_ms = heard->record->tick,
                .received_utc_ms = heard->received_utc_ms,
                .utc_error_ms = heard->utc_error_ms,
                .epoch = heard->record->epoch,
                .seq = heard->record->seq,
                .pod = pod,
                .sample = heard->record->sample,
        };
        return 0;
}

int activity_add(Activity *activity, const Heard *heard)
{
        bool left = heard->placement == PLACEMENT_LEFT_FOOT;
        bool foot = left || heard->placement == PLACEMENT_RIGHT_FOOT;
        unsigned pod;
        int r;

        if (heard->utc_ms == NULL_INTEGER)
                return 0;
        if (heard->record->kind != RECORD_SAMPLE && !(heard->record->kind == RECORD_STRIDE && foot))
                return 0;
        r = find_pod(activity, heard->address, &pod);
        if (r < 0)
                return r;
        if (heard->record->kind == RECORD_SAMPLE)
                return add_sample(activity, heard, pod);
        return add_stride(activity, heard, pod, left ? FOOT_LEFT : FOOT_RIGHT);
}

static int compare(int64_t a, int64_t b)
{
        return (a > b) - (a < b);
}

static int compare_strides(const void *left, const void *right)
{
        const HeardStride *a = left, *b = right;
        int r = compare(a->utc_ms, b->utc_ms);

        if (r == 0)
                r = compare(a->pod, b->pod);
        if (r == 0)
                r = compare(a->epoch, b->epoch);
        return r != 0 ? r : compare(a->seq, b->seq);
}

static int compare_samples(const void *left, const void *right)
{
        const HeardSample *a = left, *b = right;
        int r = compare(a->pod, b->pod);

        if (r == 0)
                r = compare(a->epoch, b->epoch);
        return r != 0 ? r : compare(a->seq, b->seq);
}

/* Walks backwards; `next` is the following sample of each characteristic of the same pod and
 * epoch. Few come from one pod: beyond CHAINS_MAX a sample stands alone. */
static void chain_samples(Activity *activity)
{
        enum { CHAINS_MAX = 8 };
        const HeardSample *next[CHAINS_MAX];
        size_t n = 0;

        for (size_t i = activity->n_samples; i-- > 0;) {
                HeardSample *sample = &activity->samples[i];
                size_t c = 0;

                if (n > 0 && (next[0]->pod != sample->pod || next[0]->epoch != sample->epoch))
                        n = 0;
                while (c < n && next[c]->sample.characteristic != sample->sample.characteristic)
                        c++;
                sample->next_ms = c < n ? next[c]->tick_ms - sample->tick_ms : 0;
                if (c == CHAINS_MAX)
                        continue;
                next[c] = sample;
                n = c == n ? n + 1 : n;
        }
}

void activity_sort(Activity *activity)
{
        if (activity->n_strides > 0)
                qsort(activity->strides, activity->n_strides, sizeof(HeardStride), compare_strides);
        if (activity->n_samples > 0)
                qsort(activity->samples, activity->n_samples, sizeof(HeardSample), compare_samples);
        chain_samples(activity);
}

void activity_set_bridges(Activity *activity, const Bridge *bridges, size_t n)
{
        activity->bridges = bridges;
        activity->n_bridges = n;
}

const Bridge *activity_bridges(const Activity *activity, size_t *ret_n)
{
        *ret_n = activity->n_bridges;
        return activity->bridges;
}

const MeasureParameters *activity_parameters(const Activity *activity)
{
        return activity->parameters;
}

const HeardStride *activity_strides(const Activity *activity, size_t *ret_n)
{
        *ret_n = activity->n_strides;
        return activity->strides;
}

const HeardSample *activity_samples(const Activity *activity, size_t *ret_n)
{
        *ret_n = activity->n_samples;
        return activity->samples;
}

size_t activity_pods(const Activity *activity)
{
        return activity->n_pods;
}

const char *activity_pod_address(const Activity *activity, unsigned pod)
{
        return activity->pods[pod].address;
}

void activity_set_cadence(Activity *activity, unsigned pod, CadenceUnit unit)
{
        activity->pods[pod].cadence = unit;
}

CadenceUnit activity_cadence(const Activity *activity, unsigned pod)
{
        return activity->pods[pod].cadence;
}

int activity_decide_cadence(const Activity *activity, unsigned pod, CadenceUnit *ret)
{
        CLEANUP(freep) CadencePoint *points = calloc(activity->n_samples + 1, sizeof(*points));
        size_t n = 0;

        if (!points)
                return -ENOMEM;
        for (size_t i = 0; i < activity->n_samples; i++) {
                const Sample *sample = &activity->samples[i].sample;

                if (activity->samples[i].pod != pod ||
                    sample->characteristic != SAMPLE_RUNNING_SPEED)
                        continue;
                points[n++] = (CadencePoint){
                        .speed_256 = sample->speed_256,
                        .cadence_raw = sample->cadence_raw,
                        .length_cm = sample->stride_length_cm,
                };
        }
        return cadence_decide(points, n, activity->parameters, ret);
}

int64_t sample_step_ms(const HeardSample *sample, const MeasureParameters *parameters)
{
        bool counts = sample->next_ms > 0 && sample->next_ms <= parameters->sample_step_max_ms;

        return counts ? sample->next_ms : 0;
}

bool sample_is_moving(const Sample *sample)
{
        if (sample->speed_256 == NULL_INTEGER)
                return sample->cadence_raw > 0;
        return sample->speed_256 > 0;
}

bool sample_is_active(const Sample *sample)
{
        return sample->speed_256 > 0 || sample->cadence_raw > 0;
}

bool sample_is_running(const Sample *sample, const MeasureParameters *parameters)
{
        return sample->running == 1 || sample->speed_256 >= parameters->running_speed_256;
}
