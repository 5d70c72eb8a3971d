#include "tests/histories/history.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <inttypes.h>

const char *const broken_names[BROKEN_KINDS] = {
        [BROKEN_NOTHING] = "nothing",
        [BROKEN_COMMIT] = "commit",
        [BROKEN_POD] = "pod",
        [BROKEN_CLINIC_FORGETS] = "clinic-forgets",
        [BROKEN_CLINIC_DOUBLES] = "clinic-doubles",
        [BROKEN_SETTLE] = "settle",
        [BROKEN_DERIVE] = "derive",
        [BROKEN_MOVE] = "move",
        [BROKEN_DISK] = "disk",
};

static const struct {
        const char *name;
        unsigned weight; /* how often, against the others */
        int n_max;
        bool of_pod;
} kinds[STEP_KINDS] = {
        [STEP_RUN] = {"run", 18, 40, true},
        [STEP_CONNECT] = {"connect", 12, 1, true},
        [STEP_DROP] = {"drop", 4, 1, true},
        [STEP_TALK] = {"talk", 24, 14, true},
        [STEP_LOSE] = {"lose", 4, 6, true},
        [STEP_DOUBLE] = {"double", 3, 4, true},
        [STEP_REORDER] = {"reorder", 3, 4, true},
        [STEP_REQUEST_LOST] = {"request-lost", 2, 1, true},
        [STEP_ANSWER_LOST] = {"answer-lost", 4, 1, true},
        [STEP_REBOOT] = {"reboot", 3, 1, true},
        [STEP_CLOCK_UNSET] = {"clock-unset", 2, 12, false},
        [STEP_CLOCK_BY_HAND] = {"clock-by-hand", 2, 600, false},
        [STEP_CLOCK_FAR] = {"clock-far", 1, 240, false},
        [STEP_CLOCK_RIGHT] = {"clock-right", 4, 1, false},
        [STEP_WAIT] = {"wait", 8, 60, false},
        [STEP_KILL] = {"kill", 4, 1, false},
        [STEP_KILL_INSIDE] = {"kill-inside", 4, 4, false},
        [STEP_KILL_AT] = {"kill-at-commit", 5, 12, false},
        [STEP_DISK_FULL] = {"disk-full", 2, 6, false},
        [STEP_DISK_FREE] = {"disk-free", 3, 1, false},
        [STEP_MOVE] = {"move", 1, 1, true},
        [STEP_CONTRADICT] = {"contradict", 2, 3, true},
        [STEP_BROKER_AWAY] = {"broker-away", 2, 1, false},
        [STEP_BROKER_BACK] = {"broker-back", 3, 1, false},
        [STEP_PUMP] = {"pump", 10, 12, false},
        [STEP_PUBACKS_LOST] = {"pubacks-lost", 3, 1, false},
        [STEP_SETTLE] = {"settle", 6, 1, false},
        [STEP_DIARY] = {"diary", 6, 16, false},
        [STEP_DERIVE] = {"derive", 6, 1, false},
};

/* splitmix64: small, and the same everywhere. */
static uint64_t draw(uint64_t *state)
{
        uint64_t z = (*state += 0x9E3779B97F4A7C15u);

        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
}

static int below(uint64_t *state, unsigned n)
{
        return (int)(draw(state) % n);
}

static StepKind draw_kind(uint64_t *state)
{
        unsigned total = 0;
        int at;

        for (size_t i = 0; i < STEP_KINDS; i++)
                total += kinds[i].weight;
        at = below(state, total);
        for (size_t i = 0;; i++) {
                at -= (int)kinds[i].weight;
                if (at < 0)
                        return (StepKind)i;
        }
}

void history_make(uint64_t seed, History *ret)
{
        static const int64_t starts_utc_ms[] = {
                1774652400000, /* 2026-03-28T00:00+01:00: clocks go forward the day after */
                1792792800000, /* 2026-10-24T00:00+02:00: and back */
                1798498800000, /* 2026-12-29T00:00+01:00: week 53 */
                1781474400000, /* 2026-06-15T00:00+02:00: a Monday of no other note */
        };
        static const uint32_t capacities[] = {0, 0, 0, 60, 25};
        uint64_t state = seed;

        *ret = (History){.seed = seed, .start_utc_ms = starts_utc_ms[below(&state, 4)]};
        ret->start_utc_ms += (int64_t)below(&state, 24) * 3600000;
        for (size_t i = 0; i < HISTORY_PODS; i++)
                ret->capacity[i] = capacities[below(&state, ARRAY_SIZE(capacities))];
        ret->first_tick = below(&state, 2) ? 12345 : UINT32_MAX - (uint32_t)below(&state, 20) * 3600 * 1024;
        ret->n = 10 + (size_t)below(&state, HISTORY_STEPS_MAX - 9);
        for (size_t i = 0; i < ret->n; i++) {
                StepKind kind = draw_kind(&state);

                ret->steps[i] = (Step){.kind = kind,
                                       .pod = kinds[kind].of_pod ? below(&state, HISTORY_PODS) : 0,
                                       .n = 1 + below(&state, (unsigned)kinds[kind].n_max)};
        }
}

void history_print(const History *history, FILE *out)
{
        char start[RFC3339_SIZE];

        rfc3339_format(history->start_utc_ms, start);
        (void)fprintf(out, "    seed %" PRIu64 ", from %s, pods hold %u and %u records (0: enough), count from %u\n",
                      history->seed, start, history->capacity[0], history->capacity[1],
                      history->first_tick);
        for (size_t i = 0; i < history->n; i++) {
                const Step *step = &history->steps[i];

                (void)fprintf(out, "    %2zu %s", i + 1, kinds[step->kind].name);
                if (kinds[step->kind].of_pod)
                        (void)fprintf(out, " pod %d", step->pod);
                if (kinds[step->kind].n_max > 1)
                        (void)fprintf(out, " %d", step->n);
                (void)fprintf(out, "\n");
        }
}
