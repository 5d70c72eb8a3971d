/* groups.h: measures of a run or a week in groups, each one idea in one file.
 *
 * A record (Run, Week) has a field table of its own for what everybody reads, and behind it any
 * many groups: a struct with a field table, and a head that says by which method, from how much,
 * with which coverage and error. Whoever carries records about walks the table of groups and
 * knows none by name: the ledger (a table per group, a row per revision), the comparison that
 * decides on a new revision, the clinic's messages, the D-Bus dictionary, export, `changed`.
 *
 * A group is absent while its head's `n` is null: it has no row in the ledger, and on the wire its
 * key is null, with one reason under the group's path ("gait": "no_trunk_pod"). Present, each of
 * its fields that is null has a reason, its own or one of a path above it (fields.h). `n` 0 is
 * not absent: there was something to look at, and nothing was in it.
 *
 * A new group is
 *   1. proto/week-NAME.h, proto/week-NAME.c: struct, head first, and field table (see
 *      week-spike.h); names of fields begin with the group's path, members need no prefix;
 *   2. clinic-records.h: a member of Week (Run); clinic-records.c: a line in week_group_list
 *      (run_group_list); proto/meson.build: the file;
 *   3. daemon/ledger/schema.c: a migration that makes the table "week_NAME": runner, key, revision,
 *      then a column a field (GROUP_TABLE there), and makes the weeks due again;
 *   4. a function that fills it, called by derive-groups.c (week_measure_groups); it starts with
 *      everything null, sets head.n (that makes the group present), coverage, error and values, and
 *      adds reasons; the method's version is the table's, see `method`;
 *   5. proto/mqtt/week.schema.json: its object, or null.
 * test-groups.c then tests the round trip, the size and the revisions of it without a word. */
#pragma once

#include "proto/fields.h"

typedef struct GroupHead {
        int64_t method;  /* set by groups_finish */
        int64_t n;       /* what it rests on: runs, days, strides, …; the group says which */
        double coverage; /* 0..1: how much was seen of what there was to see */
        double error;    /* half width, in the unit of what the group is about; the group says which */
} GroupHead;

#define GROUP_HEAD(struct_, path_)                                                                 \
        FIELD(FIELD_INTEGER, struct_, head.method, path_ ".method"),                               \
                FIELD(FIELD_INTEGER, struct_, head.n, path_ ".n"),                                 \
                FIELD(FIELD_REAL, struct_, head.coverage, path_ ".coverage"),                      \
                FIELD(FIELD_REAL, struct_, head.error, path_ ".error")

typedef struct Group {
        const char *path;         /* "spike" "pain.clock": its key on the wire */
        const FieldTable *fields; /* its name is the ledger's table, "week_spike" */
        size_t offset;            /* of the group's struct in the record; its head is its first member */
        int64_t method;           /* version of how it is computed: raised when numbers change */
} Group;

typedef struct GroupTable {
        const Group *groups;
        size_t n;
} GroupTable;

static inline void *group_of(const Group *group, const void *record)
{
        return (char *)(uintptr_t)record + group->offset;
}

static inline bool group_is_absent(const Group *group, const void *record)
{
        return ((const GroupHead *)group_of(group, record))->n == NULL_INTEGER;
}

void groups_set_null(const GroupTable *table, void *record);
/* Equal in every field of every group; an absent one equals an absent one, whatever is in it. */
bool groups_equal(const GroupTable *table, const void *a, const void *b);
bool group_equal(const Group *group, const void *a, const void *b);
/* After all were measured: the method's version for those that are present; one that is absent
 * becomes null throughout, and gets the reason "not_measured" unless it has one. */
void groups_finish(const GroupTable *table, void *record, Reasons *reasons);
/* The field of that path in any group, and *ret_record, what it is a field of. NULL: none. */
const Field *groups_find(const GroupTable *table, const char *path, const void *record,
                         const void **ret_record);
