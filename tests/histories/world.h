/* world.h: the gateway's real rooms (ledger, back-fill, derive, messages, inbound) between two model
 * pods and a model clinic. What in the daemon lies between them, and needs a radio or a broker, is
 * here as plain as can be: the session of a link, the consumer of the outbox. */
#pragma once

#include "daemon/derive.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/weeks.h"
#include "tests/histories/clinic.h"
#include "tests/histories/history.h"
#include "tests/histories/link.h"

#define WORLD_RUNNER  "anna"
#define WORLD_ENTRIES 8
#define WORLD_FLIGHT  32
#define WORLD_MOVES   HISTORY_STEPS_MAX

typedef struct World {
        Broken broken;
        int64_t true_ms;   /* the pods' and everybody's time */
        int64_t offset_ms; /* the gateway's clock is wrong by so much */
        ClockQuality quality;
        bool was_far;      /* a clock that said it was set was days wrong */
        Clock *clock;
        char path[96];
        Ledger *ledger;
        Derive *derive;
        bool uncommitted; /* broken: a transaction is left open */
        bool full;        /* no room on the disk: everything may be refused */
        int commits_left; /* to the death of the daemon; 0: it lives */
        unsigned n_commits;
        bool dead;        /* nothing it says reaches anybody any more */
        struct {
                size_t pod;
                int64_t utc_ms;
                Placement placement;
        } moves[WORLD_MOVES];
        size_t n_moves;
        Placement worn[HISTORY_PODS]; /* as far as the ledger was told */
        ModelPod pods[HISTORY_PODS];
        Link links[HISTORY_PODS];
        TopicPrefix prefix;
        ClinicConfig config;
        bool broker_away;
        int64_t last_sent;
        int64_t pubacks[WORLD_FLIGHT];
        size_t n_pubacks;
        ModelClinic clinic;
        struct {
                bool there;
                int pain;
                int64_t at_utc_ms;
        } entries[WORLD_ENTRIES];
        char wrong[400]; /* the first promise that did not hold, or "" */
} World;

#define WORLD_WRONG(world, ...)                                                                    \
        do {                                                                                       \
                if (!(world)->wrong[0])                                                            \
                        (void)snprintf((world)->wrong, sizeof((world)->wrong), __VA_ARGS__);       \
        } while (0)

/* What of the ledger may fail, and when: a full disk refuses what it likes. */
bool world_may_fail(const World *world, int r);
void world_begin(World *world, const History *history, Broken broken, const char *directory);
void world_step(World *world, const Step *step);
/* Everything works again and is given the time it needs. */
void world_heal(World *world);
void world_end(World *world);
int world_assign(Ledger *ledger, const ModelPod *model, Placement placement);
/* A ledger with the runner and the pods, as on the first day. */
Ledger *world_open(World *world, const char *path, int64_t added_utc_ms);
/* What holds when all is healed; the first thing that does not is in world->wrong. */
void world_check(World *world, int64_t start_utc_ms, const char *directory);
