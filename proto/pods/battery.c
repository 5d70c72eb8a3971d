/* Battery, service 0x180F (Bluetooth SIG, BAS 1.0). */
#include "proto/pods/packet.h"

static int describe_level(const void *data, size_t size, PodValues *ret)
{
        ByteReader r = byte_reader(data, size);
        uint8_t level_pct = read_u8(&r);
        int end;

        if (size == 0)
                return pod_refuse(ret, "empty: one octet is needed");
        end = packet_end(&r, ret);
        if (end < 0)
                return end;
        if (level_pct > 100)
                return pod_refuse(ret, "level %u is above 100 per cent: 101 to 255 are reserved",
                                  level_pct);
        pod_add_integer(ret, "level_pct", level_pct);
        return 0;
}

static const PodCharacteristic characteristics[] = {
        {SIG_UUID("2a19"), POD_NOTIFY, describe_level, NULL},
};

extern const PodDriver pod_battery;
const PodDriver pod_battery = {
        .name = "battery",
        .title = "Battery",
        .service_uuid = SIG_UUID("180f"),
        .characteristics = characteristics,
        .n_characteristics = ARRAY_SIZE(characteristics),
};
