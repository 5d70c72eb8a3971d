#include "proto/topic.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void topic_prefix(const char *clinic, const char *gateway, TopicPrefix *ret)
{
        (void)snprintf(ret->text, sizeof(ret->text), "strided/v1/%s/%s", clinic, gateway);
}

/* The level between runner and key, or the last one where there is no key. */
static const struct {
        const char *level;
        bool has_runner, has_key;
} forms[] = {
        [TOPIC_STATUS] = {"status", false, false}, [TOPIC_SUMMARY] = {"summary", true, false},
        [TOPIC_WEEK] = {"week", true, true},       [TOPIC_RUN] = {"run", true, true},
        [TOPIC_ACK] = {"ack", true, true},         [TOPIC_REDFLAG] = {"redflag", true, true},
        [TOPIC_PLAN] = {"plan", true, false},
};

bool topic_runner_is_valid(const char *id)
{
        static const char *const words[] = {"in", "status"};

        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                if (strcmp(id, words[i]) == 0)
                        return false;
        }
        return id_is_valid(id);
}

bool topic_format(const TopicPrefix *prefix, TopicKind kind, const char *runner, const char *key,
                  char *ret, size_t size)
{
        const char *const levels[] = {
                forms[kind].has_runner ? runner : NULL,
                forms[kind].level,
                forms[kind].has_key ? key : NULL,
        };
        size_t used = strlen(prefix->text);

        if (!text_copy(ret, size, prefix->text))
                return false;
        for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
                int n;

                if (!levels[i])
                        continue;
                n = snprintf(ret + used, size - used, "/%s", levels[i]);
                if (n < 0 || (size_t)n >= size - used)
                        return false;
                used += (size_t)n;
        }
        return true;
}

bool topic_inbound_filter(const TopicPrefix *prefix, const char *what, char *ret, size_t size)
{
        int n = snprintf(ret, size, "%s/+/in/%s", prefix->text, what);

        return n > 0 && (size_t)n < size;
}

int topic_inbound_parse(const TopicPrefix *prefix, const char *topic, char ret_runner[static ID_SIZE],
                        char ret_what[static ID_SIZE])
{
        char runner[ID_SIZE], what[ID_SIZE];
        size_t length = strlen(prefix->text), runner_length;
        const char *end;

        if (strncmp(topic, prefix->text, length) != 0 || topic[length] != '/')
                return -EINVAL;
        topic += length + 1;
        end = strchr(topic, '/');
        if (!end || strncmp(end, "/in/", 4) != 0)
                return -EINVAL;
        runner_length = (size_t)(end - topic);
        if (runner_length >= sizeof(runner))
                return -EINVAL;
        memcpy(runner, topic, runner_length);
        runner[runner_length] = '\0';
        if (!text_copy(what, sizeof(what), end + 4) || !id_is_valid(runner) || !id_is_valid(what))
                return -EINVAL;
        memcpy(ret_runner, runner, sizeof(runner));
        memcpy(ret_what, what, sizeof(what));
        return 0;
}
