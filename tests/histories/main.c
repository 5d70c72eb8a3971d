/* Random histories against the model. Prints a failing one, made as short as it gets.
 * Usage: histories [--seed N] [--count N] [--seconds S] [--failures N] [--break WHAT]
 * Closing line: N passed, N failed, 0 skipped */
#include "base/log.h"
#include "tests/fuzz/fuzz.h"
#include "tests/histories/world.h"

#include <inttypes.h>
#include <time.h>

typedef struct Options {
        uint64_t seed;
        uint64_t count;
        double seconds; /* 0: no bound */
        int failures; /* so many are enough */
        Broken broken;
} Options;

static char directory[64];

static void remove_files(void)
{
        static const char *const files[] = {"ledger.db", "again.db", "ledger.db-kept"};
        static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
        char path[128];

        for (size_t i = 0; i < ARRAY_SIZE(files) * ARRAY_SIZE(ends); i++) {
                (void)snprintf(path, sizeof(path), "%s/%s%s", directory, files[i / ARRAY_SIZE(ends)],
                               ends[i % ARRAY_SIZE(ends)]);
                (void)unlink(path); /* not all of them are there */
        }
}

bool history_holds(const History *history, Broken broken, char *why, size_t why_size)
{
        static World world;

        world_begin(&world, history, broken, directory);
        for (size_t i = 0; i < history->n && !world.wrong[0]; i++)
                world_step(&world, &history->steps[i]);
        if (!world.wrong[0])
                world_heal(&world);
        if (!world.wrong[0])
                world_check(&world, history->start_utc_ms, directory);
        (void)snprintf(why, why_size, "%s", world.wrong);
        world_end(&world);
        remove_files();
        return !why[0];
}

/* Leaves out ever smaller pieces as long as it still fails; then makes numbers small. */
static void make_short(History *history, Broken broken)
{
        char why[400];

        for (size_t piece = history->n / 2; piece > 0; piece = piece > 1 ? (piece + 1) / 2 : 0) {
                for (size_t at = 0; at + piece <= history->n;) {
                        History shorter = *history;

                        memmove(&shorter.steps[at], &shorter.steps[at + piece],
                                (shorter.n - at - piece) * sizeof(shorter.steps[0]));
                        shorter.n -= piece;
                        if (history_holds(&shorter, broken, why, sizeof(why)))
                                at += piece;
                        else
                                *history = shorter;
                }
        }
        for (size_t i = 0; i < history->n; i++) {
                History simpler = *history;

                simpler.steps[i].n = 1;
                if (!history_holds(&simpler, broken, why, sizeof(why)))
                        *history = simpler;
        }
}

static double now_s(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Number of histories that failed. */
static int play(const Options *options, uint64_t *ret_played)
{
        double end_s = now_s() + options->seconds;
        int n_failed = 0;

        for (*ret_played = 0; *ret_played < options->count && n_failed < options->failures; (*ret_played)++) {
                History history;
                char why[400];

                if (options->seconds > 0 && now_s() > end_s)
                        break;
                history_make(options->seed + *ret_played, &history);
                if (history_holds(&history, options->broken, why, sizeof(why)))
                        continue;
                n_failed++;
                (void)printf("FAILED: seed %" PRIu64 ": %s\n", history.seed, why);
                make_short(&history, options->broken);
                (void)history_holds(&history, options->broken, why, sizeof(why)); /* for its reason */
                (void)printf("  made shorter: %s\n", why);
                history_print(&history, stdout);
                (void)fflush(stdout);
        }
        return n_failed;
}

static bool parse(int argc, char **argv, Options *ret)
{
        for (int i = 1; i + 1 < argc; i += 2) {
                const char *value = argv[i + 1];

                if (strcmp(argv[i], "--seed") == 0)
                        ret->seed = strtoull(value, NULL, 10);
                else if (strcmp(argv[i], "--count") == 0)
                        ret->count = strtoull(value, NULL, 10);
                else if (strcmp(argv[i], "--seconds") == 0)
                        ret->seconds = atof(value);
                else if (strcmp(argv[i], "--failures") == 0)
                        ret->failures = atoi(value);
                else if (strcmp(argv[i], "--break") == 0)
                        while (ret->broken < BROKEN_KINDS && strcmp(broken_names[ret->broken], value) != 0)
                                ret->broken++;
                else
                        return false;
        }
        return argc % 2 == 1 && ret->broken < BROKEN_KINDS;
}

int main(int argc, char **argv)
{
        Options options = {.seed = (uint64_t)time(NULL) * 1000, .count = UINT64_MAX, .failures = 3};
        uint64_t played;
        int failed;

        if (!parse(argc, argv, &options)) {
                (void)fprintf(stderr, "usage: histories [--seed N] [--count N] [--seconds S] [--failures N] "
                                      "[--break commit|pod|clinic-forgets|clinic-doubles|settle|derive|move|disk]\n");
                return 2;
        }
        if (options.count == UINT64_MAX && options.seconds <= 0)
                options.seconds = 20;
        log_set_level(LOG_LEVEL_ERROR);
        (void)text_copy(directory, sizeof(directory), "/dev/shm/strided-histories-XXXXXX");
        PROMISE(mkdtemp(directory));
        failed = play(&options, &played);
        (void)rmdir(directory); /* empty by now */
        (void)printf("%" PRIu64 " histories, seeds %" PRIu64 " to %" PRIu64 "\n", played, options.seed,
                     options.seed + (played ? played - 1 : 0));
        (void)printf("%" PRIu64 " passed, %d failed, 0 skipped\n", played - (uint64_t)failed, failed);
        return failed > 0 || played == 0;
}
