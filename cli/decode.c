/* decode: one notification through the real drivers, no daemon needed. */
#include "cli/output.h"

#include "base/text.h"
#include "proto/pods/pods.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PACKET_MAX 1024

static cJSON *json_of(const PodValues *values, const PodValue *value)
{
        const int64_t *integers = values->integers + value->first_integer;
        cJSON *list;

        switch (value->type) {
        case POD_INTEGER:
                return cJSON_CreateNumber((double)value->integer);
        case POD_REAL:
                return cJSON_CreateNumber(value->real);
        case POD_BOOLEAN:
                return cJSON_CreateBool(value->integer != 0);
        case POD_TEXT:
                return cJSON_CreateString(value->text);
        case POD_INTEGER_LIST:
                list = cJSON_CreateArray();
                for (size_t i = 0; i < value->n_integers; i++)
                        (void)cJSON_AddItemToArray(
                                list, cJSON_CreateNumber((double)integers[i]));
                return list;
        case POD_NULL:
                break;
        }
        return cJSON_CreateNull();
}

static int print_values(const Invocation *invocation, const PodValues *values)
{
        CLEANUP(cJSON_Deletep) cJSON *object = cJSON_CreateObject();

        for (size_t i = 0; i < values->n; i++)
                (void)cJSON_AddItemToObject(object, values->list[i].name,
                                            json_of(values, &values->list[i]));
        if (invocation->json)
                return output_json(object);
        for (const cJSON *item = object ? object->child : NULL; item; item = item->next) {
                CLEANUP(freep) char *text = cJSON_PrintUnformatted(item);
                char shown[1024];

                (void)output_visible(shown, sizeof(shown), text ? text : ""); /* cut is good enough */
                if (printf("%-24s %s\n", item->string, shown) < 0)
                        return EXIT_FAILED;
        }
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int complain_unknown(const Invocation *invocation, const char *characteristic)
{
        char message[160], known[1024] = "Known:";
        size_t length = strlen(known);

        (void)snprintf(message, sizeof(message), "no driver knows characteristic '%.60s'",
                       characteristic);
        for (size_t i = 0; i < n_pod_drivers; i++) {
                for (size_t j = 0; j < pod_drivers[i]->n_characteristics; j++) {
                        const char *uuid = pod_drivers[i]->characteristics[j].uuid;
                        bool assigned = strcmp(uuid + 8, "-0000-1000-8000-00805f9b34fb") == 0;
                        int n = snprintf(known + length, sizeof(known) - length, " %.*s",
                                         assigned ? 4 : UUID_SIZE, assigned ? uuid + 4 : uuid);

                        if (n < 0 || (size_t)n >= sizeof(known) - length)
                                return output_error(invocation, EXIT_NOT_FOUND, "unknown-characteristic",
                                                message, known);
                        length += (size_t)n;
                }
        }
        return output_error(invocation, EXIT_NOT_FOUND, "unknown-characteristic", message, known);
}

static int decode(const Invocation *invocation, const char *characteristic, const char *hex)
{
        const PodCharacteristic *entry = pod_characteristic(characteristic, NULL);
        uint8_t packet[PACKET_MAX];
        PodValues values = {0};
        char uuid[UUID_SIZE];
        int size;

        if (uuid_parse(characteristic, uuid) < 0)
                return output_error(invocation, EXIT_USAGE, "usage",
                                "the characteristic is not a 16-bit or 128-bit id",
                                "For example: stridectl decode 2A53 07800250200300100000 --json");
        if (!entry)
                return complain_unknown(invocation, characteristic);
        size = hex_parse(hex, packet, sizeof(packet));
        if (size < 0)
                return output_error(invocation, EXIT_USAGE, "usage",
                                size == -ENOBUFS ? "more than 1024 octets"
                                                 : "the packet is not hexadecimal octets",
                                "For example: stridectl decode 2A53 07800250200300100000 --json");
        if (entry->describe(packet, (size_t)size, &values) < 0)
                return output_error(invocation, EXIT_FAILED, "bad-packet", values.error,
                                "the daemon goes on without it; what it cannot read it keeps raw");
        return print_values(invocation, &values);
}

static int run_decode(const Invocation *invocation, int argc, char **argv)
{
        const char *positional[2] = {0};
        size_t n = 0;

        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--resource") == 0)
                        return verb_misused(invocation, &verb_decode,
                                            "no protocol known so far has several resources");
                if (strncmp(argv[i], "--", 2) == 0)
                        return verb_misused(invocation, &verb_decode, "'%s' is not understood", argv[i]);
                if (n == ARRAY_SIZE(positional))
                        return verb_misused(invocation, &verb_decode, "too many arguments");
                positional[n++] = argv[i];
        }
        if (n != ARRAY_SIZE(positional))
                return verb_misused(invocation, &verb_decode,
                                    "a characteristic and a packet are needed");
        return decode(invocation, positional[0], positional[1]);
}

const Verb verb_decode = {
        .name = "decode",
        .arguments = "CHARACTERISTIC HEX",
        .summary = "one packet through the drivers, without a daemon",
        .help = "CHARACTERISTIC is a 16-bit or 128-bit id, HEX the octets of one notification or read.\n"
                "Keys without a value in the packet are null. Reserved bits that are set are listed, by their\n"
                "numbers from 0, in reserved_flags, which else is not there. Surplus or missing octets are an\n"
                "error: exit 1.\n",
        .run = run_decode,
};
