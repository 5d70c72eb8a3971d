/* reprocess */
#include "cli/daemon.h"

#include <stdio.h>

#define REPROCESS_S 120

static int run_reprocess(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int code;

        if (argc > 1)
                return verb_misused(invocation, &verb_reprocess, "'%s' is not understood", argv[1]);
        code = daemon_call(invocation, "Reprocess", REPROCESS_S, &reply, "");
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        (void)printf("records: %.0f can be read now, %.0f still not\n"
                     "packets: %.0f can be read now (%.0f new records), %.0f still not\n",
                     json_number_at(reply, "records_read"), json_number_at(reply, "records_left"),
                     json_number_at(reply, "packets_read"), json_number_at(reply, "stored"),
                     json_number_at(reply, "packets_left"));
        return EXIT_DONE;
}

const Verb verb_reprocess = {
        .name = "reprocess",
        .arguments = "",
        .summary = "read what an older version had to keep raw",
        .help = "After an update: unknown records and undecodable packets are tried with today's drivers.\n"
                "What can be read takes its place, and its runs and weeks are made anew; what cannot stays.\n"
                "Doing it twice does no harm.\n",
        .run = run_reprocess,
};
