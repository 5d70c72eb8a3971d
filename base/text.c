#include "base/text.h"

#include "base/calendar.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void rfc3339_format(int64_t utc_ms, char ret[static RFC3339_SIZE])
{
        int64_t day = utc_ms / DAY_MS - (utc_ms % DAY_MS < 0);
        int64_t ms = utc_ms - day * DAY_MS;
        int32_t year, month, date;

        civil_from_day((int32_t)day, &year, &month, &date);
        (void)snprintf(ret, RFC3339_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, date,
                       (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
                       (int)(ms % 1000));
}

/* Exactly `digits` digits at *text; moves it past them. -1: not there. */
static int take_digits(const char **text, int digits)
{
        int value = 0;

        for (int i = 0; i < digits; i++) {
                if (!isdigit((unsigned char)**text))
                        return -1;
                value = value * 10 + (*(*text)++ - '0');
        }
        return value;
}

static bool take(const char **text, const char *any)
{
        if (**text == '\0' || !strchr(any, **text))
                return false;
        (*text)++;
        return true;
}

static int take_fraction_ms(const char **text)
{
        int ms = 0;
        int weight = 100;

        if (!isdigit((unsigned char)**text))
                return -1;
        for (; isdigit((unsigned char)**text); (*text)++) {
                ms += (**text - '0') * weight;
                weight /= 10;
        }
        return ms;
}

static int days_in_month(int year, int month)
{
        return day_from_civil(year + (month == 12), month % 12 + 1, 1) -
               day_from_civil(year, month, 1);
}

int rfc3339_parse(const char *text, int64_t *ret_utc_ms)
{
        int year, month, date, hour, minute, second, ms = 0, offset = 0;

        year = take_digits(&text, 4);
        month = take(&text, "-") ? take_digits(&text, 2) : -1;
        date = take(&text, "-") ? take_digits(&text, 2) : -1;
        hour = take(&text, "Tt ") ? take_digits(&text, 2) : -1;
        minute = take(&text, ":") ? take_digits(&text, 2) : -1;
        second = take(&text, ":") ? take_digits(&text, 2) : -1;
        if (year < 0 || month < 1 || month > 12 || date < 1 || date > days_in_month(year, month) ||
            hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
                return -EINVAL;
        if (take(&text, "."))
                ms = take_fraction_ms(&text);
        if (!take(&text, "Zz")) {
                int sign = *text == '-' ? -1 : 1;
                int hours = take(&text, "+-") ? take_digits(&text, 2) : -1;
                int minutes = take(&text, ":") ? take_digits(&text, 2) : -1;

                if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
                        return -EINVAL;
                offset = sign * (hours * 60 + minutes);
        }
        minute += hour * 60 - offset; /* of the UTC day; may lie in the one before or after */
        if (ms < 0 || *text != '\0')
                return -EINVAL;
        if (second == 60 && (minute + 24 * 60) % (24 * 60) != 24 * 60 - 1)
                return -EINVAL; /* a leap second ends a day of UTC, whatever the offset */
        *ret_utc_ms = day_from_civil(year, month, date) * DAY_MS + minute * 60000LL +
                      second * 1000LL + ms;
        return 0;
}

static int hex_digit(char c)
{
        if (isdigit((unsigned char)c))
                return c - '0';
        if (isxdigit((unsigned char)c))
                return tolower((unsigned char)c) - 'a' + 10;
        return -1;
}

int hex_parse(const char *text, uint8_t *ret, size_t capacity)
{
        size_t n = 0;

        while (*text) {
                if (isspace((unsigned char)*text) || *text == ':' || *text == '-') {
                        text++;
                        continue;
                }
                if (hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0)
                        return -EINVAL;
                if (n == capacity)
                        return -ENOBUFS;
                ret[n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
                text += 2;
        }
        return (int)n;
}

void hex_format(const void *data, size_t size, char *ret)
{
        static const char digits[] = "0123456789abcdef";
        const uint8_t *octets = data;

        for (size_t i = 0; i < size; i++) {
                ret[2 * i] = digits[octets[i] >> 4];
                ret[2 * i + 1] = digits[octets[i] & 15];
        }
        ret[2 * size] = '\0';
}

int address_parse(const char *text, char ret[static ADDRESS_SIZE])
{
        if (strlen(text) != ADDRESS_SIZE - 1)
                return -EINVAL;
        for (int i = 0; i < ADDRESS_SIZE - 1; i++) {
                bool colon = i % 3 == 2;

                if (colon ? text[i] != ':' : hex_digit(text[i]) < 0)
                        return -EINVAL;
                ret[i] = (char)toupper((unsigned char)text[i]);
        }
        ret[ADDRESS_SIZE - 1] = '\0';
        return 0;
}

bool id_is_valid(const char *text)
{
        size_t length = strlen(text);

        if (length == 0 || length >= ID_SIZE || text[0] == '.')
                return false;
        for (; *text; text++) {
                if ((unsigned char)*text >= 0x80 ||
                    (!isalnum((unsigned char)*text) && !strchr("._-", *text)))
                        return false;
        }
        return true;
}

int integer_parse(const char *text, int64_t min, int64_t max, int64_t *ret)
{
        char *end;
        long long value;

        if (*text == '\0' || isspace((unsigned char)*text))
                return -EINVAL;
        errno = 0;
        value = strtoll(text, &end, 10);
        if (*end != '\0')
                return -EINVAL;
        if (errno == ERANGE || value < min || value > max)
                return -ERANGE;
        *ret = value;
        return 0;
}

int real_parse(const char *text, double min, double max, double *ret)
{
        char *end;
        double value;

        /* strtod takes hexadecimals, infinities and spaces, too */
        if (*text == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
                return -EINVAL;
        value = strtod(text, &end);
        if (*end != '\0' || end == text)
                return -EINVAL;
        if (value < min || value > max)
                return -ERANGE;
        *ret = value;
        return 0;
}

#define WORD_MAX 63

static size_t smallest(size_t a, size_t b, size_t c)
{
        size_t ab = a < b ? a : b;

        return ab < c ? ab : c;
}

/* Levenshtein distance of words up to WORD_MAX octets; longer ones differ in all. */
static size_t edits(const char *a, const char *b)
{
        size_t length_a = strlen(a), length_b = strlen(b);
        size_t row[WORD_MAX + 1];

        if (length_a > WORD_MAX || length_b > WORD_MAX)
                return length_a > length_b ? length_a : length_b;
        for (size_t j = 0; j <= length_b; j++)
                row[j] = j;
        for (size_t i = 1; i <= length_a; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= length_b; j++) {
                        size_t above = row[j];

                        row[j] = smallest(above + 1, row[j - 1] + 1,
                                          diagonal + (a[i - 1] != b[j - 1]));
                        diagonal = above;
                }
        }
        return row[length_b];
}

const char *nearest_word(const char *word, const char *const *candidates)
{
        const char *nearest = NULL;
        size_t fewest = SIZE_MAX;

        for (; *candidates; candidates++) {
                size_t n = edits(word, *candidates);

                if (n < fewest) {
                        fewest = n;
                        nearest = *candidates;
                }
        }
        return nearest && 2 * fewest <= strlen(word) ? nearest : NULL;
}

void text_make_printable(char *text)
{
        bool is_utf8 = text_is_utf8(text);

        for (unsigned char *at = (unsigned char *)text; *at; at++) {
                if (*at < 0x20 || *at == 0x7f || (*at >= 0x80 && !is_utf8))
                        *at = '?';
                else if (at[0] == 0xc2 && at[1] < 0xa0) /* U+0080 to U+009F */
                        at[0] = at[1] = '?';
        }
}

bool text_copy(char *ret, size_t size, const char *text)
{
        size_t length = strlen(text);
        size_t taken = length < size ? length : size - 1;

        /* A cut falls before a character, not into it: D-Bus and JSON refuse half of one. */
        for (int i = 0; i < 3 && taken > 0 && ((uint8_t)text[taken] & 0xC0) == 0x80; i++)
                taken--;
        memmove(ret, text, taken);
        ret[taken] = '\0';
        return taken == length;
}

bool text_is_utf8(const char *text)
{
        const uint8_t *at = (const uint8_t *)text;

        while (*at) {
                static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
                size_t follow = *at < 0x80 ? 0 : *at >> 5 == 6 ? 1 : *at >> 4 == 14 ? 2 : 3;
                uint32_t point = follow == 0 ? *at : *at & (0x3fu >> follow);

                if (follow == 3 && *at >> 3 != 30)
                        return false;
                at++;
                for (size_t i = 0; i < follow; i++, at++) {
                        if (*at >> 6 != 2)
                                return false;
                        point = point << 6 | (*at & 0x3fu);
                }
                if (point < smallest[follow] || point > 0x10ffff ||
                    (point >= 0xd800 && point < 0xe000))
                        return false;
        }
        return true;
}
