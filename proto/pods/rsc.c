/* Running Speed and Cadence, service 0x1814 (Bluetooth SIG, RSCS 1.0.1).
 *
 * Speed, cadence and length are the pod's own smoothed values, about once a second: not
 * strides. Whether cadence counts steps or strides differs between makers and is decided
 * elsewhere, from evidence; here it stays raw. */
#include "proto/pods/packet.h"

#include <errno.h>

enum {
        FLAG_LENGTH = 1 << 0,
        FLAG_DISTANCE = 1 << 1,
        FLAG_RUNNING = 1 << 2, /* 1 running, 0 walking */
        FLAGS_KNOWN = FLAG_LENGTH | FLAG_DISTANCE | FLAG_RUNNING,
};

typedef struct Measurement {
        uint8_t flags;
        uint16_t speed_256;
        uint8_t cadence;
        uint16_t length_cm;
        uint32_t distance_dm;
} Measurement;

static int read_measurement(const void *data, size_t size, Measurement *ret, PodValues *values)
{
        ByteReader r = byte_reader(data, size);

        if (size < 4)
                return pod_refuse(values, "too short: %zu octets, 4 are needed", size);
        ret->flags = read_u8(&r);
        ret->speed_256 = read_u16(&r);
        ret->cadence = read_u8(&r);
        ret->length_cm = ret->flags & FLAG_LENGTH ? read_u16(&r) : 0;
        ret->distance_dm = ret->flags & FLAG_DISTANCE ? read_u32(&r) : 0;
        if (r.overrun)
                return pod_refuse(values, "flags promise%s%s%s, data ends early",
                                  ret->flags & FLAG_LENGTH ? " stride length" : "",
                                  (ret->flags & 3) == 3 ? " and" : "",
                                  ret->flags & FLAG_DISTANCE ? " total distance" : "");
        return packet_end(&r, values);
}

static int describe_measurement(const void *data, size_t size, PodValues *ret)
{
        Measurement m = {0};
        int r = read_measurement(data, size, &m, ret);

        if (r < 0)
                return r;
        pod_add_integer(ret, "flags", m.flags);
        pod_add_real(ret, "speed_mps", m.speed_256 / 256.0);
        pod_add_integer(ret, "cadence", m.cadence);
        pod_add_boolean(ret, "running", m.flags & FLAG_RUNNING);
        if (m.flags & FLAG_LENGTH)
                pod_add_real(ret, "stride_length_m", m.length_cm / 100.0);
        else
                pod_add_null(ret, "stride_length_m");
        if (m.flags & FLAG_DISTANCE)
                pod_add_real(ret, "total_distance_m", m.distance_dm / 10.0);
        else
                pod_add_null(ret, "total_distance_m");
        packet_reserved(ret, m.flags, FLAGS_KNOWN);
        return 0;
}

static int sample_measurement(const void *data, size_t size, Record *ret)
{
        PodValues values = {0};
        Measurement m = {0};
        int r = read_measurement(data, size, &m, &values);

        if (r < 0)
                return r;
        ret->kind = RECORD_SAMPLE;
        fields_set_null(record_fields(RECORD_SAMPLE), ret);
        ret->sample.n_rr = 0;
        ret->sample.characteristic = 0x2A53;
        ret->sample.speed_256 = m.speed_256;
        ret->sample.cadence_raw = m.cadence;
        ret->sample.running = !!(m.flags & FLAG_RUNNING);
        if (m.flags & FLAG_LENGTH)
                ret->sample.stride_length_cm = m.length_cm;
        if (m.flags & FLAG_DISTANCE)
                ret->sample.total_distance_dm = m.distance_dm;
        return 1;
}

static int describe_feature(const void *data, size_t size, PodValues *ret)
{
        static const char *const names[] = {"stride_length", "total_distance", "walk_run_status",
                                            "calibration", "multiple_locations"};
        ByteReader r = byte_reader(data, size);
        uint16_t features = read_u16(&r);
        int end = packet_end(&r, ret);

        if (end < 0)
                return end;
        pod_add_integer(ret, "features", features);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                pod_add_boolean(ret, names[i], features >> i & 1);
        packet_reserved(ret, features, (1u << ARRAY_SIZE(names)) - 1);
        return 0;
}

static int describe_location(const void *data, size_t size, PodValues *ret)
{
        static const char *const names[] = {
                "other", "top of shoe", "in shoe", "hip", "front wheel", "left crank",
                "right crank", "left pedal", "right pedal", "front hub", "rear dropout",
                "chainstay", "rear wheel", "rear hub", "chest", "spider", "chain ring",
        };
        ByteReader r = byte_reader(data, size);
        uint8_t location = read_u8(&r);
        int end = packet_end(&r, ret);

        if (end < 0)
                return end;
        pod_add_integer(ret, "location", location);
        pod_add_text(ret, "location_name",
                     location < ARRAY_SIZE(names) ? names[location] : "reserved");
        return 0;
}

static const PodCharacteristic characteristics[] = {
        {SIG_UUID("2a53"), POD_NOTIFY, describe_measurement, sample_measurement},
        {SIG_UUID("2a54"), POD_READ, describe_feature, NULL},
        {SIG_UUID("2a5d"), POD_READ, describe_location, NULL},
};

extern const PodDriver pod_rsc;
const PodDriver pod_rsc = {
        .name = "rsc",
        .title = "Running Speed and Cadence",
        .service_uuid = SIG_UUID("1814"),
        .characteristics = characteristics,
        .n_characteristics = ARRAY_SIZE(characteristics),
};
