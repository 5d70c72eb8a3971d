/* Implements timebase.h too: what the ledger itself needs of it is one function more. */
#include "daemon/ledger/timebase.h"

#include "daemon/ledger/lost-mark.h"
#include "daemon/ledger/timebase-update.h"
#include "proto/record.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define TIMEBASE_REVISE_MS   100 /* smaller changes of a map are not news */
#define ANCHORS_USED         64  /* spread over the epoch */
#define DRIFT_SPAN_MS        3600000LL /* anchors closer than this tell nothing about drift */
#define DRIFT_MAX_PPM        500.0     /* a crystal is good for 20–100; more is a wrong clock */
#define ANCHOR_ERROR_MS      50        /* one exchange over a link, [own] */
#define DISAGREEMENT_ERROR_MS 60000

int64_t time_map_utc_ms(const TimeMap *map, int64_t tick)
{
        double ms = (double)(tick - map->reference_tick) * 1000.0 / map->tick_hz;

        return map->reference_utc_ms + llround(ms * (1.0 + map->drift_ppm * 1e-6));
}

/* "For ever" has a tick, too: one that nothing else reaches, and that can still be reckoned with. */
#define TICK_FAR (INT64_MAX / 4)

int64_t time_map_tick(const TimeMap *map, int64_t utc_ms)
{
        double ms = ((double)utc_ms - (double)map->reference_utc_ms) / (1.0 + map->drift_ppm * 1e-6);
        double ticks = ms * map->tick_hz / 1000.0;

        if (fabs(ticks) >= (double)TICK_FAR)
                return ticks < 0 ? -TICK_FAR : TICK_FAR;
        return map->reference_tick + llround(ticks);
}

/* ---- the fit ---- */

typedef struct AnchorPoint {
        int64_t tick;
        int64_t utc_ms;
        int64_t quality;
} AnchorPoint;

static int compare_reals(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
        qsort(values, n, sizeof(*values), compare_reals);
        return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* Theil–Sen over the anchors: the median of the slopes between pairs at least DRIFT_SPAN_MS apart;
 * one wrong anchor of many moves nothing. False: no pair is far enough apart. */
static bool fit_drift(const AnchorPoint *points, size_t n, double tick_hz, double *ret_ppm)
{
        double slopes[ANCHORS_USED * (ANCHORS_USED - 1) / 2];
        size_t n_slopes = 0;

        for (size_t i = 0; i < n; i++) {
                for (size_t j = i + 1; j < n; j++) {
                        double nominal =
                                (double)(points[j].tick - points[i].tick) * 1000.0 / tick_hz;

                        if (nominal < DRIFT_SPAN_MS)
                                continue;
                        slopes[n_slopes++] =
                                ((double)(points[j].utc_ms - points[i].utc_ms) / nominal - 1.0) *
                                1e6;
                }
        }
        if (n_slopes == 0)
                return false;
        *ret_ppm = median(slopes, n_slopes);
        return true;
}

/* The map through the anchors, oldest first. */
static void fit(const AnchorPoint *points, size_t n, double tick_hz, TimeMap *ret)
{
        double offsets[ANCHORS_USED], ppm = 0, middle;
        bool agree = true;

        if (fit_drift(points, n, tick_hz, &ppm) && fabs(ppm) > DRIFT_MAX_PPM) {
                agree = false; /* one of the clocks was wrong: the newest word counts */
                ppm = 0;
        }
        *ret = (TimeMap){.reference_tick = points[n - 1].tick,
                         .reference_utc_ms = points[n - 1].utc_ms,
                         .tick_hz = tick_hz,
                         .drift_ppm = ppm,
                         .anchors = (int64_t)n,
                         .error_ms = agree ? ANCHOR_ERROR_MS : DISAGREEMENT_ERROR_MS};
        if (!agree)
                return;
        for (size_t i = 0; i < n; i++)
                offsets[i] = (double)(points[i].utc_ms - time_map_utc_ms(ret, points[i].tick));
        middle = median(offsets, n);
        ret->reference_utc_ms += llround(middle);
        for (size_t i = 0; i < n; i++) {
                int64_t residual = llabs(points[i].utc_ms - time_map_utc_ms(ret, points[i].tick));

                if (residual + ANCHOR_ERROR_MS > ret->error_ms)
                        ret->error_ms = residual + ANCHOR_ERROR_MS;
        }
}

/* At most ANCHORS_USED of an epoch's anchors of the best quality there is, spread evenly. */
static int read_anchors(Ledger *ledger, int64_t pod_id, uint32_t epoch, AnchorPoint *ret,
                        size_t *ret_n)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t total = 0, quality = 0, step, at = 0;
        int r = sql_query(ledger, &statement,
                          "SELECT max(quality) FROM anchor WHERE pod_id = ? AND epoch = ?", "ii",
                          pod_id, (int64_t)epoch);

        *ret_n = 0;
        if (r >= 0)
                r = sql_step(statement);
        if (r < 0)
                return r;
        quality = column_integer(statement, 0);
        if (r == 0 || quality == NULL_INTEGER || quality < CLOCK_SET)
                return 0;
        statement_done(TAKE(statement));
        r = sql_integer(ledger, &total,
                        "SELECT count(*) FROM anchor WHERE pod_id = ? AND epoch = ? AND quality = ?",
                        "iii", pod_id, (int64_t)epoch, quality);
        if (r >= 0)
                r = sql_query(ledger, &statement,
                              "SELECT time_tick, utc_ms FROM anchor WHERE pod_id = ? AND epoch = ? "
                              "AND quality = ? ORDER BY time_tick",
                              "iii", pod_id, (int64_t)epoch, quality);
        step = (total + ANCHORS_USED - 1) / ANCHORS_USED;
        while (r >= 0) {
                r = sql_step(statement);
                if (r <= 0)
                        return r;
                /* counted from the newest, which always is among them */
                if ((total - 1 - at++) % step == 0)
                        ret[(*ret_n)++] = (AnchorPoint){.tick = column_integer(statement, 0),
                                                        .utc_ms = column_integer(statement, 1),
                                                        .quality = quality};
        }
        return r;
}

static double tick_hz_of(bool has_memory)
{
        return has_memory ? TICK_HZ : 1000.0;
}

TimeMap timebase_read(Statement *statement, int at)
{
        return (TimeMap){.reference_tick = column_integer(statement, at),
                         .reference_utc_ms = column_integer(statement, at + 1),
                         .drift_ppm = column_real(statement, at + 2),
                         .error_ms = column_integer(statement, at + 3),
                         .anchors = column_integer(statement, at + 4),
                         .tick_hz = tick_hz_of(column_integer(statement, at + 5) != 0)};
}

int timebase_of(Ledger *ledger, int64_t pod_id, uint32_t epoch, TimeMap *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT " TIMEBASE_COLUMNS " FROM epoch JOIN pod USING (pod_id) WHERE "
                          "pod_id = ? AND epoch = ? AND anchors > 0",
                          "ii", pod_id, (int64_t)epoch);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                *ret = timebase_read(statement, 0);
        return r;
}

/* The ticks between which the epoch has strides or samples. 1, 0: none. */
static int epoch_ticks(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t *ret_first,
                       int64_t *ret_last)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        /* one by one, each is a look into an index; together they would be a walk */
        int r = sql_query(ledger, &statement,
                          "SELECT (SELECT min(time_tick) FROM record WHERE pod_id = ?1 AND epoch = ?2), "
                          "(SELECT max(time_tick) FROM record WHERE pod_id = ?1 AND epoch = ?2)",
                          "ii", pod_id, (int64_t)epoch);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        *ret_first = column_integer(statement, 0);
        *ret_last = column_integer(statement, 1);
        return *ret_first != NULL_INTEGER;
}

/* Both where the epoch was thought to be and where it is now must be derived anew. */
static int mark_moved(Ledger *ledger, int64_t pod_id, uint32_t epoch, const TimeMap *old,
                      const TimeMap *new)
{
        int64_t first = 0, last = 0;
        int r = epoch_ticks(ledger, pod_id, epoch, &first, &last);

        if (r <= 0)
                return r;
        if (old->anchors > 0) {
                if (llabs(time_map_utc_ms(old, first) - time_map_utc_ms(new, first)) <=
                            TIMEBASE_REVISE_MS &&
                    llabs(time_map_utc_ms(old, last) - time_map_utc_ms(new, last)) <=
                            TIMEBASE_REVISE_MS)
                        return 0;
                r = dirty_mark_pod(ledger, pod_id, DIRTY_TIME, time_map_utc_ms(old, first),
                                   time_map_utc_ms(old, last));
                if (r < 0)
                        return r;
        }
        r = lost_mark_epoch(ledger, pod_id, epoch);
        if (r < 0)
                return r;
        /* what had no time was in no week: to those it is new */
        return dirty_mark_pod(ledger, pod_id, old->anchors > 0 ? DIRTY_TIME : DIRTY_RECORDS,
                              time_map_utc_ms(new, first), time_map_utc_ms(new, last));
}

int timebase_take(Ledger *ledger, int64_t pod_id, bool has_memory, uint32_t epoch,
                  int64_t time_tick, int64_t utc_ms, int quality)
{
        AnchorPoint points[ANCHORS_USED + 1];
        TimeMap old = {0}, new;
        size_t n;
        int r = sql_run(ledger, "INSERT OR IGNORE INTO anchor VALUES (?, ?, ?, ?, ?)", "iiiii",
                        pod_id, (int64_t)epoch, time_tick, utc_ms, (int64_t)quality);

        if (r >= 0)
                r = read_anchors(ledger, pod_id, epoch, points, &n);
        if (r < 0 || n == 0)
                return r;
        r = timebase_of(ledger, pod_id, epoch, &old);
        if (r < 0)
                return r;
        fit(points, n, tick_hz_of(has_memory), &new);
        r = sql_run(ledger,
                    "UPDATE epoch SET reference_tick = ?, reference_utc_ms = ?, drift_ppm = ?, "
                    "error_ms = ?, anchors = ? WHERE pod_id = ? AND epoch = ?",
                    "iidiiii", new.reference_tick, new.reference_utc_ms, new.drift_ppm,
                    new.error_ms, new.anchors, pod_id, (int64_t)epoch);
        return r < 0 ? r : mark_moved(ledger, pod_id, epoch, &old, &new);
}

/* ---- public ---- */

int timebase_map(Ledger *ledger, const char *address, uint32_t epoch, TimeMap *ret)
{
        int64_t pod_id;
        int r = sql_integer(ledger, &pod_id, "SELECT pod_id FROM pod WHERE address = ?", "s",
                            address);

        return r <= 0 ? r : timebase_of(ledger, pod_id, epoch, ret);
}
