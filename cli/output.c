#include "cli/output.h"

#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CELL_MAX 128

/* The code point at `text` if it is not to reach a terminal, and its octets; else 0. */
static unsigned control_at(const unsigned char *text, size_t *ret_octets)
{
        unsigned point;

        *ret_octets = 1;
        if (text[0] < 0x20 || text[0] == 0x7f)
                return text[0];
        if (text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0) {
                *ret_octets = 2;
                return text[1]; /* C1 */
        }
        if (text[0] != 0xe2 || (text[1] & 0xc0) != 0x80 || (text[2] & 0xc0) != 0x80)
                return 0;
        *ret_octets = 3;
        point = 0x2000u | (text[1] & 0x3fu) << 6 | (text[2] & 0x3fu);
        return (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ? point : 0;
}

bool output_visible(char *ret, size_t size, const char *text)
{
        const unsigned char *at = (const unsigned char *)text;
        size_t used = 0;

        while (*at) {
                char shown[8];
                size_t octets, length;
                unsigned control = control_at(at, &octets);

                if (control)
                        (void)snprintf(shown, sizeof(shown), control < 0x100 ? "\\x%02x" : "\\u%04x",
                                       control);
                else
                        (void)snprintf(shown, sizeof(shown), "%.*s", (int)octets, (const char *)at);
                length = strlen(shown);
                if (used + length >= size)
                        break;
                memcpy(ret + used, shown, length);
                used += length;
                at += octets;
        }
        ret[used] = '\0';
        return !*at;
}

void output_make_visible(cJSON *value)
{
        for (; value; value = value->next) {
                if (value->child)
                        output_make_visible(value->child);
                if (cJSON_IsString(value)) {
                        size_t size = strlen(value->valuestring) * 4 + 1; /* "\xNN" an octet */
                        CLEANUP(freep) char *shown = malloc(size);

                        if (shown && output_visible(shown, size, value->valuestring))
                                (void)cJSON_SetValuestring(value, shown); /* fails without memory */
                        else
                                value->valuestring[0] = '\0'; /* rather nothing than what is not ours */
                }
        }
}

int output_json(const cJSON *value)
{
        CLEANUP(freep) char *text = cJSON_Print(value);

        if (!text)
                return EXIT_FAILED;
        return puts(text) < 0 || fflush(stdout) != 0 ? EXIT_FAILED : EXIT_DONE;
}

int output_error(const Invocation *invocation, int code, const char *id, const char *message,
                 const char *next)
{
        CLEANUP(cJSON_Deletep) cJSON *object = NULL;
        cJSON *error;

        if (!invocation->json) {
                char shown[1024];

                (void)output_visible(shown, sizeof(shown), message); /* cut is good enough */
                (void)fprintf(stderr, "stridectl: %s\n", shown);
                if (next && next[0] && output_visible(shown, sizeof(shown), next))
                        (void)fprintf(stderr, "  → %s\n", shown);
                return code;
        }
        object = cJSON_CreateObject();
        error = cJSON_AddObjectToObject(object, "error");
        (void)cJSON_AddStringToObject(error, "code", id);
        (void)cJSON_AddStringToObject(error, "message", message);
        (void)cJSON_AddStringToObject(error, "next", next ? next : "");
        (void)output_json(object); /* the exit code tells it in any case */
        return code;
}

bool output_can_ask(const Invocation *invocation)
{
        return !invocation->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

int output_ask(const Invocation *invocation, const char *what)
{
        char answer[8] = "";

        (void)printf("%s.\nDo it all the same? [y/N] ", what);
        (void)fflush(stdout); /* the answer shows whether it was read */
        if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
                return EXIT_CONFIRMED;
        return output_error(invocation, EXIT_FAILED, "unconfirmed", "nothing was changed", "");
}

int verb_misused(const Invocation *invocation, const Verb *verb, const char *format, ...)
{
        char message[256], next[256];
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(message, sizeof(message), format, arguments);
        va_end(arguments);
        (void)snprintf(next, sizeof(next), "stridectl %s%s%s", verb->name, verb->arguments[0] ? " " : "",
                       verb->arguments);
        return output_error(invocation, EXIT_USAGE, "usage", message, next);
}

/* ---- values ---- */

const cJSON *json_at(const cJSON *object, const char *path)
{
        const char *dot;

        while (object && (dot = strchr(path, '.'))) {
                char key[64];

                (void)snprintf(key, sizeof(key), "%.*s", (int)(dot - path), path);
                object = cJSON_GetObjectItemCaseSensitive(object, key);
                path = dot + 1;
        }
        return cJSON_GetObjectItemCaseSensitive(object, path);
}

const char *json_text_at(const cJSON *object, const char *path)
{
        const cJSON *item = json_at(object, path);

        return cJSON_IsString(item) ? item->valuestring : "";
}

double json_number_at(const cJSON *object, const char *path)
{
        const cJSON *item = json_at(object, path);

        return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

static void format_number(Shape shape, double value, char *ret, size_t size)
{
        long long seconds = (long long)value;

        switch (shape) {
        case SHAPE_REAL:
                (void)snprintf(ret, size, "%.1f", value);
                return;
        case SHAPE_KILOMETRES:
                (void)snprintf(ret, size, "%.1f km", value / 1000);
                return;
        case SHAPE_DURATION:
                (void)snprintf(ret, size, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60,
                               seconds % 60);
                return;
        case SHAPE_TEXT:
        case SHAPE_NUMBER:
        case SHAPE_TIME:
        case SHAPE_YES:
                break;
        }
        (void)snprintf(ret, size, "%.0f", value);
}

static void format_cell(const cJSON *object, const Column *column, char *ret, size_t size)
{
        const cJSON *item = json_at(object, column->path);

        if (cJSON_IsNumber(item))
                format_number(column->shape, item->valuedouble, ret, size);
        else if (cJSON_IsBool(item))
                (void)text_copy(ret, size, cJSON_IsTrue(item) ? "yes" : "no");
        else if (cJSON_IsString(item) && column->shape == SHAPE_TIME && strlen(item->valuestring) > 16)
                (void)snprintf(ret, size, "%.10s %.5s", item->valuestring, item->valuestring + 11);
        else if (cJSON_IsString(item))
                (void)text_copy(ret, size, item->valuestring);
        else
                (void)text_copy(ret, size, "–");
}

/* Columns of a terminal, not octets. */
static int width_of(const char *text)
{
        int width = 0;

        for (; *text; text++)
                width += (*text & 0xc0) != 0x80;
        return width;
}

void output_table(const cJSON *rows, const Column *columns, size_t n)
{
        const cJSON *row;
        char cell[CELL_MAX];
        int widths[16] = {0};

        for (size_t i = 0; i < n; i++)
                widths[i] = width_of(columns[i].title);
        cJSON_ArrayForEach(row, rows) {
                for (size_t i = 0; i < n; i++) {
                        format_cell(row, &columns[i], cell, sizeof(cell));
                        widths[i] = width_of(cell) > widths[i] ? width_of(cell) : widths[i];
                }
        }
        for (size_t i = 0; i < n; i++)
                (void)printf("%s%*s", columns[i].title,
                             i + 1 < n ? widths[i] - width_of(columns[i].title) + 2 : 0, "");
        (void)putchar('\n');
        cJSON_ArrayForEach(row, rows) {
                for (size_t i = 0; i < n; i++) {
                        format_cell(row, &columns[i], cell, sizeof(cell));
                        (void)printf("%s%*s", cell, i + 1 < n ? widths[i] - width_of(cell) + 2 : 0, "");
                }
                (void)putchar('\n');
        }
}

void output_list(const cJSON *object, const Column *columns, size_t n)
{
        char cell[CELL_MAX];
        int width = 0;

        for (size_t i = 0; i < n; i++)
                width = width_of(columns[i].title) > width ? width_of(columns[i].title) : width;
        for (size_t i = 0; i < n; i++) {
                format_cell(object, &columns[i], cell, sizeof(cell));
                (void)printf("%s%*s  %s\n", columns[i].title, width - width_of(columns[i].title), "",
                             cell);
        }
}
