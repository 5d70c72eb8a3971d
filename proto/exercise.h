/* exercise.h: what was prescribed, or done: an item of a care plan, and how much of it.
 *
 * A list of them is one text, as people write it and as the ledger keeps it: items apart by ';',
 * each its name and what is known of it, in this order:
 *
 *     gluteal_bridge 3sets 12reps;hip_flexor_stretch left 2sets 45s;walking 20min
 *
 * What is left away is null. Of what was done, an item without any number was done as prescribed. */
#pragma once

#include "proto/fields.h"

#include "base/cleanup.h"

#define EXERCISES_MAX       12
#define EXERCISE_ITEM_SIZE  33  /* 1 to 32 of a-z 0-9 _ */
#define EXERCISES_TEXT_SIZE 900 /* any EXERCISES_MAX exercises fit */

/* Items that a pod can recognise; any other is taken by its name, too. */
#define EXERCISE_BRIDGE  "gluteal_bridge"
#define EXERCISE_STRETCH "hip_flexor_stretch"

typedef struct Exercise {
        char item[EXERCISE_ITEM_SIZE];
        char side[8];        /* "left" "right", or "": both, or no side */
        int64_t sets;        /* 1..20 */
        int64_t repetitions; /* of a set: 1..200 */
        int64_t hold_s;      /* of a repetition: 1..900 */
        int64_t minutes;     /* 1..240 */
} Exercise;

typedef struct ExerciseList {
        Exercise list[EXERCISES_MAX];
        size_t n;
} ExerciseList;

/* Paths: item, side, sets, repetitions, hold_s, minutes. */
extern const FieldTable exercise_fields;

bool exercise_item_is_valid(const char *text);
/* Everything null. */
void exercise_set_null(Exercise *exercise);
/* In the canonical form, which is the same for equal lists. */
void exercises_format(const ExerciseList *exercises, char ret[static EXERCISES_TEXT_SIZE]);
/* 0; -EINVAL: not of that form, or a number out of range; -E2BIG: more than EXERCISES_MAX.
 * Blanks around items are passed over; "" is the empty list. */
int exercises_parse(const char *text, ExerciseList *ret) MUST_CHECK;
