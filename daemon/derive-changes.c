#include "daemon/derive-changes.h"

#include "daemon/ledger/weeks.h"

#include <stdio.h>
#include <string.h>

#define MOVES_RUNS (DIRTY_RECORDS | DIRTY_TIME | DIRTY_CADENCE | DIRTY_ZONE | DIRTY_PLACEMENT | DIRTY_IMPORT)

/* What can move a field or a group; one that is not named: anything. */
static const struct {
        const char *prefix;
        unsigned why;
} fields[] = {
        {"coverage", MOVES_RUNS},     {"load.", MOVES_RUNS},  {"longest_run.", MOVES_RUNS},
        {"empty", MOVES_RUNS},        {"zone", DIRTY_ZONE},   {"pain.", DIRTY_DIARY | DIRTY_ZONE},
        {"spike", MOVES_RUNS},
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
        {DIRTY_IMPORT, "runs_imported", "runs_imported"},
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
        return ~0u;
}

static void note(Week *week, const char *path, const char *word)
{
        size_t used = strlen(week->changed);
        int length = snprintf(NULL, 0, "%s=%s;", path, word);

        if (used + (size_t)length < sizeof(week->changed)) /* all there are fit, see the test */
                (void)snprintf(week->changed + used, sizeof(week->changed) - used, "%s=%s;", path, word);
}

/* Nothing came, only the hour: a report of the pods, or the end of the week without one. */
static const char *by_time(const Week *week)
{
        return strcmp(week->empty, "not_delivered") == 0 ? "week_over" : CHANGE_PODS_REPORTED;
}

static void note_field(const Week *old, Week *week, const char *path, unsigned why)
{
        bool was_final = strcmp(old->state, "final") == 0;
        unsigned reasons = why & moved_by(path);

        if (reasons == 0)
                note(week, path, by_time(week));
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                if (reasons & words[i].why)
                        note(week, path, was_final ? words[i].word_final : words[i].word);
        }
}

void note_changes(const Week *old, Week *week, unsigned why, const char *final_by)
{
        static const char *const keys[] = {"runner", "week", "revision"};

        week->changed[0] = '\0';
        for (size_t i = 0; i < week_fields.n_fields; i++) {
                const Field *field = &week_fields.fields[i];
                bool is_key = false;

                for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
                        is_key |= strcmp(field->path, keys[k]) == 0;
                if (is_key || field_same(field, old, week))
                        continue;
                if (strcmp(field->path, "state") == 0)
                        note(week, field->path, final_by);
                else
                        note_field(old, week, field->path, why);
        }
        for (size_t i = 0; i < week_groups.n; i++) {
                if (!group_equal(&week_groups.groups[i], old, week))
                        note_field(old, week, week_groups.groups[i].path, why);
        }
}
