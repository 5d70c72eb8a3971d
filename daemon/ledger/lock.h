/* lock.h: Private to the ledger. One strided a ledger: an advisory lock on PATH.lock that dies with its
 * holder. The file names the holder, and the ledger that was opened there last: so a file without a
 * head is known for a damaged ledger, and not for somebody else's. */
#pragma once

#include "base/cleanup.h"

#include <stddef.h>

/* 0, or -EADDRINUSE, -ENAMETOOLONG, -errno, with a sentence. *ret is the caller's to close. */
int lock_take(const char *path, int *ret, char *message, size_t size) MUST_CHECK;
/* A person who is root makes files for the daemon: they belong to the owner of the directory of `path`. */
int lock_give(int fd, const char *path) MUST_CHECK;
/* The ledger that was opened under this lock. */
void lock_note(int fd, const char *ledger_id);
/* The one that was opened last; "": none. */
void lock_last(int fd, char *ret, size_t size);
