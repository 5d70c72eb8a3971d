#include "daemon/measure/session.h"

#include <errno.h>

static int compare_pieces(const void *left, const void *right)
{
        const Piece *a = left, *b = right;

        if (a->from_ms != b->from_ms)
                return a->from_ms < b->from_ms ? -1 : 1;
        return (a->to_ms > b->to_ms) - (a->to_ms < b->to_ms);
}

static size_t take_strides(const Activity *activity, Piece *pieces)
{
        size_t n;
        const HeardStride *strides = activity_strides(activity, &n);

        for (size_t i = 0; i < n; i++)
                pieces[i] = (Piece){.from_ms = strides[i].utc_ms,
                                    .to_ms = strides[i].end_ms,
                                    .stride = &strides[i]};
        return n;
}

static size_t take_samples(const Activity *activity, Piece *pieces)
{
        size_t n, taken = 0;
        const HeardSample *samples = activity_samples(activity, &n);
        const MeasureParameters *parameters = activity_parameters(activity);

        for (size_t i = 0; i < n; i++) {
                if (samples[i].sample.characteristic != SAMPLE_RUNNING_SPEED ||
                    !sample_is_active(&samples[i].sample))
                        continue;
                pieces[taken++] =
                        (Piece){.from_ms = samples[i].utc_ms,
                                .to_ms = samples[i].utc_ms + sample_step_ms(&samples[i], parameters),
                                .sample = &samples[i]};
        }
        return taken;
}

static int64_t running_ms(const Piece *piece, const MeasureParameters *parameters)
{
        if (piece->stride)
                return piece->stride->stride.running == 1 ? piece->to_ms - piece->from_ms : 0;
        return sample_is_running(&piece->sample->sample, parameters) ? piece->to_ms - piece->from_ms
                                                                     : 0;
}

/* The most that one pod saw of running: two feet of one runner do not add. */
static bool has_run(const Activity *activity, const Piece *pieces, const Session *session,
                    int64_t *by_pod)
{
        const MeasureParameters *parameters = activity_parameters(activity);

        for (size_t i = 0; i < activity_pods(activity); i++)
                by_pod[i] = 0;
        for (size_t i = session->first; i < session->first + session->n; i++) {
                unsigned pod = pieces[i].stride ? pieces[i].stride->pod : pieces[i].sample->pod;

                by_pod[pod] += running_ms(&pieces[i], parameters);
                if (by_pod[pod] >= parameters->running_min_ms)
                        return true;
        }
        return false;
}

/* How far a session goes that reached so far, over the bridges from *at on, which are then passed. */
static int64_t over_bridges(const Activity *activity, int64_t reached_ms, size_t *at)
{
        int64_t gap_ms = activity_parameters(activity)->session_gap_ms;
        size_t n;
        const Bridge *bridges = activity_bridges(activity, &n);

        for (; *at < n && bridges[*at].from_ms - reached_ms < gap_ms; (*at)++) {
                if (bridges[*at].to_ms > reached_ms)
                        reached_ms = bridges[*at].to_ms;
        }
        return reached_ms;
}

int sessions_find(const Activity *activity, Piece **ret_pieces, size_t *ret_n_pieces,
                  Session **ret_sessions, size_t *ret_n_sessions)
{
        const MeasureParameters *parameters = activity_parameters(activity);
        size_t n_strides, n_samples, n, n_sessions = 0, bridge = 0;
        int64_t reached_ms = 0;

        (void)activity_strides(activity, &n_strides);
        (void)activity_samples(activity, &n_samples);
        CLEANUP(freep) Piece *pieces = calloc(n_strides + n_samples + 1, sizeof(*pieces));
        CLEANUP(freep) Session *sessions = calloc(n_strides + n_samples + 1, sizeof(*sessions));
        CLEANUP(freep) int64_t *by_pod = calloc(activity_pods(activity) + 1, sizeof(*by_pod));
        if (!pieces || !sessions || !by_pod)
                return -ENOMEM;
        n = take_strides(activity, pieces);
        n += take_samples(activity, pieces + n);
        if (n > 0)
                qsort(pieces, n, sizeof(*pieces), compare_pieces);
        for (size_t i = 0; i < n; i++) {
                Session *session = n_sessions > 0 ? &sessions[n_sessions - 1] : NULL;

                if (session)
                        reached_ms = over_bridges(activity, reached_ms, &bridge);
                if (!session || pieces[i].from_ms - reached_ms >= parameters->session_gap_ms) {
                        session = &sessions[n_sessions++];
                        *session = (Session){.first = i,
                                             .from_ms = pieces[i].from_ms,
                                             .to_ms = pieces[i].to_ms};
                        reached_ms = pieces[i].to_ms;
                }
                session->n++;
                if (pieces[i].to_ms > session->to_ms)
                        session->to_ms = pieces[i].to_ms;
                if (pieces[i].to_ms > reached_ms)
                        reached_ms = pieces[i].to_ms;
        }
        for (size_t i = 0; i < n_sessions; i++)
                sessions[i].is_run = has_run(activity, pieces, &sessions[i], by_pod);
        *ret_pieces = TAKE(pieces);
        *ret_n_pieces = n;
        *ret_sessions = TAKE(sessions);
        *ret_n_sessions = n_sessions;
        return 0;
}
