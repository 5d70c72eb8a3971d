/* tape.h: what a program does to the files below one directory, call by call.
 *
 * Made below SQLite's own VFS, at the C library's door (door.c), so that also SQLite's syncs of the
 * directory and the inbound spool are heard. While a tape runs, calls are noted and done; a sync
 * is only noted: the machine that runs the test keeps its power. */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

#define TAPE_NAME_SIZE 40

typedef enum TapeKind {
        TAPE_CREATE, /* `node` is a directory that gets `name`, which is `other` */
        TAPE_UNLINK, /* … loses `name` */
        TAPE_RENAME, /* … has `new_name` for `name` */
        TAPE_WRITE,  /* size octets at offset */
        TAPE_TRUNCATE, /* to size */
        TAPE_SYNC,   /* file or directory */
} TapeKind;

typedef struct TapeEvent {
        TapeKind kind;
        int node;
        int other;
        int64_t offset;
        size_t size;
        uint8_t *data;
        char name[TAPE_NAME_SIZE];
        char new_name[TAPE_NAME_SIZE];
} TapeEvent;

/* A file or directory; node 0 is the directory the tape watches. */
typedef struct TapeNode {
        bool directory;
        int parent;
        char name[TAPE_NAME_SIZE]; /* the first one it had */
        uint8_t *before;           /* what a file held when the tape began */
        size_t before_size;
        bool was_there;            /* when the tape began */
} TapeNode;

typedef struct Tape {
        char root[128];
        TapeEvent *events;
        size_t n_events;
        TapeNode *nodes;
        int n_nodes;
        struct TapeEntry *entries; /* names as programs see them now */
        size_t n_entries;
} Tape;

/* Watches `root` from now on, what is in it counts as safe. Out of memory ends the program, here
 * and in all of this test. */
Tape *tape_start(const char *root);
void tape_stop(void);
Tape *tape_free(Tape *tape);

/* For door.c. */
Tape *tape_running(void);
int tape_find(Tape *tape, int directory, const char *name); /* node or -1 */
/* The directory and last name of a path; -1: not below the root. "" for the directory itself. */
int tape_place(Tape *tape, int directory, const char *path, char ret_name[static TAPE_NAME_SIZE]);
int tape_create(Tape *tape, int directory, const char *name, bool is_directory);
void tape_unlink(Tape *tape, int directory, const char *name);
void tape_rename(Tape *tape, int directory, const char *name, const char *new_name);
void tape_write(Tape *tape, int node, int64_t offset, const void *data, size_t size);
void tape_note(Tape *tape, TapeKind kind, int node, size_t size);

void *grown(void *array, size_t n, size_t size); /* room for one more than n */
