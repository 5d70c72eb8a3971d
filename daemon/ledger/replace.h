/* replace.h: Private to the ledger. A new file in the place of the old one, under its lock.
 *
 * PATH.new is being made; renamed to PATH.next it is complete, and from then on it is the ledger:
 * whatever is cut short is finished by the next replace_finish. The old one is kept beside. */
#pragma once

#include "base/cleanup.h"

#include <stdint.h>
#include <stddef.h>

#define REPLACE_PATH_SIZE 560

/* PATH.new, with nothing left of an earlier try. 0, -ENAMETOOLONG, -errno. */
int replace_begin(const char *path, char ret_new[static REPLACE_PATH_SIZE]) MUST_CHECK;
/* What the old one will be called: PATH.aside-DATE. */
void replace_aside(const char *path, int64_t utc_ms, char ret[static REPLACE_PATH_SIZE]);
/* PATH.new is closed and complete: sets the old one aside and puts it in its place. */
int replace_commit(const char *path, int64_t utc_ms, char *message, size_t size) MUST_CHECK;
/* The same for one that was cut short; 0 if there is none. */
int replace_finish(const char *path, char *message, size_t size) MUST_CHECK;
