#include "tests/faults/power-cut/disk.h"

#include "base/text.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SECTOR     512
#define SHM_OCTETS 32768

typedef struct Name {
        char name[TAPE_NAME_SIZE];
        int node;
} Name;

typedef struct Names {
        Name *list;
        size_t n;
} Names;

typedef struct Image {
        uint8_t *data;
        size_t size;
        size_t capacity;
} Image;

/* One file or directory: what is safe, and the events since its last sync. */
typedef struct Inode {
        Image image;
        Names names;
        const TapeEvent **pending;
        size_t n_pending;
} Inode;

struct Disk {
        const Tape *tape;
        Lie lie;
        size_t lie_event;
        size_t at;
        Inode *inodes;
};

/* ---- files ---- */

/* Octets between the old and the new end are zeros, as a file's holes. */
static void image_resize(Image *image, size_t size)
{
        if (size > image->capacity) {
                size_t capacity = size + size / 2 + 4096;

                image->data = realloc(image->data, capacity);
                if (!image->data)
                        errx(2, "out of memory");
                image->capacity = capacity;
        }
        if (size > image->size)
                memset(image->data + image->size, 0, size - image->size);
        image->size = size;
}

static void image_write(Image *image, size_t offset, const uint8_t *data, size_t size)
{
        if (size == 0)
                return;
        if (offset + size > image->size)
                image_resize(image, offset + size);
        memcpy(image->data + offset, data, size);
}

static void image_apply(Image *image, const TapeEvent *event)
{
        if (event->kind == TAPE_WRITE)
                image_write(image, (size_t)event->offset, event->data, event->size);
        else
                image_resize(image, event->size);
}

/* ---- directories ---- */

static void names_remove(Names *names, const char *name)
{
        for (size_t i = 0; i < names->n; i++) {
                if (strcmp(names->list[i].name, name) == 0) {
                        names->list[i] = names->list[--names->n];
                        return;
                }
        }
}

static void names_add(Names *names, const char *name, int node)
{
        names_remove(names, name);
        names->list = grown(names->list, names->n, sizeof(*names->list));
        names->list[names->n] = (Name){.node = node};
        (void)text_copy(names->list[names->n++].name, TAPE_NAME_SIZE, name);
}

static void names_apply(Names *names, const TapeEvent *event)
{
        switch (event->kind) {
        case TAPE_CREATE:
                names_add(names, event->name, event->other);
                return;
        case TAPE_UNLINK:
                names_remove(names, event->name);
                return;
        case TAPE_RENAME:
                names_remove(names, event->name);
                names_add(names, event->new_name, event->other);
                return;
        case TAPE_WRITE:
        case TAPE_TRUNCATE:
        case TAPE_SYNC:
                return;
        }
}

/* ---- playing ---- */

static bool name_ends(const char *name, const char *end)
{
        size_t n = strlen(name), m = strlen(end);

        return n >= m && strcmp(name + n - m, end) == 0;
}

static bool is_lie(const Disk *disk, const TapeEvent *event)
{
        const TapeNode *node = &disk->tape->nodes[event->node];
        bool spool = !node->directory && node->parent != 0;

        switch (disk->lie) {
        case LIE_NONE:
                return false;
        case LIE_WAL:
                return name_ends(node->name, "-wal");
        case LIE_DATABASE:
                return name_ends(node->name, ".db");
        case LIE_DIRECTORY:
                return node->directory && event->node == 0;
        case LIE_SPOOL_FILE:
                return spool;
        case LIE_SPOOL_DIRECTORY:
                return node->directory && event->node != 0;
        case LIE_ONE:
                return event == &disk->tape->events[disk->lie_event];
        }
        return false;
}

bool tape_is_wal_sync(const Tape *tape, size_t event)
{
        return tape->events[event].kind == TAPE_SYNC &&
               name_ends(tape->nodes[tape->events[event].node].name, "-wal");
}

static void make_safe(const Disk *disk, int node)
{
        Inode *inode = &disk->inodes[node];

        for (size_t i = 0; i < inode->n_pending; i++) {
                if (disk->tape->nodes[node].directory)
                        names_apply(&inode->names, inode->pending[i]);
                else
                        image_apply(&inode->image, inode->pending[i]);
        }
        free(inode->pending);
        inode->pending = NULL;
        inode->n_pending = 0;
}

void disk_play(Disk *disk, size_t to)
{
        for (; disk->at < to; disk->at++) {
                const TapeEvent *event = &disk->tape->events[disk->at];
                Inode *inode = &disk->inodes[event->node];

                if (event->kind != TAPE_SYNC) {
                        inode->pending = grown(inode->pending, inode->n_pending,
                                               sizeof(const TapeEvent *));
                        inode->pending[inode->n_pending++] = event;
                } else if (!is_lie(disk, event)) {
                        make_safe(disk, event->node);
                }
        }
}

Disk *disk_new(const Tape *tape, Lie lie)
{
        Disk *disk = calloc(1, sizeof(*disk));

        if (!disk)
                errx(2, "out of memory");
        disk->tape = tape;
        disk->lie = lie;
        disk->inodes = calloc((size_t)tape->n_nodes, sizeof(*disk->inodes));
        if (!disk->inodes)
                errx(2, "out of memory");
        for (int i = 1; i < tape->n_nodes; i++) {
                const TapeNode *node = &tape->nodes[i];

                if (!node->was_there)
                        continue;
                names_add(&disk->inodes[node->parent].names, node->name, i);
                image_write(&disk->inodes[i].image, 0, node->before, node->before_size);
        }
        return disk;
}

void disk_lie_about(Disk *disk, size_t event)
{
        disk->lie_event = event;
}

Disk *disk_free(Disk *disk)
{
        if (!disk)
                return NULL;
        for (int i = 0; i < disk->tape->n_nodes; i++) {
                free(disk->inodes[i].image.data);
                free(disk->inodes[i].names.list);
                free(disk->inodes[i].pending);
        }
        free(disk->inodes);
        free(disk);
        return NULL;
}

/* ---- without a cut ---- */

static bool is_image(const Image *image, const char *path)
{
        CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        CLEANUP(freep) uint8_t *data = malloc(image->size + 1);

        return fd >= 0 && data && read(fd, data, image->size + 1) == (ssize_t)image->size &&
               (image->size == 0 || memcmp(data, image->data, image->size) == 0);
}

static size_t count_entries(const char *path)
{
        DIR *listing = opendir(path);
        size_t n = 0;

        while (listing && readdir(listing))
                n++;
        if (listing)
                (void)closedir(listing); /* was read only */
        return n < 2 ? 0 : n - 2;        /* itself and its parent */
}

static bool is_directory(const Disk *disk, int node, const char *path, char *ret_name)
{
        const Names *names = &disk->inodes[node].names;

        (void)text_copy(ret_name, TAPE_NAME_SIZE, disk->tape->nodes[node].name);
        if (count_entries(path) != names->n)
                return false;
        for (size_t i = 0; i < names->n; i++) {
                const Name *name = &names->list[i];
                char under[256];

                (void)snprintf(under, sizeof(under), "%s/%s", path, name->name);
                (void)text_copy(ret_name, TAPE_NAME_SIZE, name->name);
                if (disk->tape->nodes[name->node].directory) {
                        if (!is_directory(disk, name->node, under, ret_name))
                                return false;
                } else if (!name_ends(name->name, "-shm") &&
                           !is_image(&disk->inodes[name->node].image, under)) {
                        return false;
                }
        }
        return true;
}

bool disk_is_whole(Disk *disk, char ret_name[static TAPE_NAME_SIZE])
{
        for (int i = 0; i < disk->tape->n_nodes; i++)
                make_safe(disk, i);
        return is_directory(disk, 0, disk->tape->root, ret_name);
}

/* ---- the cut ---- */

/* How much of what was not synced a file or directory keeps. */
typedef enum Luck { LUCK_NOTHING, LUCK_EVERYTHING, LUCK_BEGINNING, LUCK_ANY, LUCK_COUNT } Luck;

static size_t below(SplitMix *random, size_t n)
{
        return (size_t)(splitmix_next(random) % n);
}

/* The sectors of a write that reached the disk, each by a throw of its own. */
static void write_sectors(Image *image, const TapeEvent *event, SplitMix *random, size_t percent)
{
        size_t end = (size_t)event->offset + event->size;

        for (size_t at = (size_t)event->offset, next; at < end; at = next) {
                next = (at / SECTOR + 1) * SECTOR;
                next = next < end ? next : end;
                if (below(random, 100) < percent)
                        image_write(image, at, event->data + (at - (size_t)event->offset), next - at);
        }
}

/* `n_sizes` of the pending events changed the size in the file system's journal; data came
 * independently of it. */
static void cut_file(const Inode *inode, SplitMix *random, Image *ret)
{
        Luck luck = (Luck)below(random, LUCK_COUNT);
        size_t keep = luck == LUCK_NOTHING      ? 0
                      : luck == LUCK_EVERYTHING ? inode->n_pending
                                                : below(random, inode->n_pending + 1);
        size_t percent = (size_t[]){5, 50, 95}[below(random, 3)];
        size_t size = inode->image.size;

        image_write(ret, 0, inode->image.data, inode->image.size);
        for (size_t i = 0; i < inode->n_pending; i++) {
                const TapeEvent *event = inode->pending[i];
                bool sized = i < keep;

                if (event->kind == TAPE_TRUNCATE && sized) {
                        image_resize(ret, event->size);
                        size = event->size;
                } else if (event->kind == TAPE_WRITE) {
                        size_t end = (size_t)event->offset + event->size;

                        if (luck == LUCK_ANY || (luck == LUCK_BEGINNING && i == keep))
                                write_sectors(ret, event, random, percent); /* torn */
                        else if (sized)
                                image_apply(ret, event);
                        if (sized && end > size)
                                size = end;
                }
        }
        image_resize(ret, size);
}

static void cut_names(const Inode *inode, SplitMix *random, Names *ret)
{
        Luck luck = (Luck)below(random, LUCK_COUNT);
        size_t keep = luck == LUCK_NOTHING      ? 0
                      : luck == LUCK_EVERYTHING ? inode->n_pending
                                                : below(random, inode->n_pending + 1);

        for (size_t i = 0; i < inode->names.n; i++)
                names_add(ret, inode->names.list[i].name, inode->names.list[i].node);
        for (size_t i = 0; i < inode->n_pending; i++) {
                if (luck == LUCK_ANY ? below(random, 2) == 0 : i < keep)
                        names_apply(ret, inode->pending[i]);
        }
}

static void put_file(const char *path, const Image *image)
{
        CLEANUP(closep) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0)
                err(2, "%s", path);
        for (size_t at = 0; at < image->size;) {
                ssize_t n = write(fd, image->data + at, image->size - at);

                if (n <= 0)
                        err(2, "%s", path);
                at += (size_t)n;
        }
}

/* It is mapped, so no tape hears what is written to it. */
static void make_shm(SplitMix *random, Image *ret)
{
        ret->size = 0;
        image_resize(ret, below(random, 3) * SHM_OCTETS);
        if (below(random, 2) == 0)
                return;
        for (size_t i = 0; i + 8 <= ret->size; i += 8) {
                uint64_t octets = splitmix_next(random);

                memcpy(ret->data + i, &octets, sizeof(octets));
        }
}

static void rebuild_directory(const Disk *disk, SplitMix *random, int node, const char *path)
{
        Names names = {0};

        cut_names(&disk->inodes[node], random, &names);
        for (size_t i = 0; i < names.n; i++) {
                const Name *name = &names.list[i];
                Image image = {0};
                char under[256];

                (void)snprintf(under, sizeof(under), "%s/%s", path, name->name);
                if (disk->tape->nodes[name->node].directory) {
                        if (mkdir(under, 0700) < 0)
                                err(2, "%s", under);
                        rebuild_directory(disk, random, name->node, under);
                        continue;
                }
                cut_file(&disk->inodes[name->node], random, &image);
                if (name_ends(name->name, "-shm"))
                        make_shm(random, &image);
                put_file(under, &image);
                free(image.data);
        }
        free(names.list);
}

void disk_rebuild(const Disk *disk, uint64_t seed, const char *directory)
{
        SplitMix random = {seed};

        rebuild_directory(disk, &random, 0, directory);
}

static int remove_below(const char *path, const struct stat *status, int kind, struct FTW *at)
{
        (void)status, (void)kind;
        return at->level > 0 ? remove(path) : 0;
}

void directory_empty(const char *path)
{
        if (nftw(path, remove_below, 8, FTW_DEPTH | FTW_PHYS) != 0)
                err(2, "%s", path);
}
