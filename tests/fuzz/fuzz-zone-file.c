/* A compiled zone file, read as zone_new reads it: from a directory. */
#include "tests/fuzz/fuzz.h"

#include "base/zone.h"

#include <fcntl.h>

static char directory[] = "/dev/shm/strided-fuzz-zone-XXXXXX";
static char path[sizeof(directory) + 8];

static void remove_directory(void)
{
        (void)unlink(path); /* nothing more can be done about either */
        (void)rmdir(directory);
}

static int zone_fd(void)
{
        static int fd = -1;

        if (fd >= 0)
                return fd;
        PROMISE(mkdtemp(directory));
        (void)snprintf(path, sizeof(path), "%s/Z", directory);
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        PROMISE(fd >= 0 && setenv("TZDIR", directory, 1) == 0 && atexit(remove_directory) == 0);
        return fd;
}

static void check_moment(const Zone *zone, int64_t utc_ms)
{
        int32_t day = zone_local_day(zone, utc_ms), offset_s = zone_offset_s(zone, utc_ms);
        int64_t start_ms = zone_day_start_utc_ms(zone, day);
        char text[64];

        PROMISE(offset_s >= -26 * 3600 && offset_s <= 26 * 3600);
        PROMISE(start_ms == zone_day_start_utc_ms(zone, day));
        (void)zone_week_start_utc_ms(zone, zone_week(zone, utc_ms)); /* must come back */
        PROMISE(zone_format(zone, utc_ms, text, sizeof(text)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const int64_t moments_ms[] = {-62135596800000, -1, 0, 951782400000, 1795521600000,
                                             253402300799000};
        CLEANUP(zone_freep) Zone *zone = NULL;
        int fd = zone_fd();

        PROMISE(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
        if (zone_new("Z", &zone) < 0)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(moments_ms); i++)
                check_moment(zone, moments_ms[i]);
        return 0;
}
