/* A fuzz target without a fuzzing engine: an ordinary test. Runs the target on every file of its
 * folders, on every beginning of it, and on it with one octet turned over.
 * Usage: fuzz-NAME FOLDER… */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>

#define FILE_MAX  8192
#define CUTS_MAX  400 /* beginnings and turned octets of one file */

static size_t n_runs;

/* On a block of exactly that size, so that a sanitizer sees a read behind its end. */
static void run(const uint8_t *data, size_t size)
{
        CLEANUP(freep) uint8_t *copy = malloc(size ? size : 1);

        PROMISE(copy);
        if (size > 0)
                memcpy(copy, data, size);
        PROMISE(LLVMFuzzerTestOneInput(copy, size) == 0);
        n_runs++;
}

static void run_file(const char *folder, const char *name)
{
        uint8_t data[FILE_MAX];
        char path[512];
        FILE *file;
        size_t size, step;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(path, "rb");
        PROMISE(file);
        size = fread(data, 1, sizeof(data), file);
        PROMISE(feof(file));
        (void)fclose(file); /* was only read */
        run(data, size);
        step = size / CUTS_MAX + 1;
        for (size_t i = 0; i < size; i += step) {
                run(data, i);
                data[i] = (uint8_t)~data[i];
                run(data, size);
                data[i] = (uint8_t)~data[i];
        }
}

/* A folder that is not there holds nothing: not every target has both kinds. */
static size_t run_folder(const char *folder)
{
        DIR *directory = opendir(folder);
        const struct dirent *entry;
        size_t n_files = 0;

        while (directory && (entry = readdir(directory))) {
                if (entry->d_name[0] == '.')
                        continue;
                run_file(folder, entry->d_name);
                n_files++;
        }
        if (directory)
                (void)closedir(directory); /* was only read */
        return n_files;
}

int main(int argc, char **argv)
{
        size_t n_files = 0;

        for (int i = 1; i < argc; i++)
                n_files += run_folder(argv[i]);
        (void)printf("%zu seeds, %zu inputs\n", n_files, n_runs);
        return n_files > 0 ? 0 : 1;
}
