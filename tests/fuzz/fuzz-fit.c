/* FIT files. A checksum would keep made-up octets out: it is set right first, and the header too. */
#include "tests/fuzz/fuzz.h"

#include "proto/files/fit.h"

#include <errno.h>

#define NOW_MS 1795600000000LL

static uint16_t crc16(const uint8_t *data, size_t size)
{
        uint16_t crc = 0;

        for (size_t i = 0; i < size; i++) {
                crc ^= data[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
        }
        return crc;
}

static int on_run(const ImportedRun *run, const char *fault, void *userdata)
{
        (void)userdata;
        PROMISE(fault || (run->end_utc_ms > run->start_utc_ms && run->end_utc_ms <= NOW_MS + 60000));
        PROMISE(fault || (run->duration_s > 0 && !(run->distance_m < 0) && !(run->steps < 0)));
        PROMISE(!fault || import_fault_text(fault) != fault); /* each has a sentence */
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        CLEANUP(freep) uint8_t *file = malloc(size + 14);
        const char *fault;
        uint16_t crc;
        int r;

        PROMISE(file);
        r = fit_runs(data, size, NOW_MS, on_run, NULL, &fault);
        PROMISE(r == 0 || (r == -EBADMSG && fault && import_fault_text(fault) != fault));
        /* the same octets as messages of a good file */
        memcpy(file, "\x0c\x20\x54\x08\0\0\0\0.FIT", 12);
        for (int i = 0; i < 4; i++)
                file[4 + i] = (uint8_t)(size >> (8 * i));
        if (size > 0)
                memcpy(file + 12, data, size);
        crc = crc16(file, 12 + size);
        file[12 + size] = (uint8_t)crc;
        file[13 + size] = (uint8_t)(crc >> 8);
        r = fit_runs(file, size + 14, NOW_MS, on_run, NULL, &fault);
        PROMISE(r == 0 || (r == -EBADMSG && fault && import_fault_text(fault) != fault));
        return 0;
}
