/* Topics of what the broker sends. */
#include "tests/fuzz/fuzz.h"

#include "proto/topic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        CLEANUP(freep) char *topic = fuzz_text(data, size);
        char runner[ID_SIZE], what[ID_SIZE], again[TOPIC_MAX];
        TopicPrefix prefix;

        topic_prefix("c", "g", &prefix);
        if (topic_inbound_parse(&prefix, topic, runner, what) < 0)
                return 0;
        PROMISE(id_is_valid(runner) && id_is_valid(what));
        (void)snprintf(again, sizeof(again), "%s/%s/in/%s", prefix.text, runner, what);
        PROMISE(strcmp(again, topic) == 0);
        PROMISE(topic_format(&prefix, TOPIC_ACK, runner, what, again, sizeof(again)));
        return 0;
}
