/* Power cuts: the daemon's work is heard call by call, then the disk is rebuilt as a cut at any of
 * these calls may leave it, and judged. README.md says how.
 * Usage: power-cut [--seed N] [--stories N] [--cuts N] [--steps N] [--broken]
 * --broken: instead, breaks the promise in every way that must be found out.
 * Closing line: N passed, N failed, 0 skipped: a line each for what the daemon was doing, or for each
 * way to break it. Exit 2: the test itself is at fault. */
#include "base/log.h"
#include "base/text.h"
#include "tests/faults/power-cut/disk.h"
#include "tests/faults/power-cut/judge.h"
#include "tests/faults/power-cut/life.h"

#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define AGAIN_OF     6 /* of so many cuts one is followed by more, while it recovers */
#define AGAIN_CUTS   3
#define FAILURES_MAX 5 /* printed */
#define BROKEN_CUTS  300

typedef struct Options {
        int64_t seed, stories, cuts, steps;
        bool broken;
} Options;

typedef struct Group {
        uint64_t cuts, bad;
} Group;

static char directory[64], first_life[96], second_life[96], third_life[96];
static Group groups[WORK_COUNT];
static int failures;

static void make_directories(void)
{
        const char *base = getenv("TMPDIR");

        if (!base)
                base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* nothing need last */
        (void)snprintf(directory, sizeof(directory), "%.40s/power-cut-XXXXXX", base);
        if (!mkdtemp(directory))
                err(2, "%s", directory);
        (void)snprintf(first_life, sizeof(first_life), "%s/first", directory);
        (void)snprintf(second_life, sizeof(second_life), "%s/second", directory);
        (void)snprintf(third_life, sizeof(third_life), "%s/third", directory);
        if (mkdir(first_life, 0700) < 0 || mkdir(second_life, 0700) < 0 || mkdir(third_life, 0700) < 0)
                err(2, "%s", directory);
}

static void remove_directories(void)
{
        directory_empty(directory);
        (void)rmdir(directory); /* it is empty */
}

/* ---- one story ---- */

typedef struct Told {
        Tape *tape;
        Story *story;
} Told;

/* A tape that missed a call would prove nothing. */
static void check_tape(const Tape *tape)
{
        Disk *disk = disk_new(tape, LIE_NONE);
        char name[TAPE_NAME_SIZE];

        disk_play(disk, tape->n_events);
        if (!disk_is_whole(disk, name))
                errx(2, "the tape does not know all that was done to %s", name);
        disk_free(disk);
}

static Told tell(uint64_t seed, size_t steps, Weakness weakness)
{
        Told told = {.story = calloc(1, sizeof(Story))};
        Life life;

        if (!told.story)
                errx(2, "out of memory");
        directory_empty(first_life);
        told.tape = tape_start(first_life);
        story_step(told.story, WORK_CREATE, 0);
        if (life_begin(&life, first_life, 0, told.story, seed, weakness) < 0)
                errx(2, "no ledger: %s", life.wrong);
        story_commit(told.story, life.ledger);
        story_listen(told.story);
        life_settle_in(&life);
        life_work(&life, steps);
        check_tape(told.tape);
        story_step(told.story, WORK_RESTART, clock_utc_ms(life.clock));
        life_end(&life);
        story_listen(NULL);
        check_tape(told.tape);
        tape_stop();
        if (life.wrong[0])
                errx(2, "without any cut (seed %" PRIu64 "): %s", seed, life.wrong);
        return told;
}

static void told_clear(Told *told)
{
        told->tape = tape_free(told->tape);
        told->story = story_free(told->story);
}

typedef struct Cut {
        size_t at;
        uint64_t seed; /* of what is left */
} Cut;

static int compare_cuts(const void *a, const void *b)
{
        const Cut *x = a, *y = b;

        return (x->at > y->at) - (x->at < y->at);
}

static size_t pick(SplitMix *random, size_t n)
{
        return (size_t)(splitmix_next(random) % n);
}

/* Half of them anywhere; the others by sort of work, so that what is short is cut as often. */
static size_t pick_cut(const Told *told, SplitMix *random)
{
        Work work = (Work)pick(random, WORK_RECOVER);
        size_t n = 0, chosen = 0;

        if (pick(random, 2) == 0)
                return pick(random, told->tape->n_events + 1);
        for (size_t i = 0; i < told->story->n_steps; i++) {
                const Step *step = &told->story->steps[i];
                size_t end = i + 1 < told->story->n_steps ? step[1].at : told->tape->n_events;

                if (step->work != work || step->at == end)
                        continue;
                if (pick(random, ++n) == 0)
                        chosen = step->at + pick(random, end - step->at);
        }
        return n ? chosen : pick(random, told->tape->n_events + 1);
}

static void report(uint64_t seed, const Story *story, const Tape *tape, const Cut *cut, const char *why)
{
        if (failures++ < FAILURES_MAX)
                printf("FAILED: story %" PRIu64 ", cut before call %zu of %zu (%s): %s\n", seed, cut->at,
                       tape->n_events, work_name(story_step_at(story, cut->at)->work), why);
}

static void cut_again(uint64_t seed, const Verdict *first, SplitMix *random)
{
        for (int i = 0; i < AGAIN_CUTS; i++) {
                Cut cut = {pick(random, first->tape->n_events + 1), splitmix_next(random)};
                Disk *disk = disk_new(first->tape, LIE_NONE);
                Verdict verdict;

                disk_play(disk, cut.at);
                directory_empty(third_life);
                disk_rebuild(disk, cut.seed, third_life);
                disk_free(disk);
                judge(third_life, first->story, cut.at, cut.seed, false, &verdict);
                groups[WORK_RECOVER].cuts++;
                if (verdict.wrong[0]) {
                        groups[WORK_RECOVER].bad++;
                        report(seed, first->story, first->tape, &cut, verdict.wrong);
                }
        }
}

static void cut_story(uint64_t seed, const Told *told, size_t n_cuts, SplitMix *random)
{
        CLEANUP(freep) Cut *cuts = calloc(n_cuts, sizeof(*cuts));
        Disk *disk = disk_new(told->tape, LIE_NONE);

        if (!cuts)
                errx(2, "out of memory");
        for (size_t i = 0; i < n_cuts; i++)
                cuts[i] = (Cut){pick_cut(told, random), splitmix_next(random)};
        qsort(cuts, n_cuts, sizeof(*cuts), compare_cuts);
        for (size_t i = 0; i < n_cuts; i++) {
                Group *group = &groups[story_step_at(told->story, cuts[i].at)->work];
                Verdict verdict;

                disk_play(disk, cuts[i].at);
                directory_empty(second_life);
                disk_rebuild(disk, cuts[i].seed, second_life);
                judge(second_life, told->story, cuts[i].at, cuts[i].seed, i % AGAIN_OF == 0, &verdict);
                group->cuts++;
                if (verdict.wrong[0]) {
                        group->bad++;
                        report(seed, told->story, told->tape, &cuts[i], verdict.wrong);
                } else if (verdict.tape) {
                        cut_again(seed, &verdict, random);
                }
                verdict_clear(&verdict);
        }
        disk_free(disk);
}

/* ---- broken on purpose ---- */

/* Which cut is the first that is found to have lost something, and what. 0: none. */
static int found(const Told *told, Lie lie, SplitMix *random, Verdict *ret)
{
        for (int i = 1; i <= BROKEN_CUTS; i++) {
                Disk *disk = disk_new(told->tape, lie);
                size_t cut = pick_cut(told, random);

                if (lie == LIE_ONE) { /* a sync of a commit, and the cut right behind its answer */
                        while (cut == 0 || !tape_is_wal_sync(told->tape, cut - 1))
                                cut = cut == 0 ? told->tape->n_events : cut - 1;
                        disk_lie_about(disk, cut - 1);
                }
                disk_play(disk, cut);
                directory_empty(second_life);
                disk_rebuild(disk, splitmix_next(random), second_life);
                disk_free(disk);
                judge(second_life, told->story, cut, 1, false, ret);
                if (ret->wrong[0])
                        return i;
        }
        return 0;
}

static const struct {
        const char *name;
        Lie lie;
        Weakness weakness;
} breakages[] = {
        {"the ledger does not sync at all", LIE_NONE, WEAK_OFF},
        {"the ledger does not sync its commits", LIE_NONE, WEAK_NORMAL},
        {"the disk lies about one commit's sync", LIE_ONE, WEAK_NOT},
        {"the disk lies about the journal", LIE_WAL, WEAK_NOT},
        {"the disk lies about the database", LIE_DATABASE, WEAK_NOT},
        {"the disk lies about the ledger's directory", LIE_DIRECTORY, WEAK_NOT},
        {"the disk lies about a message in the spool", LIE_SPOOL_FILE, WEAK_NOT},
        {"the disk lies about the spool's directory", LIE_SPOOL_DIRECTORY, WEAK_NOT},
};

static int break_all(const Options *options, int *ret_passed)
{
        uint64_t seed = (uint64_t)options->seed;
        Told whole = tell(seed, (size_t)options->steps, WEAK_NOT);
        SplitMix random = {seed};
        int bad = 0;

        for (size_t i = 0; i < ARRAY_SIZE(breakages); i++) {
                Told weak = {0};
                Verdict verdict;
                int n;

                if (breakages[i].weakness != WEAK_NOT)
                        weak = tell(seed, (size_t)options->steps, breakages[i].weakness);
                n = found(weak.tape ? &weak : &whole, breakages[i].lie, &random, &verdict);
                if (n > 0)
                        printf("ok: broken on purpose, %s: found by cut %d: %.*s\n", breakages[i].name, n,
                               (int)strcspn(verdict.wrong, "\n"), verdict.wrong);
                else
                        printf("FAILED: broken on purpose, %s: not found by %d cuts\n",
                               breakages[i].name, BROKEN_CUTS);
                bad += n == 0;
                told_clear(&weak);
        }
        told_clear(&whole);
        *ret_passed = (int)ARRAY_SIZE(breakages) - bad;
        return bad;
}

/* ---- all ---- */

static void take_options(int argc, char **argv, Options *ret)
{
        static const struct option longs[] = {{"seed", required_argument, NULL, 's'},
                                              {"stories", required_argument, NULL, 'n'},
                                              {"cuts", required_argument, NULL, 'c'},
                                              {"steps", required_argument, NULL, 't'},
                                              {"broken", no_argument, NULL, 'b'},
                                              {NULL, 0, NULL, 0}};
        int option;

        while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
                int64_t *value = option == 's'   ? &ret->seed
                                 : option == 'n' ? &ret->stories
                                 : option == 'c' ? &ret->cuts
                                 : option == 't' ? &ret->steps
                                                 : NULL;

                if (option == 'b') {
                        ret->broken = true;
                        continue;
                }
                if (!value || integer_parse(optarg, 1, INT64_MAX, value) < 0)
                        errx(2, "usage: power-cut [--seed N] [--stories N] [--cuts N] [--steps N] "
                                "[--broken]");
        }
}

static int count_groups(int *ret_passed)
{
        int bad = 0;

        for (int i = 0; i < WORK_COUNT; i++) {
                bool good = groups[i].bad == 0 && groups[i].cuts > 0;

                printf("%s: %" PRIu64 " cuts in %s: %s\n", good ? "ok" : "FAILED", groups[i].cuts,
                       work_name((Work)i),
                       groups[i].cuts == 0  ? "none came about"
                       : groups[i].bad == 0 ? "nothing confirmed is missing"
                                            : "something is wrong");
                bad += !good;
        }
        *ret_passed = WORK_COUNT - bad;
        return bad;
}

static int cut_all(const Options *options, int *ret_passed)
{
        SplitMix random = {(uint64_t)options->seed};
        uint64_t calls = 0;

        for (int64_t i = 0; i < options->stories; i++) {
                uint64_t seed = (uint64_t)options->seed + (uint64_t)i;
                Told told = tell(seed, (size_t)options->steps, WEAK_NOT);

                calls += told.tape->n_events;
                cut_story(seed, &told, (size_t)options->cuts, &random);
                told_clear(&told);
        }
        printf("%" PRId64 " stories of %" PRIu64 " calls in all\n", options->stories, calls);
        return count_groups(ret_passed);
}

int main(int argc, char **argv)
{
        Options options = {.seed = (int64_t)time(NULL), .stories = 4, .cuts = 200, .steps = 120};
        int passed, bad;

        take_options(argc, argv, &options);
        log_set_level((LogLevel)0); /* a cut makes many words */
        make_directories();
        (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a long night is read while it lasts */
        printf("seed %" PRId64 "\n", options.seed);
        bad = options.broken ? break_all(&options, &passed) : cut_all(&options, &passed);
        remove_directories();
        printf("%d passed, %d failed, 0 skipped\n", passed, bad);
        return bad > 0;
}
