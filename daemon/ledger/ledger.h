/* ledger.h: the gateway's durable truth, one SQLite file (WAL, synchronous=FULL).
 *
 * Every function that writes does so in a transaction of its own, or in the one
 * that ledger_begin opened. What ledger_commit answered 0 for survives a power cut.
 * Loop thread only; the accepted wait of the loop is the fsync inside a commit.
 *
 * Errors of all functions in this room: -EIO (SQLite failed; ledger_error says how),
 * -EBUSY (locked by another program), -EROFS, -ENOSPC, -ENOMEM. Nothing has changed then. */
#pragma once

#include "base/cleanup.h"
#include "base/clock.h"
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Ledger Ledger;

/* An error of the file, not of what was asked: worth a try later, the same for everything else. */
static inline bool ledger_is_unusable(int r)
{
        return r == -EIO || r == -EBUSY || r == -EROFS || r == -ENOSPC || r == -ENOMEM ||
               r == -ECANCELED;
}

/* What a commit touched; bits. */
enum {
        LEDGER_DIRTY = 1,   /* something to derive: see dirty_next */
        LEDGER_OUTBOX = 2,  /* rows wait for the clinic */
        LEDGER_ROSTER = 4,  /* runners, pods or assignments */
        LEDGER_RECORDS = 8, /* records of pods */
        LEDGER_DAMAGED = 16, /* no commit: SQLite found the file damaged, told once */
};

/* Called after a commit that touched something, from inside ledger_commit (LEDGER_DAMAGED: from
 * inside whatever found it): note it, arm a timer, return. */
typedef void (*LedgerObserver)(unsigned touched, void *userdata);

/* Opens or creates; migrates an older file. Borrows `clock`. Further errors:
 * -ENOTUNIQ: written by a newer version; -EUCLEAN: not a ledger, or damaged;
 * -EMEDIUMTYPE: another program's database;
 * -EADDRINUSE: another strided has it open; -ENAMETOOLONG, and -errno of the file beside it
 * that is its lock. A file that is refused stays octet for octet as it was. `ret_message`
 * (may be NULL) gets a sentence with the next step on any failure. */
int ledger_open(const char *path, Clock *clock, Ledger **ret, char *ret_message,
                size_t message_size) MUST_CHECK;
Ledger *ledger_close(Ledger *ledger); /* NULL is fine; rolls back an open transaction */
DEFINE_CLEANUP(Ledger *, ledger_close);

void ledger_observe(Ledger *ledger, LedgerObserver observer, void *userdata); /* at most 4 */
void ledger_forget(Ledger *ledger, LedgerObserver observer, void *userdata);
const char *ledger_error(const Ledger *ledger); /* last failure, for people */
const char *ledger_path(const Ledger *ledger);
/* Eight hex digits made with the file; begins every message id on the wire. */
const char *ledger_id(const Ledger *ledger);
/* Octets of file and WAL; number of free octets on its file system. */
int ledger_size(Ledger *ledger, int64_t *ret_octets, int64_t *ret_free_octets) MUST_CHECK;

/* How much room there is, best first; docs/ledger.md says what happens in each. */
typedef enum DiskState {
        DISK_OK,
        DISK_HIGH,    /* four fifths of the budget are used: older raw records go earlier */
        DISK_LOW,     /* 95 % are, or the file system has less than the minimum free: back-fill pauses */
        DISK_FULL,    /* nothing more can be written */
        DISK_FAILING, /* reading or writing the file failed (EIO) */
} DiskState;

const char *disk_state_name(DiskState state); /* "ok" "high" "low" "full" "failing" */
/* The last two as the last access found it: a commit that succeeds ends them. */
DiskState ledger_disk(Ledger *ledger);

/* As last seen by a commit, each of which looks and fails then: the open file was removed, or another one
 * has its name. Disk state DISK_FAILING. */
bool ledger_is_elsewhere(const Ledger *ledger);

/* Below so many free octets there is no room; 0 (default): there always is. */
void ledger_set_min_free(Ledger *ledger, int64_t octets);
/* The budget: the file never grows above it; 0 (default): as large as it likes. */
void ledger_set_size_max(Ledger *ledger, int64_t octets);
int64_t ledger_size_max(const Ledger *ledger);
/* Octets of the file that hold something: what was let go is used again before it grows. */
int ledger_used(Ledger *ledger, int64_t *ret) MUST_CHECK;
/* May what a pod holds safely in its own memory be stored here? Not when the disk is low, full or
 * failing. Once it was false for lack of room, it takes a quarter more than the minimum free, or 90 %
 * of the budget, to become true again; each change is logged. Everything else (diary, samples of pods
 * without memory, receipts) is stored as long as SQLite finds room. */
bool ledger_has_room(Ledger *ledger);
/* Commits something tiny unless a commit succeeded within the last `within_ms`. */
int ledger_prove(Ledger *ledger, int64_t within_ms) MUST_CHECK;

/* Nests: only the outermost commit is one. A rollback inside makes the outermost
 * commit fail with -ECANCELED. */
int ledger_begin(Ledger *ledger) MUST_CHECK;
int ledger_commit(Ledger *ledger) MUST_CHECK;
void ledger_rollback(Ledger *ledger);

/* Daily care: settled outbox rows older than OUTBOX_KEEP_DAYS go, retained topics of runs
 * older than 60 days are cleared. */
int ledger_prune(Ledger *ledger) MUST_CHECK;

/* One line of the audit log: who may know what, and since when. */
typedef int (*AuditFunction)(int64_t id, int64_t utc_ms, const char *what, const char *runner,
                             const char *detail, void *userdata);
int audit_each(Ledger *ledger, int64_t after_id, size_t limit, AuditFunction function,
               void *userdata) MUST_CHECK;
