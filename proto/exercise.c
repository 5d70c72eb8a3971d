#include "proto/exercise.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EXERCISE(type, member) FIELD(FIELD_##type, Exercise, member, #member)

static const Field exercise_field_list[] = {
        EXERCISE(TEXT, item),           EXERCISE(TEXT, side),      EXERCISE(INTEGER, sets),
        EXERCISE(INTEGER, repetitions), EXERCISE(INTEGER, hold_s), EXERCISE(INTEGER, minutes),
};

const FieldTable exercise_fields = {.name = "exercise",
                                    .fields = exercise_field_list,
                                    .n_fields = ARRAY_SIZE(exercise_field_list)};

/* Numbers of an item, in the order of the text. */
static const struct {
        const char *path;
        const char *unit;
        int64_t most;
} amounts[] = {
        {"sets", "sets", 20}, {"repetitions", "reps", 200}, {"hold_s", "s", 900}, {"minutes", "min", 240},
};

bool exercise_item_is_valid(const char *text)
{
        size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

        return length > 0 && length < EXERCISE_ITEM_SIZE && text[length] == '\0';
}

void exercise_set_null(Exercise *exercise)
{
        fields_set_null(&exercise_fields, exercise);
}

static size_t format_one(const Exercise *exercise, char *ret, size_t size)
{
        int used = snprintf(ret, size, "%s%s%s", exercise->item, exercise->side[0] ? " " : "",
                            exercise->side);

        for (size_t i = 0; i < ARRAY_SIZE(amounts) && used >= 0 && (size_t)used < size; i++) {
                const Field *field = fields_find(&exercise_fields, amounts[i].path);

                if (!field_is_null(field, exercise))
                        used += snprintf(ret + used, size - (size_t)used, " %" PRId64 "%s",
                                         *field_integer(field, exercise), amounts[i].unit);
        }
        return used < 0 ? 0 : (size_t)used < size ? (size_t)used : size - 1;
}

void exercises_format(const ExerciseList *exercises, char ret[static EXERCISES_TEXT_SIZE])
{
        size_t used = 0;

        ret[0] = '\0';
        for (size_t i = 0; i < exercises->n; i++) {
                if (i > 0 && used + 1 < EXERCISES_TEXT_SIZE)
                        ret[used++] = ';';
                used += format_one(&exercises->list[i], ret + used, EXERCISES_TEXT_SIZE - used);
        }
}

/* "12reps" → its place in `amounts`, or -1. */
static int read_amount(const char *word, int64_t *ret)
{
        size_t digits = strspn(word, "0123456789");
        char number[8];

        if (digits == 0 || digits >= sizeof(number))
                return -1;
        memcpy(number, word, digits);
        number[digits] = '\0';
        for (size_t i = 0; i < ARRAY_SIZE(amounts); i++) {
                if (strcmp(word + digits, amounts[i].unit) == 0)
                        return integer_parse(number, 1, amounts[i].most, ret) < 0 ? -1 : (int)i;
        }
        return -1;
}

static int read_word(Exercise *exercise, const char *word)
{
        const Field *field;
        int64_t amount = 0;
        int at;

        if (!exercise->item[0])
                return exercise_item_is_valid(word) &&
                                       text_copy(exercise->item, sizeof(exercise->item), word)
                               ? 0
                               : -EINVAL;
        if (strcmp(word, "left") == 0 || strcmp(word, "right") == 0)
                return exercise->side[0] == '\0' &&
                                       text_copy(exercise->side, sizeof(exercise->side), word)
                               ? 0
                               : -EINVAL;
        at = read_amount(word, &amount);
        if (at < 0)
                return -EINVAL;
        field = fields_find(&exercise_fields, amounts[at].path);
        if (!field_is_null(field, exercise))
                return -EINVAL;
        *field_integer(field, exercise) = amount;
        return 0;
}

static int parse_one(char *text, Exercise *ret)
{
        char *rest = NULL;

        exercise_set_null(ret);
        for (char *word = strtok_r(text, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
                if (read_word(ret, word) < 0)
                        return -EINVAL;
        }
        return ret->item[0] ? 0 : -EINVAL;
}

int exercises_parse(const char *text, ExerciseList *ret)
{
        char copy[EXERCISES_TEXT_SIZE];
        ExerciseList list = {.n = 0};
        char *next = copy;

        if (!text_copy(copy, sizeof(copy), text))
                return -E2BIG;
        if (copy[strspn(copy, " \t")] == '\0')
                next = NULL;
        while (next) {
                char *one = strsep(&next, ";");

                if (list.n == EXERCISES_MAX)
                        return -E2BIG;
                if (parse_one(one, &list.list[list.n++]) < 0)
                        return -EINVAL;
        }
        *ret = list;
        return 0;
}
