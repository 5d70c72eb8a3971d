/* forms.h: what may be said from outside: one hand-written table for each kind of message.
 *
 * A rule stands for one field of a record: what it must be, in numbers and in words. A field without
 * a rule is not taken from outside. The same rules bind what comes by MQTT (proto/mqtt holds them as
 * JSON Schema; a test compares) and by D-Bus. Keys that no rule names are ignored. */
#pragma once

#include "proto/clinic-records.h"
#include "proto/fields.h"

typedef struct FieldRule {
        const char *path;
        const char *must;  /* "must be …", for people: "a whole number from 0 to 10" */
        double least, most; /* of a number; of a boolean 1, 1: only true */
        double step;        /* a number is a multiple of it; 0: any */
        const char *const *words;     /* a text is one of them, NULL at the end; or */
        bool (*is)(const char *text); /* what this takes; both NULL: any text that fits */
        bool needed;
        bool past;               /* a time not in the future (but for a day of grace) */
        const struct Form *list; /* a text that holds a list (exercise.h): in JSON, objects of this form */
} FieldRule;

typedef struct Form {
        const FieldTable *fields;
        const FieldRule *rules;
        size_t n_rules;
        /* What is wrong with the record as a whole; NULL: nothing. */
        const char *(*fault)(const void *record);
} Form;

extern const Form diary_form;      /* of DiaryEntry, and so on */
extern const Form plan_form;
extern const Form assessment_form;
extern const Form acknowledgement_form;
extern const Form resend_form;
extern const Form withdrawal_form;
extern const Form exercise_form; /* of one item of a list */

/* The rule of that path, or NULL. */
const FieldRule *form_rule(const Form *form, const char *path);
/* Is the number one that the rule allows? Of a field of type INTEGER it must be whole, of BOOLEAN 0 or 1. */
bool rule_takes_number(const FieldRule *rule, const Field *field, double number);
bool rule_takes_text(const FieldRule *rule, const Field *field, const char *text); /* not "" */
/* Sets a number that the rule takes. */
void field_set_number(const Field *field, void *record, double number);

/* "2026-11-24", a day that exists. */
bool date_is_valid(const char *text);
