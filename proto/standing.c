#include "proto/standing.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "proto/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool standing_add(char *list, size_t size, const StandingReason *one)
{
        char text[64];

        (void)snprintf(text, sizeof(text), "%s:%lld:%s", one->code, (long long)one->severity, one->since);
        return codes_add(list, size, text);
}

/* False: not one of ours, which standing_add wrote. */
static bool parse(const char *text, StandingReason *ret)
{
        const char *severity = strchr(text, ':');
        char *end;

        if (!severity || (size_t)(severity - text) >= sizeof(ret->code))
                return false;
        *ret = (StandingReason){.severity = strtoll(severity + 1, &end, 10)};
        memcpy(ret->code, text, (size_t)(severity - text));
        return *end == ':' && text_copy(ret->since, sizeof(ret->since), end + 1);
}

bool standing_next(const char **at, StandingReason *ret)
{
        const char *one;
        size_t length;

        while ((length = codes_next(at, &one)) > 0) {
                char text[64];

                (void)snprintf(text, sizeof(text), "%.*s", (int)length, one);
                if (parse(text, ret))
                        return true;
        }
        return false;
}

bool standing_find(const char *list, const char *code, StandingReason *ret)
{
        while (standing_next(&list, ret)) {
                if (strcmp(ret->code, code) == 0)
                        return true;
        }
        return false;
}

/* ---- what is worse ---- */

static bool is_higher(int64_t now, int64_t seen)
{
        return now > seen;
}

/* One of the flags was not among them. */
static bool has_another(int64_t now, int64_t seen)
{
        return ((uint64_t)now & ~(uint64_t)seen) != 0;
}

static bool is_never(int64_t now, int64_t seen)
{
        (void)now, (void)seen;
        return false;
}

static const struct {
        const char *code;
        bool (*is_worse)(int64_t now, int64_t seen);
} rules[] = {
        {"pain_clock", is_never},
        {"pain_high", is_higher},
        {"pain_worse", is_higher},
        {"spike_large", is_higher},
        {"through_pain", is_higher},
        {"gait_flag", has_another},
        {"no_data", is_never},
};

bool standing_is_worse(const StandingReason *now, const StandingReason *seen)
{
        for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
                if (strcmp(rules[i].code, now->code) == 0)
                        return rules[i].is_worse(now->severity, seen->severity);
        }
        return true; /* a code that nobody knows is looked at */
}
