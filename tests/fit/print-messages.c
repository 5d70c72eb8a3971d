/* A FIT file's messages as our reader has them, a JSON object a line; the last one says how it ended.
 * Usage: print-messages FILE */
#include "proto/files/fit.h"

#include "base/cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_MAX_OCTETS (1 << 24)

static void print_number(const char *name, double value)
{
        if (isnan(value))
                (void)printf(",\"%s\":null", name);
        else
                (void)printf(",\"%s\":%.10g", name, value);
}

static void print_time(const char *name, int64_t utc_ms)
{
        print_number(name, utc_ms == NULL_INTEGER ? NULL_REAL : (double)utc_ms / 1000);
}

static int print_message(const FitMessage *message, void *userdata)
{
        static const char *const kinds[] = {"session", "lap", "record"};

        (void)userdata;
        (void)printf("{\"kind\":\"%s\"", kinds[message->kind]);
        print_time("timestamp", message->utc_ms);
        print_time("start", message->start_utc_ms);
        print_number("distance", message->distance_m);
        print_number("elapsed", message->elapsed_s);
        print_number("timer", message->timer_s);
        print_number("speed", message->speed_mps);
        print_number("cadence", message->cadence_rpm);
        print_number("cycles", message->cycles);
        print_number("heart_rate", message->heart_rate_bpm);
        print_number("sport", message->sport);
        (void)printf("}\n");
        return 0;
}

int main(int argc, char **argv)
{
        CLEANUP(freep) uint8_t *data = malloc(FILE_MAX_OCTETS);
        FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
        const char *fault;
        size_t size;
        int r;

        if (!file || !data)
                return 2;
        size = fread(data, 1, FILE_MAX_OCTETS, file);
        (void)fclose(file); /* was only read */
        r = fit_walk(data, size, print_message, NULL, &fault);
        (void)printf("{\"end\":%d,\"fault\":\"%s\"}\n", r, fault ? fault : "");
        return 0;
}
