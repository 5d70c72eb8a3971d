/* The promises of design §4, once everything is healed: (a) ledger = pods' memories, (b) newest runs
 * and weeks = those of a fresh ledger fed in order, (c) every row is at the clinic, once. */
#include "tests/histories/world.h"

#include "daemon/ledger/homes.h"
#include "tests/fuzz/fuzz.h"
#include "tests/histories/clockwork.h"
#include "tests/histories/truth.h"

#include <inttypes.h>

/* ---- (a) ---- */

typedef struct Compared {
        World *world;
        size_t n_same;
} Compared;

static ModelPod *pod_of(World *world, const char *address)
{
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                if (strcmp(world->pods[i].address, address) == 0)
                        return &world->pods[i];
        }
        return NULL;
}

static int check_stored(const StoredRecord *stored, void *userdata)
{
        Compared *compared = userdata;
        World *world = compared->world;
        const Record *record = &stored->record, *made;
        Kept kept;

        if (record->kind == RECORD_LOST) {
                for (int64_t seq = record->seq; seq <= record->lost.last_seq; seq++) {
                        made = pod_made(pod_of(world, stored->address), record->epoch, (uint32_t)seq, &kept);
                        if (!made || kept != LOST || record->lost.reason < 1)
                                WORLD_WRONG(world, "(a) %s %u/%" PRId64 " is listed as lost, the pod did not lose it",
                                            stored->address, record->epoch, seq);
                }
                return 0;
        }
        made = pod_made(pod_of(world, stored->address), record->epoch, record->seq, &kept);
        if (!made || made->kind != record->kind || made->body_size != record->body_size ||
            memcmp(made->body, record->body, made->body_size) != 0)
                WORLD_WRONG(world, "(a) %s %u/%u in the ledger is not what the pod made", stored->address,
                            record->epoch, record->seq);
        if (made && stored->utc_ms != NULL_INTEGER) {
                ModelPod *pod = pod_of(world, stored->address);

                truth_note_received((size_t)(pod - world->pods), (size_t)(made - pod->records));
        }
        compared->n_same++;
        return 0;
}

typedef struct CheckedEpochs {
        World *world;
        const ModelPod *pod;
        size_t n;
        int64_t received;
} CheckedEpochs;

static int check_epoch(const EpochCoverage *coverage, void *userdata)
{
        CheckedEpochs *checked = userdata;
        const PodEpoch *epoch = NULL;

        for (size_t i = 0; i < checked->pod->n_epochs; i++) {
                if (checked->pod->epochs[i].number == coverage->epoch)
                        epoch = &checked->pod->epochs[i];
        }
        if (!epoch || coverage->first != 1 || coverage->last != epoch->n || coverage->missing != 0 ||
            coverage->received + coverage->lost != epoch->n)
                WORLD_WRONG(checked->world,
                            "(a) %s epoch %u: %u records made, the ledger has %u-%u, received %" PRId64
                            ", lost %" PRId64 ", missing %" PRId64,
                            checked->pod->address, coverage->epoch, epoch ? epoch->n : 0, coverage->first,
                            coverage->last, coverage->received, coverage->lost, coverage->missing);
        else if (epoch->freed != epoch->n || epoch->freed != epoch->offered || coverage->durable > epoch->freed)
                WORLD_WRONG(checked->world,
                            "(a) %s epoch %u: of %u records the pod freed %u, we told it %u and know of %u",
                            checked->pod->address, coverage->epoch, epoch->n, epoch->freed, epoch->offered,
                            coverage->durable);
        checked->n++;
        checked->received += coverage->received;
        return 0;
}

static void check_records(World *world)
{
        Compared compared = {.world = world};
        int64_t received = 0;

        truth_forget();
        PROMISE(records_export(world->ledger, NULL, 0, 0, SIZE_MAX >> 1, check_stored, &compared) == 0);
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                int64_t n = 0;

                PROMISE(contradiction_count(world->ledger, world->pods[i].address, &n) == 0);
                if (n > world->pods[i].n_contradicted)
                        WORLD_WRONG(world, "(a) %s contradicted itself %u times, the ledger says %" PRId64,
                                    world->pods[i].address, world->pods[i].n_contradicted, n);
        }
        for (size_t i = 0; i < HISTORY_PODS; i++) {
                CheckedEpochs checked = {.world = world, .pod = &world->pods[i]};

                PROMISE(epoch_each(world->ledger, checked.pod->address, check_epoch, &checked) == 0);
                if (checked.n != checked.pod->n_epochs)
                        WORLD_WRONG(world, "(a) %s has %zu epochs, the ledger knows %zu", checked.pod->address,
                                    checked.pod->n_epochs, checked.n);
                received += checked.received;
        }
        if ((size_t)received != compared.n_same)
                WORLD_WRONG(world, "(a) coverage says %" PRId64 " received, %zu are there", received,
                            compared.n_same);
}

/* ---- (b) ---- */

static int feed_one(const StoredRecord *stored, void *userdata)
{
        Record record = stored->record;

        record.from_store = true;
        PROMISE(records_store(userdata, stored->address, &record, 1, NULL) == 0);
        return 0;
}

static void feed_diary(World *world, Ledger *ledger)
{
        for (size_t i = 0; i < WORLD_ENTRIES; i++) {
                DiaryEntry entry;

                if (!world->entries[i].there)
                        continue;
                diary_entry_set_null(&entry);
                entry.at_utc_ms = world->entries[i].at_utc_ms;
                entry.pain = world->entries[i].pain;
                entry.received_utc_ms = world->true_ms;
                (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
                (void)snprintf(entry.id, sizeof(entry.id), "e%zu", i);
                (void)text_copy(entry.runner, sizeof(entry.runner), WORLD_RUNNER);
                PROMISE(diary_store(ledger, &entry) == 1);
        }
}

/* Everything in order, at once; what the pods lost comes as we were told. */
static Ledger *feed(World *world, int64_t start_utc_ms, const char *directory)
{
        CLEANUP(derive_freep) Derive *derive = NULL;
        char path[96];
        Ledger *ledger;

        (void)snprintf(path, sizeof(path), "%s/again.db", directory);
        ledger = world_open(world, path, start_utc_ms);
        for (size_t i = 0; i < world->n_moves; i++) { /* said when they were */
                clockwork_set(world->moves[i].utc_ms, 0, CLOCK_SYNCHRONISED);
                PROMISE(world_assign(ledger, &world->pods[world->moves[i].pod], world->moves[i].placement) == 0);
        }
        clockwork_set(world->true_ms, 0, CLOCK_SYNCHRONISED);
        PROMISE(ledger_begin(ledger) == 0);
        PROMISE(records_export(world->ledger, NULL, 0, 0, SIZE_MAX >> 1, feed_one, ledger) == 0);
        for (size_t i = 0; i < HISTORY_PODS; i++)
                PROMISE(pod_set_reported(ledger, world->pods[i].address, world->true_ms) == 0);
        feed_diary(world, ledger);
        PROMISE(ledger_commit(ledger) == 0);
        PROMISE(derive_new(ledger, world->clock, &measure_defaults, &derive) == 0);
        PROMISE(derive_now(derive) == 0);
        return ledger;
}

#define RUNS_MAX 200

typedef struct Runs {
        Run list[RUNS_MAX];
        size_t n;
} Runs;

static int collect_run(const Run *run, void *userdata)
{
        Runs *runs = userdata;

        PROMISE(runs->n < RUNS_MAX);
        runs->list[runs->n++] = *run;
        return 0;
}

typedef struct Weeks {
        Week list[RUNS_MAX];
        size_t n;
} Weeks;

static int collect_week(const Week *week, void *userdata)
{
        Weeks *weeks = userdata;

        PROMISE(weeks->n < RUNS_MAX);
        weeks->list[weeks->n++] = *week;
        return 0;
}

/* The first field in which they differ, or NULL. */
static const Field *difference(const FieldTable *table, const void *a, const void *b)
{
        for (size_t i = 0; i < table->n_fields; i++) {
                const FieldTable one = {.name = "one", .fields = &table->fields[i], .n_fields = 1};

                if (!fields_equal(&one, a, b))
                        return &table->fields[i];
        }
        return NULL;
}

static void print_field(const Field *field, const void *record, char *ret, size_t size)
{
        if (field->type == FIELD_TEXT)
                (void)snprintf(ret, size, "%s", field_text(field, record));
        else if (field->type == FIELD_CODES)
                (void)snprintf(ret, size, "%s", field_text(field, record));
        else if (field->type == FIELD_REALS)
                (void)reals_format(field_reals(field, record), field_reals_n(field), ret, size); /* cut */
        else if (field->type == FIELD_REAL)
                (void)snprintf(ret, size, "%.9g", *field_real(field, record));
        else
                (void)snprintf(ret, size, "%" PRId64, *field_integer(field, record));
}

static void check_same(World *world, const FieldTable *table, const char *key, const void *ours,
                       const void *again)
{
        const Field *field = difference(table, ours, again);
        char a[80], b[80];

        if (!field)
                return;
        print_field(field, ours, a, sizeof(a));
        print_field(field, again, b, sizeof(b));
        WORLD_WRONG(world, "(b) %s %s: %s is %s, from scratch %s", table->name, key, field->path, a, b);
}

static void check_groups(World *world, const char *key, const Week *ours, const Week *again)
{
        for (size_t i = 0; i < week_groups.n; i++) {
                const Group *group = &week_groups.groups[i];

                if (group_is_absent(group, ours) != group_is_absent(group, again))
                        WORLD_WRONG(world, "(b) week %s: %s is absent only once", key, group->path);
                else
                        check_same(world, group->fields, key, group_of(group, ours),
                                   group_of(group, again));
        }
}

/* A map of time that moved by less than 100 ms is no news (timebase): so far may a run have been
 * thought to be elsewhere when it was derived. */
static void forgive_real(double *ours, double again, double most)
{
        if (fabs(*ours - again) <= most)
                *ours = again;
}

static void forgive_run(Run *ours, const Run *again)
{
        if (llabs(ours->start_utc_ms - again->start_utc_ms) <= 100)
                ours->start_utc_ms = again->start_utc_ms;
        if (llabs(ours->end_utc_ms - again->end_utc_ms) <= 100)
                ours->end_utc_ms = again->end_utc_ms;
        if (llabs(ours->duration_s - again->duration_s) <= 1)
                ours->duration_s = again->duration_s;
        forgive_real(&ours->time_error_s, again->time_error_s, 0.1);
        forgive_real(&ours->coverage, again->coverage, 0.01);
        forgive_real(&ours->left_coverage, again->left_coverage, 0.01);
        forgive_real(&ours->right_coverage, again->right_coverage, 0.01);
}

static void forgive_week(Week *ours, const Week *again)
{
        if (llabs(ours->load_duration_s - again->load_duration_s) <= 2)
                ours->load_duration_s = again->load_duration_s;
        forgive_real(&ours->coverage, again->coverage, 0.01);
        for (size_t i = 0; i < week_groups.n; i++) {
                GroupHead *head = group_of(&week_groups.groups[i], ours);
                const GroupHead *other = group_of(&week_groups.groups[i], again);

                forgive_real(&head->coverage, other->coverage, 0.01);
        }
}

/* Feet are counted in these histories. */
static int64_t whole(double steps)
{
        return isnan(steps) ? NULL_INTEGER : llround(steps);
}

static void check_runs(World *world, Ledger *again)
{
        static Runs ours, theirs;
        int64_t steps;

        ours.n = theirs.n = 0;
        PROMISE(run_each(world->ledger, WORLD_RUNNER, INT64_MIN + 1, INT64_MAX, collect_run, &ours) == 0);
        PROMISE(run_each(again, WORLD_RUNNER, INT64_MIN + 1, INT64_MAX, collect_run, &theirs) == 0);
        if (ours.n != theirs.n)
                WORLD_WRONG(world, "(b) %zu runs, from scratch %zu", ours.n, theirs.n);
        for (size_t i = 0; i < ours.n && i < theirs.n; i++) {
                Run *run = &ours.list[i];
                char end[64];
                int64_t newest;

                (void)snprintf(end, sizeof(end), "/run/%s", run->run);
                newest = clinic_newest(&world->clinic, end, &steps);
                if (newest != run->revision || steps != whole(run->steps))
                        WORLD_WRONG(world, "(b) run %s: revision %" PRId64 " with %" PRId64
                                    " steps, at the clinic %" PRId64 " with %" PRId64, run->run,
                                    run->revision, whole(run->steps), newest, steps);
                run->revision = theirs.list[i].revision; /* how it came about may differ */
                run->received_utc_ms = theirs.list[i].received_utc_ms;
                (void)text_copy(run->run, sizeof(run->run), theirs.list[i].run);
                forgive_run(run, &theirs.list[i]);
                check_same(world, &run_fields, run->run, run, &theirs.list[i]);
        }
}

/* It has not begun. */
static bool is_ahead(const World *world, const Week *week)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        IsoWeek id;

        PROMISE(homes_new(world->ledger, WORLD_RUNNER, &homes) == 0);
        PROMISE(iso_week_parse(week->week, &id) == 0);
        return homes_week_start_utc_ms(homes, id) > world->true_ms;
}

static void check_weeks(World *world, Ledger *again)
{
        static Weeks ours, theirs;
        int64_t steps;
        size_t j = 0;

        ours.n = theirs.n = 0;
        PROMISE(week_each(world->ledger, WORLD_RUNNER, "", "9", false, collect_week, &ours) == 0);
        PROMISE(week_each(again, WORLD_RUNNER, "", "9", false, collect_week, &theirs) == 0);
        truth_check(world, ours.list, ours.n);
        if (clinic_topics(&world->clinic, "/week/") != ours.n)
                WORLD_WRONG(world, "(b) %zu weeks, %zu at the clinic", ours.n,
                            clinic_topics(&world->clinic, "/week/"));
        for (size_t i = 0; i < ours.n; i++) {
                Week *week = &ours.list[i];
                char end[64];
                int64_t newest;

                (void)snprintf(end, sizeof(end), "/week/%s", week->week);
                newest = clinic_newest(&world->clinic, end, &steps);
                if (newest != week->revision || steps != whole(week->load_steps))
                        WORLD_WRONG(world, "(b) week %s: revision %" PRId64 ", at the clinic %" PRId64,
                                    week->week, week->revision, newest);
                if (j == 0 && theirs.n > 0 && strcmp(week->week, theirs.list[0].week) < 0 &&
                    whole(week->load_steps) <= 0)
                        continue; /* what was there lies in a later week, by a better time */
                if ((j == theirs.n || strcmp(week->week, theirs.list[j].week) != 0) && !(week->load_steps > 0) &&
                    is_ahead(world, week) && strcmp(week->state, "provisional") == 0)
                        continue; /* made by a clock that was ahead: it is not over, and says nothing */
                if (j >= theirs.n || strcmp(week->week, theirs.list[j].week) != 0) {
                        WORLD_WRONG(world, "(b) week %s is not there from scratch, or one before it is not here",
                                    week->week);
                        return;
                }
                week->revision = theirs.list[j].revision;
                week->received_utc_ms = theirs.list[j].received_utc_ms;
                forgive_week(week, &theirs.list[j]);
                check_same(world, &week_fields, week->week, week, &theirs.list[j]);
                check_groups(world, week->week, week, &theirs.list[j++]);
        }
        if (j != theirs.n)
                WORLD_WRONG(world, "(b) week %s from scratch is not here", theirs.list[j].week);
}

/* ---- (c) ---- */

static int check_row(const OutboxRow *row, void *userdata)
{
        World *world = userdata;
        ClinicMessage *kept = &world->clinic.messages[row->id];
        bool may_collapse = row->kind == OUTBOX_STATUS || row->kind == OUTBOX_SUMMARY;

        if (row->state == OUTBOX_CANCELLED && may_collapse)
                return 0;
        if (row->state != OUTBOX_SETTLED || !kept->there || kept->copies != 1)
                WORLD_WRONG(world, "(c) row %" PRId64 " (%s %s) is %s, %d times at the clinic", row->id,
                            outbox_kind_name(row->kind), row->key,
                            row->state == OUTBOX_SETTLED ? "settled" : "not settled",
                            kept->there ? kept->copies : 0);
        return 0;
}

static int count_entry(const DiaryEntry *entry, void *userdata)
{
        World *world = userdata;
        size_t at = (size_t)atoi(entry->id + 1);

        if (at >= WORLD_ENTRIES || !world->entries[at].there || world->entries[at].pain != entry->pain ||
            world->entries[at].at_utc_ms != entry->at_utc_ms)
                WORLD_WRONG(world, "diary entry %s is not what was sent", entry->id);
        else
                world->entries[at].pain = -1; /* found */
        return 0;
}

static void check_diary(World *world)
{
        PROMISE(diary_each(world->ledger, NULL, INT64_MIN + 1, INT64_MAX, count_entry, world) == 0);
        for (size_t i = 0; i < WORLD_ENTRIES; i++) {
                if (world->entries[i].there && world->entries[i].pain >= 0)
                        WORLD_WRONG(world, "diary entry e%zu is not in the ledger", i);
        }
}

void world_check(World *world, int64_t start_utc_ms, const char *directory)
{
        Ledger *again;

        if (world->clinic.wrong[0])
                WORLD_WRONG(world, "(c) %s", world->clinic.wrong);
        check_records(world);
        PROMISE(outbox_each(world->ledger, false, 0, SIZE_MAX >> 1, check_row, world) == 0);
        again = feed(world, start_utc_ms, directory);
        check_runs(world, again);
        check_weeks(world, again);
        (void)ledger_close(again);
        check_diary(world);
}
