/* text.h: the few forms of text that every room reads and writes alike. */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 3339 in UTC with milliseconds: "2026-11-24T08:00:00.000Z" (25 octets). */
#define RFC3339_SIZE 32
void rfc3339_format(int64_t utc_ms, char ret[static RFC3339_SIZE]);
/* Any RFC 3339 time with offset or Z, fraction optional; digits behind the milliseconds are
 * cut off, a leap second is the first of the next day. 0 or -EINVAL. */
int rfc3339_parse(const char *text, int64_t *ret_utc_ms) MUST_CHECK;

/* "0a ff" → octets; white space, ':' and '-' between octets are skipped. Number of octets,
 * -EINVAL: not hex; -ENOBUFS: more than `capacity`. */
int hex_parse(const char *text, uint8_t *ret, size_t capacity) MUST_CHECK;
void hex_format(const void *data, size_t size, char *ret); /* needs 2·size+1 */

/* A Bluetooth address "AA:BB:CC:DD:EE:FF" → upper case copy. 0 or -EINVAL. */
#define ADDRESS_SIZE 18
int address_parse(const char *text, char ret[static ADDRESS_SIZE]) MUST_CHECK;

/* Pseudonyms of runners, ids of clinics, gateways and messages: 1–40 of A-Z a-z 0-9 . _ -, not
 * starting with '.'; such an id is safe as an MQTT topic level and a file name. */
#define ID_SIZE 41
bool id_is_valid(const char *text);

/* Whole-string numbers, decimal. 0, -EINVAL: not a number (also 0x10, inf, nan), -ERANGE: outside [min, max]. */
int integer_parse(const char *text, int64_t min, int64_t max, int64_t *ret) MUST_CHECK;
int real_parse(const char *text, double min, double max, double *ret) MUST_CHECK;

/* The candidate with the fewest edits away from `word`, or NULL when even the
 * nearest shares less than half of it. `candidates` ends with NULL. */
const char *nearest_word(const char *word, const char *const *candidates);

/* Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates. */
bool text_is_utf8(const char *text);

/* For a log or a terminal: control characters (C0, DEL, and C1 as UTF-8) become '?', and so do all
 * octets that are not ASCII when the text is not well-formed UTF-8. */
void text_make_printable(char *text);

/* Copies at most size-1 octets and terminates; cuts between characters of UTF-8. True when
 * all of it fitted. */
bool text_copy(char *ret, size_t size, const char *text);
