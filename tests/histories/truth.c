#include "tests/histories/truth.h"

#include "daemon/ledger/homes.h"
#include "tests/fuzz/fuzz.h"

#include <inttypes.h>

#define NEAR_MS 1200000LL /* a clock set by hand, and a drift, may move a stride so far */

static bool received[HISTORY_PODS][POD_RECORDS_MAX];

void truth_note_received(size_t pod, size_t at)
{
        received[pod][at] = true;
}

void truth_forget(void)
{
        memset(received, 0, sizeof(received));
}

/* The n-th code, Monday is 0. */
static bool is_state(const WeekDays *days, int32_t n, const char *state)
{
        const char *at = days->state, *code;
        size_t length = 0;

        for (int32_t i = 0; i <= n; i++) {
                length = codes_next(&at, &code);
                if (length == 0)
                        return false;
        }
        return strlen(state) == length && memcmp(code, state, length) == 0;
}

static const Week *week_at(const Week *weeks, size_t n, IsoWeek id)
{
        char text[WEEK_ID_SIZE];

        iso_week_format(id, text);
        for (size_t i = 0; i < n; i++) {
                if (strcmp(weeks[i].week, text) == 0)
                        return &weeks[i];
        }
        return NULL;
}

static void check_lost(World *world, const Homes *homes, const Week *weeks, size_t n, int64_t made_ms)
{
        int32_t day = homes_local_day(homes, made_ms);
        IsoWeek id = iso_week_of_day(day);
        const Week *week = week_at(weeks, n, id);

        if (homes_local_day(homes, made_ms - NEAR_MS) != day || homes_local_day(homes, made_ms + NEAR_MS) != day)
                return;
        if (!week)
                WORLD_WRONG(world, "(truth) a stride was lost in a week that is not there");
        else if (week->days.lost < 1 || week->days.is_lower_bound != 1)
                WORLD_WRONG(world, "(truth) week %s lacks a stride, it says %" PRId64 " are lost", week->week,
                            week->days.lost);
        else if (is_state(&week->days, day - iso_week_monday(id), "rest"))
                WORLD_WRONG(world, "(truth) week %s: a day of which a stride is lost is told as rest (%s)", week->week,
                            week->days.state);
        else if (strcmp(week->empty, "did_not_run") == 0 || strcmp(week->empty, "not_worn") == 0)
                WORLD_WRONG(world, "(truth) week %s lacks a stride and says %s", week->week, week->empty);
}

void truth_check(World *world, const Week *weeks, size_t n)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        size_t n_lost = 0;

        if (world->was_far) /* a day may be any other one, and nobody can know */
                return;
        PROMISE(homes_new(world->ledger, WORLD_RUNNER, &homes) == 0);
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                for (size_t at = 0; at < world->pods[i].n; at++) {
                        if (received[i][at])
                                continue;
                        n_lost++;
                        if (world->pods[i].records[at].kind == RECORD_STRIDE)
                                check_lost(world, homes, weeks, n, world->pods[i].made_ms[at]);
                }
        }
        for (size_t i = 0; n_lost == 0 && i < n; i++) {
                if (weeks[i].days.lost > 0 && !codes_contain(weeks[i].days.lost_reasons, "no_time"))
                        WORLD_WRONG(world, "(truth) nothing is lost, week %s says %" PRId64, weeks[i].week,
                                    weeks[i].days.lost);
        }
}
