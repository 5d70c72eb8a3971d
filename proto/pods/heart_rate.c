/* Heart Rate, service 0x180D (Bluetooth SIG, HRS 1.0). */
#include "proto/pods/packet.h"

enum {
        FLAG_WIDE = 1 << 0,              /* rate as u16 */
        FLAG_CONTACT = 1 << 1,           /* means nothing without … */
        FLAG_CONTACT_SUPPORTED = 1 << 2, /* … this */
        FLAG_ENERGY = 1 << 3,
        FLAG_RR = 1 << 4,
        FLAGS_KNOWN = 0x1F,
};

#define RR_PACKET_MAX 255 /* an attribute has at most 512 octets, flags and a rate before them */

typedef struct Measurement {
        uint8_t flags;
        uint16_t rate_bpm;
        uint16_t energy_kj;
        int64_t rr_1024[RR_PACKET_MAX];
        size_t n_rr;
} Measurement;

static int read_measurement(const void *data, size_t size, Measurement *ret, PodValues *values)
{
        ByteReader r = byte_reader(data, size);

        if (size < 2)
                return pod_refuse(values, "too short: %zu octets, 2 are needed", size);
        ret->flags = read_u8(&r);
        ret->rate_bpm = ret->flags & FLAG_WIDE ? read_u16(&r) : read_u8(&r);
        if (ret->flags & FLAG_ENERGY)
                ret->energy_kj = read_u16(&r);
        if (ret->flags & FLAG_RR) {
                while (!r.overrun && bytes_left(&r) > 0) {
                        uint16_t interval = read_u16(&r);

                        if (ret->n_rr == ARRAY_SIZE(ret->rr_1024))
                                return pod_refuse(values, "more than %zu RR intervals",
                                                  ARRAY_SIZE(ret->rr_1024));
                        ret->rr_1024[ret->n_rr++] = interval;
                }
        }
        return packet_end(&r, values);
}

static int describe_measurement(const void *data, size_t size, PodValues *ret)
{
        Measurement m = {0};
        int r = read_measurement(data, size, &m, ret);

        if (r < 0)
                return r;
        pod_add_integer(ret, "flags", m.flags);
        pod_add_integer(ret, "heart_rate_bpm", m.rate_bpm);
        pod_add_boolean(ret, "contact_supported", m.flags & FLAG_CONTACT_SUPPORTED);
        if (m.flags & FLAG_CONTACT_SUPPORTED)
                pod_add_boolean(ret, "contact", m.flags & FLAG_CONTACT);
        else
                pod_add_null(ret, "contact");
        if (m.flags & FLAG_ENERGY)
                pod_add_integer(ret, "energy_kj", m.energy_kj);
        else
                pod_add_null(ret, "energy_kj");
        pod_add_list(ret, "rr_1024", m.rr_1024, m.n_rr);
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
        ret->sample.characteristic = 0x2A37;
        ret->sample.heart_rate_bpm = m.rate_bpm;
        /* A 20-octet packet holds at most 9; of a longer one the oldest are kept. */
        ret->sample.n_rr = m.n_rr < RR_MAX ? (int64_t)m.n_rr : RR_MAX;
        for (int64_t i = 0; i < ret->sample.n_rr; i++)
                ret->sample.rr_1024[i] = m.rr_1024[i];
        return 1;
}

static int describe_location(const void *data, size_t size, PodValues *ret)
{
        static const char *const names[] = {"other", "chest", "wrist", "finger",
                                            "hand", "ear lobe", "foot"};
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
        {SIG_UUID("2a37"), POD_NOTIFY, describe_measurement, sample_measurement},
        {SIG_UUID("2a38"), POD_READ, describe_location, NULL},
};

extern const PodDriver pod_heart_rate;
const PodDriver pod_heart_rate = {
        .name = "heart_rate",
        .title = "Heart Rate",
        .service_uuid = SIG_UUID("180d"),
        .is_beside_others = true,
        .characteristics = characteristics,
        .n_characteristics = ARRAY_SIZE(characteristics),
};
