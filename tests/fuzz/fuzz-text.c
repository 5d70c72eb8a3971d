/* The forms of text that every room reads. The first octet picks the parser. */
#include "tests/fuzz/fuzz.h"

#include "base/calendar.h"
#include "base/text.h"
#include "proto/pods/pods.h"

#include <math.h>

#define YEAR_0_MS    (-62167219200000LL)
#define YEAR_10K_MS  253402300800000LL

static void take_time(const char *text)
{
        char again[RFC3339_SIZE];
        int64_t utc_ms, same_ms;

        if (rfc3339_parse(text, &utc_ms) < 0 || utc_ms < YEAR_0_MS || utc_ms >= YEAR_10K_MS)
                return;
        rfc3339_format(utc_ms, again);
        PROMISE(strlen(again) == 24 && rfc3339_parse(again, &same_ms) == 0 && same_ms == utc_ms);
}

static void take_hex(const char *text)
{
        uint8_t octets[64], same[64];
        char again[2 * sizeof(octets) + 1];
        int n = hex_parse(text, octets, sizeof(octets));

        if (n < 0)
                return;
        PROMISE((size_t)n <= sizeof(octets));
        hex_format(octets, (size_t)n, again);
        PROMISE(hex_parse(again, same, sizeof(same)) == n && memcmp(octets, same, (size_t)n) == 0);
}

static void take_address(const char *text)
{
        char address[ADDRESS_SIZE], again[ADDRESS_SIZE];

        if (address_parse(text, address) < 0)
                return;
        PROMISE(address_parse(address, again) == 0 && strcmp(address, again) == 0);
}

static void take_id(const char *text)
{
        if (!id_is_valid(text))
                return;
        PROMISE(strlen(text) >= 1 && strlen(text) < ID_SIZE && text[0] != '.');
        PROMISE(!strpbrk(text, "/+# \\\"'\n") && text_is_utf8(text));
}

static void take_number(const char *text)
{
        int64_t integer;
        double real;

        if (integer_parse(text, -1000, 1000000, &integer) == 0)
                PROMISE(integer >= -1000 && integer <= 1000000);
        if (real_parse(text, -1e3, 1e6, &real) == 0)
                PROMISE(real >= -1e3 && real <= 1e6);
}

/* Cut where you like: what was UTF-8 stays it. */
static void take_utf8(const char *text)
{
        char cut[16];

        if (text_copy(cut, sizeof(cut), text))
                PROMISE(strcmp(cut, text) == 0);
        PROMISE(strncmp(cut, text, strlen(cut)) == 0);
        if (text_is_utf8(text))
                PROMISE(text_is_utf8(cut));
}

static void take_word(const char *text)
{
        static const char *const words[] = {"status", "pods", "pair", "doctor", NULL};
        const char *word = nearest_word(text, words);

        for (size_t i = 0; word && word != words[i]; i++)
                PROMISE(words[i]);
}

static void take_week(const char *text)
{
        char again[12];
        IsoWeek week;

        if (iso_week_parse(text, &week) < 0)
                return;
        iso_week_format(week, again);
        PROMISE(strcmp(again, text) == 0);
        PROMISE(iso_week_compare(iso_week_of_day(iso_week_monday(week)), week) == 0);
}

static void take_uuid(const char *text)
{
        char uuid[UUID_SIZE], again[UUID_SIZE];

        if (uuid_parse(text, uuid) < 0)
                return;
        PROMISE(strlen(uuid) == UUID_SIZE - 1);
        PROMISE(uuid_parse(uuid, again) == 0 && strcmp(uuid, again) == 0);
        (void)pod_characteristic(text, NULL); /* most are unknown */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static void (*const takers[])(const char *text) = {
                take_time, take_hex,  take_address, take_id,   take_number,
                take_utf8, take_word, take_week,    take_uuid,
        };
        CLEANUP(freep) char *text = NULL;

        if (size == 0)
                return 0;
        text = fuzz_text(data + 1, size - 1);
        takers[data[0] % ARRAY_SIZE(takers)](text);
        return 0;
}
