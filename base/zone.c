#include "base/zone.h"

#include "base/zone-rule.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_DIRECTORY "/usr/share/zoneinfo"
#define FILE_MAX          (256 * 1024) /* the largest of tzdata is below 4 KiB */
#define MS_PER_S          1000LL
#define S_PER_DAY         86400LL
#define REPEATED_MAX_S    (2 * 3600) /* by which clocks are put back */
#define OFFSET_MAX_S      (26 * 3600) /* RFC 8536; the search for a day's start relies on it */

typedef struct Transition {
        int64_t at_s;     /* from here on … */
        int32_t offset_s; /* … this offset is in force */
} Transition;

struct Zone {
        char *name;
        int64_t fingerprint;
        int32_t first_offset_s; /* before the first transition */
        Transition *transitions;
        size_t n_transitions;
        ZoneRule rule; /* after the last transition */
        bool has_rule;
};

/* ---- the file: RFC 8536 ---- */

typedef struct Header {
        uint8_t version;
        size_t n_isut, n_isstd, n_leap, n_times, n_types, n_chars;
} Header;

static uint64_t big_endian(const uint8_t *octets, size_t size)
{
        uint64_t value = 0;

        for (size_t i = 0; i < size; i++)
                value = value << 8 | octets[i];
        return value;
}

#define HEADER_SIZE 44

static int read_header(const uint8_t *data, size_t size, Header *ret)
{
        if (size < HEADER_SIZE || memcmp(data, "TZif", 4) != 0)
                return -EINVAL;
        *ret = (Header){
                .version = data[4],
                .n_isut = big_endian(data + 20, 4),
                .n_isstd = big_endian(data + 24, 4),
                .n_leap = big_endian(data + 28, 4),
                .n_times = big_endian(data + 32, 4),
                .n_types = big_endian(data + 36, 4),
                .n_chars = big_endian(data + 40, 4),
        };
        if (ret->n_leap != 0)
                return -EINVAL; /* "right/…": its seconds are not Unix time */
        if (ret->n_types == 0 || ret->n_types > 256 || ret->n_times > FILE_MAX ||
            ret->n_chars > FILE_MAX || ret->n_isut > FILE_MAX || ret->n_isstd > FILE_MAX)
                return -EINVAL;
        return 0;
}

/* Octets of the data block behind a header whose times take `time_size` octets. */
static size_t block_size(const Header *header, size_t time_size)
{
        return header->n_times * (time_size + 1) + header->n_types * 6 + header->n_chars +
               header->n_leap * (time_size + 4) + header->n_isstd + header->n_isut;
}

static bool is_offset(int32_t offset_s)
{
        return offset_s >= -OFFSET_MAX_S && offset_s <= OFFSET_MAX_S;
}

static int read_block(Zone *zone, const Header *header, const uint8_t *data, size_t time_size)
{
        const uint8_t *indices = data + header->n_times * time_size;
        const uint8_t *types = indices + header->n_times;

        for (size_t i = 0; i < header->n_types; i++) {
                if (!is_offset((int32_t)big_endian(types + 6 * i, 4)))
                        return -EINVAL;
        }
        zone->first_offset_s = (int32_t)big_endian(types, 4);
        zone->transitions = calloc(header->n_times ? header->n_times : 1, sizeof(Transition));
        if (!zone->transitions)
                return -ENOMEM;
        zone->n_transitions = header->n_times;
        for (size_t i = 0; i < header->n_times; i++) {
                uint64_t raw = big_endian(data + i * time_size, time_size);

                if (indices[i] >= header->n_types)
                        return -EINVAL;
                zone->transitions[i] = (Transition){
                        .at_s = time_size == 4 ? (int32_t)raw : (int64_t)raw,
                        .offset_s = (int32_t)big_endian(types + 6 * indices[i], 4),
                };
                if (i > 0 && zone->transitions[i].at_s <= zone->transitions[i - 1].at_s)
                        return -EINVAL;
        }
        return 0;
}

/* The footer is a rule between two newlines; an empty one says nothing. */
static int read_footer(Zone *zone, const uint8_t *data, size_t size)
{
        char text[128];
        const uint8_t *end;

        if (size < 2 || data[0] != '\n')
                return -EINVAL;
        end = memchr(data + 1, '\n', size - 1);
        if (!end || (size_t)(end - data) > sizeof(text))
                return -EINVAL;
        memcpy(text, data + 1, (size_t)(end - data) - 1);
        text[end - data - 1] = '\0';
        if (text[0] == '\0')
                return 0;
        zone->has_rule = true;
        if (zone_rule_parse(text, &zone->rule) < 0 || !is_offset(zone->rule.standard_offset_s) ||
            (zone->rule.has_summer && !is_offset(zone->rule.summer_offset_s)))
                return -EINVAL;
        return 0;
}

static int read_zone(Zone *zone, const uint8_t *data, size_t size)
{
        Header header;
        size_t skip;
        int r = read_header(data, size, &header);

        if (r < 0)
                return r;
        if (header.version == 0) {
                if (block_size(&header, 4) > size - HEADER_SIZE)
                        return -EINVAL;
                return read_block(zone, &header, data + HEADER_SIZE, 4);
        }
        skip = HEADER_SIZE + block_size(&header, 4);
        if (skip > size)
                return -EINVAL;
        data += skip;
        size -= skip;
        r = read_header(data, size, &header);
        if (r < 0)
                return r;
        skip = HEADER_SIZE + block_size(&header, 8);
        if (skip > size)
                return -EINVAL;
        r = read_block(zone, &header, data + HEADER_SIZE, 8);
        return r < 0 ? r : read_footer(zone, data + skip, size - skip);
}

static int read_whole(const char *path, uint8_t **ret, size_t *ret_size)
{
        CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        CLEANUP(freep) uint8_t *data = NULL;
        struct stat status;
        size_t size = 0;

        if (fd < 0)
                return errno == ENOENT || errno == ENOTDIR ? -ENOENT : -EINVAL;
        if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_MAX)
                return -EINVAL;
        data = malloc((size_t)status.st_size + 1);
        if (!data)
                return -ENOMEM;
        while (size < (size_t)status.st_size) {
                ssize_t n = read(fd, data + size, (size_t)status.st_size - size);

                if (n <= 0)
                        return -EINVAL;
                size += (size_t)n;
        }
        *ret = TAKE(data);
        *ret_size = size;
        return 0;
}

/* FNV-1a, without the sign. */
static int64_t fingerprint_of(const uint8_t *data, size_t size)
{
        uint64_t hash = 0xcbf29ce484222325u;

        for (size_t i = 0; i < size; i++)
                hash = (hash ^ data[i]) * 0x100000001b3u;
        return (int64_t)(hash >> 1);
}

/* Files beside the zones that are this machine's choice, or count leap seconds, or are no place. */
static bool is_no_place(const char *name)
{
        static const char *const names[] = {"localtime", "posixrules", "Factory", "posix/", "right/"};

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                size_t length = strlen(names[i]);
                bool is_folder = names[i][length - 1] == '/';

                if (is_folder ? strncmp(name, names[i], length) == 0 : strcmp(name, names[i]) == 0)
                        return true;
        }
        return false;
}

/* "Europe/Berlin": nothing that leads out of the directory. */
static bool is_zone_name(const char *name)
{
        if (name[0] == '\0' || name[0] == '/' || strlen(name) > 47 || strstr(name, "..") || is_no_place(name))
                return false;
        for (; *name; name++) {
                if (!isalnum((unsigned char)*name) && !strchr("/_+-", *name))
                        return false;
        }
        return true;
}

int zone_new(const char *name, Zone **ret)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        CLEANUP(freep) uint8_t *data = NULL;
        const char *directory = getenv("TZDIR");
        char path[512];
        size_t size;
        int r;

        if (!is_zone_name(name))
                return -EINVAL;
        if ((size_t)snprintf(path, sizeof(path), "%s/%s",
                             directory && *directory ? directory : DEFAULT_DIRECTORY,
                             name) >= sizeof(path))
                return -EINVAL;
        r = read_whole(path, &data, &size);
        if (r < 0)
                return r;
        zone = calloc(1, sizeof(*zone));
        if (!zone)
                return -ENOMEM;
        zone->name = strdup(name);
        if (!zone->name)
                return -ENOMEM;
        r = read_zone(zone, data, size);
        if (r < 0)
                return r;
        zone->fingerprint = fingerprint_of(data, size);
        *ret = TAKE(zone);
        return 0;
}

Zone *zone_free(Zone *zone)
{
        if (!zone)
                return NULL;
        free(zone->transitions);
        free(zone->name);
        free(zone);
        return NULL;
}

int64_t zone_fingerprint(const Zone *zone)
{
        return zone->fingerprint;
}

const char *zone_name(const Zone *zone)
{
        return zone->name;
}

/* ---- arithmetic ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
        return a / b - (a % b < 0);
}

static int32_t offset_at_s(const Zone *zone, int64_t utc_s)
{
        size_t low = 0, high = zone->n_transitions; /* transitions before `low` are past */

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (zone->transitions[middle].at_s <= utc_s)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == zone->n_transitions && zone->has_rule)
                return zone_rule_offset_s(&zone->rule, utc_s);
        return low == 0 ? zone->first_offset_s : zone->transitions[low - 1].offset_s;
}

int32_t zone_offset_s(const Zone *zone, int64_t utc_ms)
{
        return offset_at_s(zone, floor_div(utc_ms, MS_PER_S));
}

int32_t zone_local_day(const Zone *zone, int64_t utc_ms)
{
        int64_t utc_s = floor_div(utc_ms, MS_PER_S);

        return (int32_t)floor_div(utc_s + offset_at_s(zone, utc_s), S_PER_DAY);
}

int64_t zone_day_start_utc_ms(const Zone *zone, int32_t day)
{
        /* The first instant whose local day is `day` or later (Apia once skipped a whole day). */
        int64_t low = day * S_PER_DAY - OFFSET_MAX_S, high = day * S_PER_DAY + OFFSET_MAX_S;
        int64_t first;

        while (low < high) {
                int64_t middle = low + floor_div(high - low, 2);

                if (floor_div(middle + offset_at_s(zone, middle), S_PER_DAY) >= day)
                        high = middle;
                else
                        low = middle + 1;
        }
        /* Clocks that go back soon after midnight (St. John's, at 00:01 until 2011) have it
         * twice; the search may have found the second. */
        first = day * S_PER_DAY - offset_at_s(zone, low - REPEATED_MAX_S);
        if (first < low && floor_div(first + offset_at_s(zone, first), S_PER_DAY) >= day)
                low = first;
        return low * MS_PER_S;
}

IsoWeek zone_week(const Zone *zone, int64_t utc_ms)
{
        return iso_week_of_day(zone_local_day(zone, utc_ms));
}

int64_t zone_week_start_utc_ms(const Zone *zone, IsoWeek week)
{
        return zone_day_start_utc_ms(zone, iso_week_monday(week));
}

int zone_format(const Zone *zone, int64_t utc_ms, char *ret, size_t size)
{
        int64_t utc_s = floor_div(utc_ms, MS_PER_S);
        int32_t offset = offset_at_s(zone, utc_s);
        int64_t local = utc_s + offset;
        int32_t of_day = (int32_t)(local - floor_div(local, S_PER_DAY) * S_PER_DAY);
        int32_t minutes = (offset < 0 ? -offset : offset) / 60;
        int32_t year, month, date;
        int n;

        civil_from_day((int32_t)floor_div(local, S_PER_DAY), &year, &month, &date);
        n = snprintf(ret, size, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year, month, date,
                     of_day / 3600, of_day / 60 % 60, of_day % 60, offset < 0 ? '-' : '+',
                     minutes / 60, minutes % 60);
        return n >= 0 && (size_t)n < size ? 0 : -ENOBUFS;
}
