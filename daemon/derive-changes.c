#include "daemon/derive-changes.h"

#include "daemon/ledger/weeks.h"

#include <stdio.h>
#include <string.h>

#define MOVES_RUNS (DIRTY_RECORDS | DIRTY_TIME | DIRTY_CADENCE | DIRTY_ZONE | DIRTY_PLACEMENT | DIRTY_METHOD | \
                    DIRTY_IMPORT | DIRTY_LOST)
#define MOVES_ALL  (MOVES_RUNS | DIRTY_DIARY | DIRTY_CARE)

/* What can move a field, or a group: the first row that fits; what is not here: anything. */
static const struct {
        const char *prefix;
        unsigned why;
} fields[] = {
        {"load.effort", MOVES_RUNS | DIRTY_DIARY}, /* ratings */
        {"pain.runs", MOVES_RUNS | DIRTY_DIARY},
        {"pain.load", MOVES_RUNS | DIRTY_DIARY},
        {"pain.change", DIRTY_DIARY | DIRTY_CARE | DIRTY_ZONE | DIRTY_METHOD}, /* the plan's baseline */
        {"coverage", MOVES_RUNS},     {"load.", MOVES_RUNS},  {"longest_run.", MOVES_RUNS},
        {"empty", MOVES_RUNS},        {"zone", DIRTY_ZONE},   {"pain.", DIRTY_DIARY | DIRTY_ZONE | DIRTY_METHOD},
        {"spike", MOVES_RUNS},        {"gait", MOVES_RUNS},   {"trunk", MOVES_RUNS},
        {"flags", MOVES_RUNS},
};

/* What came before the week was final was not late. */
static const struct {
        DirtyWhy why;
        const char *word, *word_final;
} words[] = {
        {DIRTY_RECORDS, "new_records", "late_records"},
        {DIRTY_DIARY, "new_diary_entries", "late_diary_entries"},
        {DIRTY_TIME, "time_corrected", "time_corrected"},
        {DIRTY_CADENCE, "cadence_unit_decided", "cadence_unit_decided"},
        {DIRTY_ZONE, "zone_changed", "zone_changed"},
        {DIRTY_PLACEMENT, "placement_corrected", "placement_corrected"},
        {DIRTY_METHOD, "method_changed", "method_changed"},
        {DIRTY_CARE, "care_changed", "care_changed"},
        {DIRTY_IMPORT, "runs_imported", "runs_imported"},
        {DIRTY_REPORT, CHANGE_PODS_REPORTED, CHANGE_PODS_REPORTED},
        {DIRTY_LOST, "records_lost", "records_lost"},
};

static bool field_same(const Field *field, const Week *a, const Week *b)
{
        const FieldTable one = {.name = "one", .fields = field, .n_fields = 1};

        return fields_equal(&one, a, b);
}

static unsigned moved_by(const char *path)
{
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
                if (strncmp(path, fields[i].prefix, strlen(fields[i].prefix)) == 0)
                        return fields[i].why;
        }
        return MOVES_ALL;
}

typedef struct Notes {
        const Week *old;
        Week *week;
        unsigned why;
        bool coarse; /* "load" for all of "load.…": what is too long in full */
        bool cut;    /* something found no room */
} Notes;

static void note(Notes *notes, const char *path, const char *word)
{
        char change[96], *changed = notes->week->changed;
        size_t used = strlen(changed), length;

        (void)snprintf(change, sizeof(change), "%.*s=%s;",
                       (int)(notes->coarse ? strcspn(path, ".") : strlen(path)), path, word);
        length = strlen(change);
        if (strstr(changed, change))
                return;
        if (used + length < sizeof(notes->week->changed))
                memcpy(changed + used, change, length + 1);
        else
                notes->cut = true;
}

/* Nothing came, only the hour: a report of the pods, or the end of the week without one. */
static const char *by_time(const Week *week)
{
        return strcmp(week->empty, "not_delivered") == 0 ? "week_over" : CHANGE_PODS_REPORTED;
}

static void note_field(Notes *notes, const char *path)
{
        bool was_final = strcmp(notes->old->state, "final") == 0;
        unsigned reasons = notes->why & moved_by(path);

        if (reasons == 0)
                note(notes, path, by_time(notes->week));
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                if (reasons & words[i].why)
                        note(notes, path, was_final ? words[i].word_final : words[i].word);
        }
}

static bool is_key(const char *path)
{
        static const char *const keys[] = {"runner", "week", "revision", "received"};

        for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
                if (strcmp(path, keys[i]) == 0)
                        return true;
        }
        return false;
}

static void note_all(Notes *notes, const char *final_by)
{
        notes->cut = false;
        notes->week->changed[0] = '\0';
        for (size_t i = 0; i < week_fields.n_fields; i++) {
                const Field *field = &week_fields.fields[i];

                if (is_key(field->path) || field_same(field, notes->old, notes->week))
                        continue;
                if (strcmp(field->path, "state") == 0)
                        note(notes, field->path, final_by);
                else
                        note_field(notes, field->path);
        }
        for (size_t i = 0; i < week_groups.n; i++) { /* each as a whole */
                if (!group_equal(&week_groups.groups[i], notes->old, notes->week))
                        note_field(notes, week_groups.groups[i].path);
        }
}

void note_changes(const Week *old, Week *week, unsigned why, const char *final_by)
{
        Notes notes = {.old = old, .week = week, .why = why};

        note_all(&notes, final_by);
        if (!notes.cut)
                return;
        notes.coarse = true;
        note_all(&notes, final_by);
}
