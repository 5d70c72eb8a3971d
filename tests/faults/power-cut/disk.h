/* disk.h: what a power cut leaves of what a tape heard.
 *
 * What was synced is there. Of a file's writes since, any sectors of 512 octets are there, in any
 * order, an overwritten sector as it was before or after; its size is that of some moment since
 * the last sync, and what a file grew by without data reads as zeros. Octets beside a write are never
 * harmed (SQLite calls this powersafe overwrite and builds on it). Names live in their directory:
 * a file that was synced while its directory was not may be gone, one that was removed may be
 * back. What a mapped -shm file holds afterwards is anything. */
#pragma once

#include "daemon/measure/splitmix.h"
#include "tests/faults/power-cut/tape.h"

typedef struct Disk Disk;

/* Syncs that the disk only pretends to do: to see that the test would notice. */
typedef enum Lie {
        LIE_NONE,
        LIE_WAL,             /* the content of ledger.db-wal */
        LIE_DATABASE,        /* of ledger.db */
        LIE_DIRECTORY,       /* the names beside the ledger */
        LIE_SPOOL_FILE,      /* the content of an inbound message */
        LIE_SPOOL_DIRECTORY, /* its name */
        LIE_ONE,             /* the one sync that disk_lie_about names */
} Lie;

Disk *disk_new(const Tape *tape, Lie lie);
Disk *disk_free(Disk *disk);
void disk_lie_about(Disk *disk, size_t event);
bool tape_is_wal_sync(const Tape *tape, size_t event);
/* Plays the tape up to, not including, this event. Only forward. */
void disk_play(Disk *disk, size_t to);
/* The power goes. Writes what is left into an empty directory. */
void disk_rebuild(const Disk *disk, uint64_t seed, const char *directory);
/* Everything reaches the disk, and it stays on. Is it then, octet for octet, what stands in the tape's
 * directory (-shm aside)? If not, the tape missed a call; ret_name: of the file. */
bool disk_is_whole(Disk *disk, char ret_name[static TAPE_NAME_SIZE]);
void directory_empty(const char *path); /* removes what is in it, directories too */
