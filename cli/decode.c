#include "cli/decode.h"

#include "base/text.h"
#include "proto/pods/pods.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PACKET_MAX 1024

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_FOUND = 4 };

DEFINE_CLEANUP(cJSON *, cJSON_Delete);

static int print_json(const cJSON *object)
{
        CLEANUP(freep) char *text = cJSON_Print(object);

        if (!text)
                return EXIT_FAILED;
        return puts(text) < 0 || fflush(stdout) != 0 ? EXIT_FAILED : EXIT_DONE;
}

/* Says what is wrong and what to do next, in the form asked for. */
static int complain(bool json, int code, const char *id, const char *message, const char *next)
{
        CLEANUP(cJSON_Deletep) cJSON *object = NULL;
        cJSON *error;

        if (!json) {
                (void)fprintf(stderr, "stridectl decode: %s. %s\n", message, next);
                return code;
        }
        object = cJSON_CreateObject();
        error = cJSON_AddObjectToObject(object, "error");
        (void)cJSON_AddStringToObject(error, "code", id);
        (void)cJSON_AddStringToObject(error, "message", message);
        (void)cJSON_AddStringToObject(error, "next", next);
        (void)print_json(object);
        return code;
}

static cJSON *json_of(const PodValue *value)
{
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
                                list, cJSON_CreateNumber((double)value->integers[i]));
                return list;
        case POD_NULL:
                break;
        }
        return cJSON_CreateNull();
}

static int print_values(const PodValues *values, bool json)
{
        CLEANUP(cJSON_Deletep) cJSON *object = cJSON_CreateObject();

        for (size_t i = 0; i < values->n; i++)
                (void)cJSON_AddItemToObject(object, values->list[i].name, json_of(&values->list[i]));
        if (json)
                return print_json(object);
        for (const cJSON *item = object ? object->child : NULL; item; item = item->next) {
                CLEANUP(freep) char *text = cJSON_PrintUnformatted(item);

                if (printf("%-24s %s\n", item->string, text ? text : "") < 0)
                        return EXIT_FAILED;
        }
        return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static int complain_unknown(bool json, const char *characteristic)
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
                                return complain(json, EXIT_NOT_FOUND, "unknown-characteristic",
                                                message, known);
                        length += (size_t)n;
                }
        }
        return complain(json, EXIT_NOT_FOUND, "unknown-characteristic", message, known);
}

static int decode(const char *characteristic, const char *hex, bool json)
{
        const PodCharacteristic *entry = pod_characteristic(characteristic, NULL);
        uint8_t packet[PACKET_MAX];
        PodValues values = {0};
        char uuid[UUID_SIZE];
        int size;

        if (uuid_parse(characteristic, uuid) < 0)
                return complain(json, EXIT_USAGE, "usage",
                                "the characteristic is not a 16-bit or 128-bit id",
                                "For example: stridectl decode 2A53 07800250200300100000 --json");
        if (!entry)
                return complain_unknown(json, characteristic);
        size = hex_parse(hex, packet, sizeof(packet));
        if (size < 0)
                return complain(json, EXIT_USAGE, "usage",
                                size == -ENOBUFS ? "more than 1024 octets"
                                                 : "the packet is not hexadecimal octets",
                                "For example: stridectl decode 2A53 07800250200300100000 --json");
        if (entry->describe(packet, (size_t)size, &values) < 0)
                return complain(json, EXIT_FAILED, "bad-packet", values.error,
                                "The daemon keeps such a packet raw and goes on");
        return print_values(&values, json);
}

int decode_verb(int argc, char **argv, bool json)
{
        static const char next[] = "stridectl decode CHARACTERISTIC HEX [--json]";
        const char *positional[2] = {0};
        size_t n = 0;

        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--json") == 0) {
                        json = true;
                } else if (strcmp(argv[i], "--resource") == 0) {
                        return complain(json, EXIT_USAGE, "usage",
                                        "no protocol known so far has several resources", next);
                } else if (strncmp(argv[i], "--", 2) == 0) {
                        return complain(json, EXIT_USAGE, "usage", "unknown option", next);
                } else if (n < ARRAY_SIZE(positional)) {
                        positional[n++] = argv[i];
                } else {
                        return complain(json, EXIT_USAGE, "usage", "too many arguments", next);
                }
        }
        if (n != ARRAY_SIZE(positional))
                return complain(json, EXIT_USAGE, "usage",
                                "a characteristic and a packet are needed", next);
        return decode(positional[0], positional[1], json);
}
