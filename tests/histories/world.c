/* The daemon's life, the outbox, the diary; and the healing. */
#include "tests/histories/world.h"

#include "base/calendar.h"

#include "daemon/clinic/inbound.h"
#include "daemon/ledger/sql.h"
#include "tests/fuzz/fuzz.h"
#include "tests/histories/clockwork.h"

#include <errno.h>

#define STRIDE_MS 703 /* 720/1024 s */

/* ---- time ---- */

static void pass(World *world, int64_t ms)
{
        world->true_ms += ms;
        clockwork_set(world->true_ms + world->offset_ms, ms, world->quality);
}

static void set_clock(World *world, int64_t offset_ms, ClockQuality quality)
{
        world->offset_ms = offset_ms;
        world->quality = quality;
        pass(world, 0);
}

/* ---- the pods ---- */

static void run(World *world, ModelPod *pod, int strides)
{
        for (int i = 0; i < strides; i++) {
                world->true_ms += STRIDE_MS;
                pod_stride(pod, world->true_ms, 2000 + i);
        }
        pass(world, 0);
}

/* ---- the daemon's life ---- */

Ledger *world_open(World *world, const char *path, int64_t added_utc_ms)
{
        Ledger *ledger = NULL;
        char message[256] = "";
        Runner runner;

        if (ledger_open(path, world->clock, &ledger, message, sizeof(message)) < 0) {
                (void)fprintf(stderr, "%s\n", message);
                abort();
        }
        if (runner_get(ledger, WORLD_RUNNER, &runner) > 0)
                return ledger;
        fields_set_null(&runner_fields, &runner);
        (void)text_copy(runner.id, sizeof(runner.id), WORLD_RUNNER);
        (void)text_copy(runner.zone, sizeof(runner.zone), "Europe/Berlin");
        runner.consent = 0;
        runner.added_utc_ms = added_utc_ms;
        PROMISE(ledger_begin(ledger) == 0);
        PROMISE(runner_add(ledger, &runner) == 0);
        PROMISE(runner_set_consent(ledger, WORLD_RUNNER, true) == 0);
        for (size_t i = 0; i < HISTORY_PODS; i++)
                PROMISE(world_assign(ledger, &world->pods[i], world->pods[i].placement) == 0);
        PROMISE(ledger_commit(ledger) == 0);
        return ledger;
}

/* ---- death in front of a commit ---- */

static void copy_file(const char *from, const char *to)
{
        static char buffer[65536];
        FILE *in = fopen(from, "rb"), *out;
        size_t n;

        (void)unlink(to); /* it may not be there */
        if (!in)
                return;
        out = fopen(to, "wb");
        PROMISE(out);
        while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
                PROMISE(fwrite(buffer, 1, n, out) == n);
        PROMISE(fclose(in) == 0 && fclose(out) == 0);
}

/* The ledger's files as they are ↔ as they were when the daemon died. */
static void copy_ledger(const World *world, bool back)
{
        static const char *const ends[] = {"", "-wal"};
        char live[128], kept[128];

        for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
                (void)snprintf(live, sizeof(live), "%s%s", world->path, ends[i]);
                (void)snprintf(kept, sizeof(kept), "%s-kept%s", world->path, ends[i]);
                copy_file(back ? kept : live, back ? live : kept);
        }
}

/* What it does from here on it does in vain: nobody hears it, and the disk forgets it. */
static int on_commit(void *userdata)
{
        World *world = userdata;

        if (world->broken == BROKEN_DISK && world->n_commits++ % 8 == 0)
                copy_ledger(world, false);
        if (world->commits_left == 0 || --world->commits_left > 0)
                return 0;
        copy_ledger(world, false);
        world->dead = true;
        return 0;
}

/* ---- the disk ---- */

/* So many pages more, then every statement that needs one is refused. */
static void set_room(World *world, int pages)
{
        char sql[64] = "PRAGMA max_page_count = 4294967294";

        world->full = pages >= 0;
        if (world->full) {
                sqlite3_stmt *statement;

                PROMISE(sqlite3_prepare_v2(world->ledger->db, "PRAGMA page_count", -1, &statement, NULL) ==
                        SQLITE_OK);
                PROMISE(sqlite3_step(statement) == SQLITE_ROW);
                (void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d",
                               sqlite3_column_int(statement, 0) + pages);
                PROMISE(sqlite3_finalize(statement) == SQLITE_OK);
        }
        PROMISE(sqlite3_exec(world->ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

bool world_may_fail(const World *world, int r)
{
        return r >= 0 || world->full;
}

/* ---- start and end ---- */

static void start_daemon(World *world)
{
        world->ledger = world_open(world, world->path, world->true_ms);
        world->clinic.ledger_id = ledger_id(world->ledger);
        (void)sqlite3_commit_hook(world->ledger->db, on_commit, world); /* there was none */
        PROMISE(derive_new(world->ledger, world->clock, &measure_defaults, &world->derive) == 0);
        if (world->full)
                set_room(world, 0);
}

/* What was not committed is gone, and everything in memory. */
static void kill_daemon(World *world)
{
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                world->links[i].n_pending = 0;
                link_drop(&world->links[i]);
        }
        world->derive = derive_free(world->derive);
        world->ledger = ledger_close(world->ledger);
        world->uncommitted = false;
        world->last_sent = 0;
        world->n_pubacks = 0;
        world->commits_left = 0;
}

static void bury(World *world)
{
        if (!world->dead)
                return;
        kill_daemon(world);
        copy_ledger(world, true);
        world->dead = false;
        start_daemon(world);
}

static void derive(World *world)
{
        if (world->uncommitted) {
                PROMISE(ledger_commit(world->ledger) == 0);
                world->uncommitted = false;
        }
        if (world->broken == BROKEN_DERIVE && world->true_ms % 5 == 0) {
                Dirty dirty;

                while (dirty_next(world->ledger, &dirty) > 0)
                        PROMISE(dirty_clear(world->ledger, dirty.id) == 0);
        }
        if (!world_may_fail(world, derive_now(world->derive)))
                WORLD_WRONG(world, "could not derive: %s", ledger_error(world->ledger));
}

/* ---- the outbox ---- */

static void end_connection(World *world)
{
        world->n_pubacks = 0;
        world->last_sent = 0;
}

static void send_row(World *world, const OutboxRow *row)
{
        static Message message;
        MessageSource source = {.ledger = world->ledger, .clock = world->clock,
                                .prefix = &world->prefix, .config = &world->config};
        int r = message_build(&source, row, &message);

        PROMISE(r >= 0);
        if (r == 0) {
                PROMISE(world_may_fail(world, outbox_cancel(world->ledger, row->id)));
                return;
        }
        if (!world->broker_away && !world->dead)
                clinic_receive(&world->clinic, row, &message);
        outbox_attempt(world->ledger, row->id);
        world->pubacks[world->n_pubacks++] = row->id;
}

static bool may_send(const World *world)
{
        return (!world->broker_away || world->broken == BROKEN_SETTLE) &&
               world->n_pubacks < WORLD_FLIGHT && world->quality != CLOCK_UNSET;
}

static void pump(World *world, int rows)
{
        OutboxRow row;

        for (int i = 0; i < rows && may_send(world); i++) {
                int r = outbox_next(world->ledger, world->last_sent, &row);

                PROMISE(r >= 0);
                if (r == 0)
                        return;
                world->last_sent = row.id;
                send_row(world, &row);
        }
}

static void settle(World *world)
{
        PROMISE(world_may_fail(world, outbox_settle(world->ledger, world->pubacks, world->n_pubacks)));
        world->n_pubacks = 0;
}

/* ---- the diary ---- */

static void diary(World *world, int n)
{
        size_t at = (size_t)n % WORLD_ENTRIES;
        int pain = n % 11, expected = 1, r;
        int64_t at_ms = world->true_ms - (n % 3) * DAY_MS;
        char topic[TOPIC_MAX], payload[200], when[RFC3339_SIZE];
        Inbound inbound = {.topic = topic, .payload = payload};

        if (world->entries[at].there) { /* the same again, or another one under its id */
                at_ms = world->entries[at].at_utc_ms;
                expected = world->entries[at].pain == pain;
        }
        rfc3339_format(at_ms, when);
        (void)snprintf(topic, sizeof(topic), "%s/%s/in/diary", world->prefix.text, WORLD_RUNNER);
        inbound.size = (size_t)snprintf(payload, sizeof(payload),
                                        "{\"v\":1,\"id\":\"e%zu\",\"at\":\"%s\",\"pain\":%d}", at, when,
                                        pain);
        r = inbound_take(world->ledger, world->clock, &world->prefix, &inbound);
        if (world->dead) { /* nobody acknowledged it: it comes again */
                bury(world);
                r = inbound_take(world->ledger, world->clock, &world->prefix, &inbound);
        }
        if (r < 0 && world->full)
                return; /* it waits at the broker; here, for good */
        if (r != expected)
                WORLD_WRONG(world, "the diary entry was %s: %s", expected ? "refused" : "taken", payload);
        if (world->entries[at].there)
                return;
        world->entries[at].there = true;
        world->entries[at].pain = pain;
        world->entries[at].at_utc_ms = at_ms;
}

/* ---- where a pod is worn ---- */

int world_assign(Ledger *ledger, const ModelPod *model, Placement placement)
{
        Pod pod;

        fields_set_null(&pod_fields, &pod);
        (void)text_copy(pod.address, sizeof(pod.address), model->address);
        (void)text_copy(pod.name, sizeof(pod.name), "Foot pod");
        (void)text_copy(pod.driver, sizeof(pod.driver), "stride");
        (void)text_copy(pod.runner, sizeof(pod.runner), WORLD_RUNNER);
        pod.placement = placement;
        pod.bonded = pod.has_memory = 1;
        return pod_assign(ledger, &pod);
}

static void move(World *world, size_t pod)
{
        Placement placement = world->worn[pod] == PLACEMENT_LEFT_FOOT ? PLACEMENT_RIGHT_FOOT
                                                                      : PLACEMENT_LEFT_FOOT;
        int r = world->broken == BROKEN_MOVE ? 0
                                             : world_assign(world->ledger, &world->pods[pod], placement);

        PROMISE(world_may_fail(world, r) || r == -EAGAIN);
        if (r < 0 || world->dead)
                return;
        world->worn[pod] = placement;
        world->moves[world->n_moves].pod = pod;
        world->moves[world->n_moves].placement = placement;
        world->moves[world->n_moves++].utc_ms = clock_utc_ms(world->clock);
}

/* ---- steps ---- */

/* No round stands still for hours. */
static void wait_hours(World *world, int hours)
{
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                Link *link = &world->links[i];

                if (link->in_round)
                        link_talk(link, 2000);
                link_flush(link);
        }
        pass(world, hours * HOUR_MS);
}

static void kill_inside(World *world, int n)
{
        PROMISE(ledger_begin(world->ledger) == 0);
        switch (n % 4) {
        case 0:
                for (size_t i = 0; i < HISTORY_PODS; i++)
                        link_flush(&world->links[i]);
                break;
        case 1:
                derive(world);
                break;
        case 2:
                settle(world);
                break;
        default:
                for (size_t i = 0; i < HISTORY_PODS; i++)
                        link_talk(&world->links[i], 1); /* begins a round, at most */
        }
        kill_daemon(world);
        start_daemon(world);
}

void world_step(World *world, const Step *step)
{
        Link *link = &world->links[step->pod];
        ModelPod *pod = link->pod;

        switch (step->kind) {
        case STEP_RUN: run(world, pod, step->n); break;
        case STEP_CONNECT: link_connect(link); break;
        case STEP_DROP: link_flush(link); link_drop(link); break;
        case STEP_TALK: pass(world, 1000); link_talk(link, step->n); break;
        case STEP_LOSE: pod->lose = step->n; break;
        case STEP_DOUBLE: pod->twice = step->n; break;
        case STEP_REORDER: pod->reorder = step->n; break;
        case STEP_REQUEST_LOST: link->request_lost = true; break;
        case STEP_ANSWER_LOST: link->answer_lost = true; break;
        case STEP_REBOOT: link_flush(link); link_drop(link); pod_boot(pod, world->true_ms, 2); break;
        case STEP_CLOCK_UNSET:
                set_clock(world, (step->n % 2 ? -365 : 365) * (int64_t)step->n * DAY_MS, CLOCK_UNSET);
                break;
        case STEP_CLOCK_BY_HAND: set_clock(world, (step->n - 300) * 1000LL, CLOCK_SET); break;
        case STEP_CLOCK_FAR: world->was_far = true; set_clock(world, (step->n - 120) * DAY_MS, CLOCK_SET); break;
        case STEP_CLOCK_RIGHT: set_clock(world, 0, CLOCK_SYNCHRONISED); break;
        case STEP_WAIT: wait_hours(world, step->n); break;
        case STEP_KILL:
                kill_daemon(world);
                if (world->broken == BROKEN_DISK && world->n_commits > 0)
                        copy_ledger(world, true);
                start_daemon(world);
                break;
        case STEP_KILL_INSIDE: kill_inside(world, step->n); break;
        case STEP_KILL_AT: world->commits_left = step->n; break;
        case STEP_DISK_FULL: set_room(world, step->n); break;
        case STEP_DISK_FREE: set_room(world, -1); break;
        case STEP_MOVE: move(world, (size_t)step->pod); break;
        case STEP_CONTRADICT: pod->contradict = step->n; break;
        case STEP_BROKER_AWAY: world->broker_away = true; end_connection(world); break;
        case STEP_BROKER_BACK: world->broker_away = false; end_connection(world); break;
        case STEP_PUMP: pump(world, step->n); break;
        case STEP_PUBACKS_LOST: end_connection(world); break;
        case STEP_SETTLE: settle(world); break;
        case STEP_DIARY: diary(world, step->n); break;
        case STEP_DERIVE: derive(world); break;
        case STEP_KINDS: break;
        }
        bury(world);
}

/* ---- life ---- */

void world_begin(World *world, const History *history, Broken broken, const char *directory)
{
        static const Placement placements[HISTORY_PODS] = {PLACEMENT_LEFT_FOOT, PLACEMENT_RIGHT_FOOT};
        static const size_t payloads[HISTORY_PODS] = {20, 120};

        memset(world, 0, sizeof(*world));
        world->broken = broken;
        world->true_ms = history->start_utc_ms;
        world->clock = clockwork_start();
        set_clock(world, 0, CLOCK_SYNCHRONISED);
        topic_prefix("c", "g", &world->prefix);
        (void)text_copy(world->config.version, sizeof(world->config.version), "0");
        (void)snprintf(world->path, sizeof(world->path), "%s/ledger.db", directory);
        world->clinic.forgets = broken == BROKEN_CLINIC_FORGETS;
        world->clinic.doubles = broken == BROKEN_CLINIC_DOUBLES;
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                ModelPod *pod = &world->pods[i];

                (void)snprintf(pod->address, sizeof(pod->address), "C0:00:00:00:00:%02X", (unsigned)i + 1);
                pod->placement = placements[i];
                pod->capacity = history->capacity[i];
                pod->first_tick = history->first_tick;
                world->worn[i] = placements[i];
                pod->mtu_payload = payloads[i];
                pod->drift = i == 0 ? 20e-6 : -35e-6;
                pod->frees_more = broken == BROKEN_POD;
                pod->deliver = link_arrive;
                pod->userdata = &world->links[i];
                world->links[i].world = world;
                world->links[i].pod = pod;
                pod_boot(pod, world->true_ms, 1);
        }
        start_daemon(world);
}

static bool is_read(const ModelPod *pod)
{
        const PodEpoch *last = &pod->epochs[pod->n_epochs - 1];

        return last->freed == last->n;
}

void world_heal(World *world)
{
        int64_t waiting = 1, oldest;

        world->commits_left = 0;
        set_room(world, -1);
        if (world->uncommitted)
                derive(world);
        set_clock(world, 0, CLOCK_SYNCHRONISED);
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                Link *link = &world->links[i];
                ModelPod *pod = link->pod;

                pod->lose = pod->twice = pod->reorder = pod->contradict = 0;
                link->request_lost = link->answer_lost = false;
                link_flush(link);
                link_drop(link);
                link_connect(link);
                link_talk(link, 1);
                link_talk(link, 2000);
                link_talk(link, 1);
                link_talk(link, 2000); /* what came live in the first round */
                if (!is_read(pod))
                        WORLD_WRONG(world, "pod %zu is not read to its end after two rounds", i);
        }
        world->broker_away = false;
        end_connection(world);
        derive(world);
        for (int i = 0; i < 500 && waiting > 0; i++) {
                pump(world, WORLD_FLIGHT);
                settle(world);
                PROMISE(outbox_waiting(world->ledger, &waiting, &oldest) == 0);
        }
        if (waiting > 0)
                WORLD_WRONG(world, "%lld rows of the outbox wait for ever", (long long)waiting);
}

void world_end(World *world)
{
        for (size_t i = 0; i < HISTORY_PODS; i++)
                pod_unlink(&world->pods[i]);
        world->derive = derive_free(world->derive);
        world->ledger = ledger_close(world->ledger);
        clinic_clear(&world->clinic);
        clockwork_stop();
}
