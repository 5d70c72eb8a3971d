/* ledger-file.h: the ledger as a file: looked through, copied, put back, made anew.
 *
 * Blocking, for as long as the file is large: for a start, or a process of its own. What is replaced
 * is set aside as PATH.aside-DATE, never deleted. */
#pragma once

#include "base/cleanup.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called every now and then while it takes its time; may be NULL. */
typedef void (*LedgerProgress)(void *userdata);

/* Was a ledger of ours opened at this path before? Then what lies there now is one. */
bool ledger_file_was_ours(const char *path);

/* Looks at every page (PRAGMA quick_check); also while a daemon has the file open. 0: whole; -EUCLEAN:
 * damaged; -EMEDIUMTYPE: another program's; -ENOTUNIQ: a newer version's; -ENOENT, -EIO, -EBUSY, …
 * `ret_message` (may be NULL) gets a sentence. */
int ledger_file_check(const char *path, LedgerProgress progress, void *userdata, char *ret_message,
                      size_t message_size) MUST_CHECK;

/* A copy as of one moment to `fd`, which is open for reading and writing and empty; looked through
 * and synced before 0 is answered. Also while a daemon has the file open. Errors as above. */
int ledger_file_backup(const char *path, int fd, char *ret_message, size_t message_size) MUST_CHECK;

/* Puts the backup `from` in the place of the ledger at `path`. It becomes a ledger of its own, with a
 * new id: what the clinic was told since the backup keeps its name, and what is told now gets others.
 * Weeks and runs are told anew with revisions above all there were. Further errors: -EADDRINUSE: a
 * strided has the ledger open. Nothing changed then. `ret_message` gets what was done, too. */
int ledger_file_restore(const char *path, const char *from, Clock *clock, char *ret_message,
                        size_t message_size) MUST_CHECK;

/* Makes a new ledger from what can be read of a damaged one, row by row. What is missing of pods'
 * records is asked for again. Errors as ledger_open. */
int ledger_file_rebuild(const char *path, Clock *clock, LedgerProgress progress, void *userdata,
                        char *ret_message, size_t message_size) MUST_CHECK;
