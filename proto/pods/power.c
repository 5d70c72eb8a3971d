/* Cycling Power, service 0x1818 (Bluetooth SIG, CPS 1.1), as running pods send it: power in
 * watt. The bicycle's fields are read so that a packet with them is understood to its end. */
#include "proto/pods/packet.h"

enum {
        FLAG_BALANCE = 1 << 0,
        FLAG_BALANCE_LEFT = 1 << 1, /* the balance counts from the left pedal */
        FLAG_TORQUE = 1 << 2,
        FLAG_TORQUE_CRANK = 1 << 3, /* the torque is the crank's, not the wheel's */
        FLAG_WHEEL = 1 << 4,
        FLAG_CRANK = 1 << 5,
        FLAG_FORCES = 1 << 6,
        FLAG_TORQUES = 1 << 7,
        FLAG_ANGLES = 1 << 8,
        FLAG_TOP_DEAD_SPOT = 1 << 9,
        FLAG_BOTTOM_DEAD_SPOT = 1 << 10,
        FLAG_ENERGY = 1 << 11,
        FLAG_OFFSET_COMPENSATION = 1 << 12,
        FLAGS_KNOWN = 0x1FFF,
};

/* Extreme angles are two 12-bit numbers in three octets, the maximum first. */
static void add_angles(ByteReader *r, PodValues *values)
{
        uint32_t both = read_u24(r);

        pod_add_integer(values, "max_angle_deg", both & 0xFFF);
        pod_add_integer(values, "min_angle_deg", both >> 12);
}

#define BALANCE_UNKNOWN 0xFF

/* In halves of a per cent. */
static void add_balance(uint8_t halves, PodValues *values)
{
        if (halves == BALANCE_UNKNOWN)
                pod_add_null(values, "balance_pct");
        else
                pod_add_real(values, "balance_pct", halves / 2.0);
}

static void add_optional(ByteReader *r, uint16_t flags, PodValues *values)
{
        if (flags & FLAG_BALANCE) {
                add_balance(read_u8(r), values);
                if (flags & FLAG_BALANCE_LEFT)
                        pod_add_text(values, "balance_reference", "left");
        }
        if (flags & FLAG_TORQUE)
                pod_add_integer(values, "accumulated_torque_raw", read_u16(r)); /* 1/32 N·m */
        if (flags & FLAG_WHEEL) {
                pod_add_integer(values, "wheel_revs", read_u32(r));
                pod_add_integer(values, "wheel_event_2048", read_u16(r));
        }
        if (flags & FLAG_CRANK) {
                pod_add_integer(values, "crank_revs", read_u16(r));
                pod_add_integer(values, "crank_event_1024", read_u16(r));
        }
        if (flags & FLAG_FORCES) {
                pod_add_integer(values, "max_force_n", read_i16(r));
                pod_add_integer(values, "min_force_n", read_i16(r));
        }
        if (flags & FLAG_TORQUES) {
                pod_add_integer(values, "max_torque_raw", read_i16(r)); /* 1/32 N·m */
                pod_add_integer(values, "min_torque_raw", read_i16(r));
        }
        if (flags & FLAG_ANGLES)
                add_angles(r, values);
        if (flags & FLAG_TOP_DEAD_SPOT)
                pod_add_integer(values, "top_dead_spot_deg", read_u16(r));
        if (flags & FLAG_BOTTOM_DEAD_SPOT)
                pod_add_integer(values, "bottom_dead_spot_deg", read_u16(r));
        if (flags & FLAG_ENERGY)
                pod_add_integer(values, "energy_kj", read_u16(r));
        if (flags & FLAG_OFFSET_COMPENSATION)
                pod_add_boolean(values, "offset_compensation", true);
}

static int describe_measurement(const void *data, size_t size, PodValues *ret)
{
        ByteReader r = byte_reader(data, size);
        uint16_t flags;

        if (size < 4)
                return pod_refuse(ret, "too short: %zu octets, 4 are needed", size);
        flags = read_u16(&r);
        pod_add_integer(ret, "flags", flags);
        pod_add_integer(ret, "power_w", read_i16(&r));
        add_optional(&r, flags, ret);
        packet_reserved(ret, flags, FLAGS_KNOWN);
        return packet_end(&r, ret);
}

static int sample_measurement(const void *data, size_t size, Record *ret)
{
        PodValues values = {0};
        int r = describe_measurement(data, size, &values);

        if (r < 0)
                return r;
        ret->kind = RECORD_SAMPLE;
        fields_set_null(record_fields(RECORD_SAMPLE), ret);
        ret->sample.n_rr = 0;
        ret->sample.characteristic = 0x2A63;
        ret->sample.power_w = values.list[1].integer;
        return 1;
}

static const PodCharacteristic characteristics[] = {
        {SIG_UUID("2a63"), POD_NOTIFY, describe_measurement, sample_measurement},
};

extern const PodDriver pod_power;
const PodDriver pod_power = {
        .name = "power",
        .title = "Running power (Cycling Power)",
        .service_uuid = SIG_UUID("1818"),
        .characteristics = characteristics,
        .n_characteristics = ARRAY_SIZE(characteristics),
};
