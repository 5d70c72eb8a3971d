#include "tests/faults/power-cut/tape.h"

#include "base/text.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct TapeEntry {
        int directory;
        char name[TAPE_NAME_SIZE];
        int node;
} TapeEntry;

static Tape *running;

Tape *tape_running(void)
{
        return running;
}

void *grown(void *array, size_t n, size_t size)
{
        void *grown_array = array;

        if (n == 0 || (n >= 64 && (n & (n - 1)) == 0)) {
                grown_array = realloc(array, (n < 64 ? 64 : 2 * n) * size);
                if (!grown_array)
                        errx(2, "out of memory");
        }
        return grown_array;
}

static void *copied(const void *data, size_t size)
{
        void *copy = malloc(size ? size : 1);

        if (!copy)
                errx(2, "out of memory");
        if (size)
                memcpy(copy, data, size);
        return copy;
}

/* ---- names ---- */

static TapeEntry *entry_of(Tape *tape, int directory, const char *name)
{
        for (size_t i = 0; i < tape->n_entries; i++) {
                if (tape->entries[i].directory == directory &&
                    strcmp(tape->entries[i].name, name) == 0)
                        return &tape->entries[i];
        }
        return NULL;
}

int tape_find(Tape *tape, int directory, const char *name)
{
        const TapeEntry *entry = entry_of(tape, directory, name);

        return name[0] == '\0' || strcmp(name, ".") == 0 ? directory
               : strcmp(name, "..") == 0                 ? tape->nodes[directory].parent
               : entry                                   ? entry->node
                                                         : -1;
}

int tape_place(Tape *tape, int directory, const char *path, char ret_name[static TAPE_NAME_SIZE])
{
        size_t root = strlen(tape->root);
        const char *slash;

        if (path[0] == '/') {
                if (strncmp(path, tape->root, root) != 0 || (path[root] != '/' && path[root] != '\0'))
                        return -1;
                path += root + (path[root] == '/');
                directory = 0;
        }
        if (directory < 0)
                return -1;
        while ((slash = strchr(path, '/'))) {
                char name[TAPE_NAME_SIZE];

                (void)snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
                directory = tape_find(tape, directory, name);
                if (directory < 0)
                        errx(2, "%s: a directory that nobody made", path);
                path = slash + 1;
        }
        if (!text_copy(ret_name, TAPE_NAME_SIZE, path))
                errx(2, "%s: too long a name for a tape", path);
        return directory;
}

static int add_node(Tape *tape, int parent, const char *name, bool is_directory)
{
        TapeEntry *entry;

        tape->nodes = grown(tape->nodes, (size_t)tape->n_nodes, sizeof(*tape->nodes));
        tape->nodes[tape->n_nodes] = (TapeNode){.directory = is_directory, .parent = parent};
        (void)text_copy(tape->nodes[tape->n_nodes].name, TAPE_NAME_SIZE, name);
        if (name[0] != '\0') {
                tape->entries = grown(tape->entries, tape->n_entries, sizeof(*tape->entries));
                entry = &tape->entries[tape->n_entries++];
                *entry = (TapeEntry){.directory = parent, .node = tape->n_nodes};
                (void)text_copy(entry->name, TAPE_NAME_SIZE, name);
        }
        return tape->n_nodes++;
}

/* ---- events ---- */

static TapeEvent *add_event(Tape *tape, TapeKind kind, int node)
{
        tape->events = grown(tape->events, tape->n_events, sizeof(*tape->events));
        tape->events[tape->n_events] = (TapeEvent){.kind = kind, .node = node};
        return &tape->events[tape->n_events++];
}

int tape_create(Tape *tape, int directory, const char *name, bool is_directory)
{
        int node = add_node(tape, directory, name, is_directory);
        TapeEvent *event = add_event(tape, TAPE_CREATE, directory);

        event->other = node;
        (void)text_copy(event->name, TAPE_NAME_SIZE, name);
        return node;
}

void tape_unlink(Tape *tape, int directory, const char *name)
{
        TapeEntry *entry = entry_of(tape, directory, name);

        if (!entry)
                errx(2, "%s: unlinked, but nobody made it", name);
        (void)text_copy(add_event(tape, TAPE_UNLINK, directory)->name, TAPE_NAME_SIZE, name);
        *entry = tape->entries[--tape->n_entries];
}

void tape_rename(Tape *tape, int directory, const char *name, const char *new_name)
{
        TapeEntry *entry = entry_of(tape, directory, name);
        TapeEntry *there = entry_of(tape, directory, new_name);
        TapeEvent *event;

        if (!entry)
                errx(2, "%s: renamed, but nobody made it", name);
        event = add_event(tape, TAPE_RENAME, directory);
        event->other = entry->node;
        (void)text_copy(event->name, TAPE_NAME_SIZE, name);
        (void)text_copy(event->new_name, TAPE_NAME_SIZE, new_name);
        (void)text_copy(entry->name, TAPE_NAME_SIZE, new_name);
        if (there)
                *there = tape->entries[--tape->n_entries];
}

void tape_write(Tape *tape, int node, int64_t offset, const void *data, size_t size)
{
        TapeEvent *event = add_event(tape, TAPE_WRITE, node);

        event->offset = offset;
        event->size = size;
        event->data = copied(data, size);
}

void tape_note(Tape *tape, TapeKind kind, int node, size_t size)
{
        add_event(tape, kind, node)->size = size;
}

/* ---- life ---- */

static void read_file(const char *path, TapeNode *node)
{
        CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        struct stat status;

        if (fd < 0 || fstat(fd, &status) < 0)
                err(2, "%s", path);
        node->before_size = (size_t)status.st_size;
        node->before = malloc(node->before_size + 1);
        if (!node->before || read(fd, node->before, node->before_size) != (ssize_t)node->before_size)
                err(2, "%s", path);
}

static void take_directory(Tape *tape, int node, const char *path)
{
        DIR *listing = opendir(path);

        if (!listing)
                err(2, "%s", path);
        for (const struct dirent *entry; (entry = readdir(listing));) {
                char name[TAPE_NAME_SIZE], below[256];
                int child;

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                (void)text_copy(name, sizeof(name), entry->d_name);
                (void)snprintf(below, sizeof(below), "%s/%s", path, name);
                child = add_node(tape, node, name, entry->d_type == DT_DIR);
                tape->nodes[child].was_there = true;
                if (entry->d_type == DT_DIR)
                        take_directory(tape, child, below);
                else
                        read_file(below, &tape->nodes[child]);
        }
        (void)closedir(listing); /* was read only */
}

Tape *tape_start(const char *root)
{
        Tape *tape = calloc(1, sizeof(*tape));

        if (!tape || !text_copy(tape->root, sizeof(tape->root), root))
                errx(2, "no tape for %s", root);
        (void)add_node(tape, 0, "", true);
        tape->nodes[0].was_there = true;
        take_directory(tape, 0, root);
        running = tape;
        return tape;
}

void tape_stop(void)
{
        running = NULL;
}

Tape *tape_free(Tape *tape)
{
        if (!tape)
                return NULL;
        if (running == tape)
                running = NULL;
        for (size_t i = 0; i < tape->n_events; i++)
                free(tape->events[i].data);
        for (int i = 0; i < tape->n_nodes; i++)
                free(tape->nodes[i].before);
        free(tape->events);
        free(tape->nodes);
        free(tape->entries);
        free(tape);
        return NULL;
}
