#include "cli/measures.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_MAX 5

cJSON *measures_parse(void)
{
        CLEANUP(freep) char *text = NULL;
        size_t size = 1, at = 0;

        for (size_t i = 0; measures_text[i]; i++)
                size += strlen(measures_text[i]);
        text = malloc(size);
        if (!text)
                return NULL;
        for (size_t i = 0; measures_text[i]; i++) {
                memcpy(text + at, measures_text[i], strlen(measures_text[i]));
                at += strlen(measures_text[i]);
        }
        text[at] = '\0';
        return cJSON_Parse(text);
}

/* "gait.*.contact_ms" matches "gait.left.contact_ms": a level each. */
static bool matches(const char *pattern, const char *key)
{
        while (*pattern && *key) {
                if (*pattern == '*') {
                        pattern++;
                        key += strcspn(key, ".");
                        continue;
                }
                if (*pattern++ != *key++)
                        return false;
        }
        return *pattern == *key;
}

static const cJSON *find_entry(const cJSON *measures, const char *key)
{
        const cJSON *entry = cJSON_GetObjectItemCaseSensitive(measures, key);

        if (entry)
                return entry;
        cJSON_ArrayForEach(entry, measures) {
                if (strchr(entry->string, '*') && matches(entry->string, key))
                        return entry;
        }
        return NULL;
}

bool measures_find(const cJSON *all, const char *key, Measure *ret)
{
        const cJSON *groups = cJSON_GetObjectItem(all, "groups"), *group;
        size_t longest = 0;

        *ret = (Measure){.all = all, .key = key, .group_path = "",
                         .entry = find_entry(cJSON_GetObjectItem(all, "measures"), key)};
        if (!ret->entry)
                return false;
        cJSON_ArrayForEach(group, groups) {
                size_t length = strlen(group->string);

                if (length > longest && strncmp(key, group->string, length) == 0 &&
                    (key[length] == '.' || key[length] == '\0')) {
                        longest = length;
                        ret->group = group;
                        ret->group_path = group->string;
                }
        }
        return true;
}

const cJSON *measure_says(const Measure *measure, const char *name)
{
        const cJSON *said = cJSON_GetObjectItemCaseSensitive(measure->entry, name);

        return said ? said : cJSON_GetObjectItemCaseSensitive(measure->group, name);
}

static void append_name(char *ret, size_t size, const char *name)
{
        size_t used = strlen(ret);

        (void)snprintf(ret + used, size - used, "%s%s", used ? ", " : "", name); /* cut is good enough */
}

void measures_near(const cJSON *all, const char *unknown, char *ret, size_t size)
{
        const cJSON *measures = cJSON_GetObjectItem(all, "measures"), *entry;
        size_t n = (size_t)cJSON_GetArraySize(measures), i = 0, found = 0;
        CLEANUP(freep) const char **names = calloc(n + 1, sizeof(*names));
        const char *nearest;

        ret[0] = '\0';
        if (!names)
                return;
        cJSON_ArrayForEach(entry, measures)
                names[i++] = entry->string;
        nearest = nearest_word(unknown, names);
        if (nearest)
                append_name(ret, size, nearest);
        for (i = 0; i < n && found < NEAR_MAX; i++) {
                if (names[i] == nearest || !strstr(names[i], unknown))
                        continue;
                append_name(ret, size, names[i]);
                found++;
        }
}
