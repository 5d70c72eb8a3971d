/* full-groups.h: a record whose groups say all they can, for tests of whoever carries them. */
#pragma once

#include "base/cleanup.h"
#include "proto/groups.h"

#include <stdio.h>
#include <string.h>

/* What the contract allows at most, where that is less than the field's own type does. */
typedef struct FullValue {
        const char *path; /* or the beginning of it */
        double real;
        const char *code; /* the longest */
        size_t n_codes;
} FullValue;

static const FullValue full_values[] = {
        {"plan.status", 0, "not_planned", 4},
        {"plan.missing", 0, "joint_manipulation", 3},
        {"plan.not_planned", 0, "joint_manipulation", 3},
        {"plan.items", 0, "a23456789_123456789_123456789_12.right", 6},
        {"plan.units", 0, "times", 6},
        {"plan.adherence", 0.123456, "", 0},
        {"plan.done", 28, "", 0},
        {"plan.expected", 84.142857, "", 0},
        {"treatment.marks", 0, "joint_manipulation", 7},
        {"treatment.effect", 0, "too_few_runs", 7},
        {"treatment.pain", 9.5, "", 0},
        {"assessment.joints_change", 0, "unknown", 6},
        {"assessment.joints", 0, "moves_freely", 6},
        {"assessment.asymmetric", 0, "active_straight_leg_raise", 5},
        {"assessment.overridden", 0, "trunk_stability_pushup", 3},
        {"assessment.painful", 0, "shoulder_mobility", 7},
        {"assessment.new_pain", 0, "shoulder_mobility", 7},
        {"assessment.measured", -23.456789, "", 0},
        {"assessment.trials.sites", 0, "thoracolumbar", 7},
        {"assessment.trials", 123.4, "", 0},
        {"assessment.", -3, "", 0},
        {"verdict.standing", 0, "through_pain:10:2026-11-23", 7},
};

static inline const FullValue *full_value(const char *path)
{
        static const FullValue most = {"", 12345.123456, "code", 1000};

        for (size_t i = 0; i < ARRAY_SIZE(full_values); i++) {
                if (strncmp(path, full_values[i].path, strlen(full_values[i].path)) == 0)
                        return &full_values[i];
        }
        return &most;
}

/* A value of the field's type that no other `turn` gives it. */
static inline void fill_field(const Field *field, void *record, int turn)
{
        const FullValue *full = full_value(field->path);

        switch (field->type) {
        case FIELD_REAL:
                *field_real(field, record) = full->real + turn;
                break;
        case FIELD_REALS:
                for (size_t i = 0; i < field_reals_n(field); i++)
                        field_reals(field, record)[i] = i == 1 ? NULL_REAL : full->real + turn + (double)(i % 3);
                break;
        case FIELD_TEXT:
                (void)snprintf(field_text(field, record), field->size, "t%d_of_some_length", turn);
                break;
        case FIELD_CODES:
                codes_none(field_text(field, record));
                for (size_t i = 0; i < full->n_codes && codes_add(field_text(field, record), field->size,
                                                                  turn ? "other" : full->code);)
                        i++;
                break;
        case FIELD_BOOLEAN:
                *field_integer(field, record) = turn % 2;
                break;
        case FIELD_INTEGER:
        case FIELD_TIME:
                *field_integer(field, record) = 123456 + turn;
                break;
        }
}

static inline void fill_groups(const GroupTable *table, void *record)
{
        for (size_t i = 0; i < table->n; i++) {
                const Group *group = &table->groups[i];

                for (size_t f = 0; f < group->fields->n_fields; f++)
                        fill_field(&group->fields->fields[f], group_of(group, record), 0);
        }
}
