/* fields.h: a record's fields as a table, so that the ledger's columns, D-Bus
 * dictionaries and JSON keys are one list and not four.
 *
 * A path is dotted ("load.distance_m"): each dot opens a nested object on the wire;
 * a column takes the path with '_' for '.'. A null is a value of its own per type.
 *
 * There are two kinds of lists, and no other: numbers, a fixed many of them ("one a day"), each of
 * which may be null, and codes, any many ("which prongs are missing"). Several lists of one length
 * stand for a list of things; there are no lists of objects. */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum FieldType {
        FIELD_INTEGER, /* int64_t; NULL_INTEGER is null */
        FIELD_REAL,    /* double; NAN is null */
        FIELD_BOOLEAN, /* int64_t 0 or 1; NULL_INTEGER is null */
        FIELD_TEXT,    /* char[size], terminated; "" is null */
        FIELD_TIME,    /* int64_t Unix ms, RFC 3339 on the wire; NULL_INTEGER is null */
        FIELD_REALS,   /* double[n]: an array of n on the wire, null where NAN; all NAN: null itself */
        FIELD_CODES,   /* char[size], by codes_none and codes_add: an array of texts; "" is null */
} FieldType;

#define NULL_INTEGER INT64_MIN
#define NULL_REAL    ((double)NAN)

typedef struct Field {
        const char *path;
        FieldType type;
        size_t offset; /* in the record's struct */
        size_t size;   /* of the member in octets: of the array, of FIELD_TEXT, REALS and CODES */
} Field;

typedef struct FieldTable {
        const char *name; /* "week" */
        const Field *fields;
        size_t n_fields;
} FieldTable;

#define FIELD(type_, struct_, member_, path_)                                                      \
        {                                                                                          \
                .path = path_, .type = type_, .offset = offsetof(struct_, member_),                \
                .size = sizeof(((struct_ *)0)->member_)                                            \
        }

static inline int64_t *field_integer(const Field *field, const void *record)
{
        return (int64_t *)((char *)(uintptr_t)record + field->offset);
}

static inline double *field_real(const Field *field, const void *record)
{
        return (double *)((char *)(uintptr_t)record + field->offset);
}

static inline char *field_text(const Field *field, const void *record)
{
        return (char *)(uintptr_t)record + field->offset;
}

static inline double *field_reals(const Field *field, const void *record)
{
        return (double *)((char *)(uintptr_t)record + field->offset);
}

static inline size_t field_reals_n(const Field *field)
{
        return field->size / sizeof(double);
}

/* FIELD_CODES in a char[size]: the empty list, which is not null. */
void codes_none(char *codes);
/* One code more: a short identifier. False: it did not fit, nothing changed. */
bool codes_add(char *codes, size_t size, const char *code);
bool codes_contain(const char *codes, const char *code);
/* The next code of a walk that began with *at = codes; its length, 0 at the end. */
size_t codes_next(const char **at, const char **ret_code);

/* FIELD_REALS as text, as a ledger keeps it: "1.5 - 3", '-' for null. False: it did not fit; what
 * cannot be read back is null. */
bool reals_format(const double *reals, size_t n, char *ret, size_t size);
void reals_parse(const char *text, double *ret, size_t n);

bool field_is_null(const Field *field, const void *record);
/* Every field null. */
void fields_set_null(const FieldTable *table, void *record);
/* Equal in every field (null equals null). */
bool fields_equal(const FieldTable *table, const void *a, const void *b);
/* Field of that path, or NULL. */
const Field *fields_find(const FieldTable *table, const char *path);

/* Why a field is null: dotted path → code, for the wire's `reasons`. Codes are
 * short identifiers ("no_entries", "no_reference", "warming_up"). A reason also holds for every
 * null below its path that has none of its own: "gait" for "gait.contact.left_ms". */
#define REASONS_MAX 96
typedef struct Reason {
        const char *path; /* borrowed: from a FieldTable or a literal */
        const char *code; /* borrowed: a literal */
} Reason;

typedef struct Reasons {
        Reason list[REASONS_MAX];
        size_t n;
} Reasons;

/* Further reasons than REASONS_MAX, and a second reason for a path, are ignored. */
void reasons_add(Reasons *reasons, const char *path, const char *code);
const char *reasons_find(const Reasons *reasons, const char *path); /* NULL: none */
/* The reason of the path, or of the nearest path above it. NULL: none. */
const char *reasons_explain(const Reasons *reasons, const char *path);
