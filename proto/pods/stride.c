/* Our own Stride Service: pods with memory. The conversation is daemon/ble's; here is what
 * one packet of each characteristic says. */
#include "proto/pods/packet.h"
#include "proto/stride-service.h"

#define FEATURES_KNOWN 0x1FF

static int describe_feature(const void *data, size_t size, PodValues *ret)
{
        StrideFeature feature;

        if (stride_feature_decode(data, size, &feature) < 0)
                return pod_refuse(ret, "too short: %zu octets, 12 are needed", size);
        if (feature.major != STRIDE_VERSION_MAJOR)
                return pod_refuse(ret, "major version %u: this service has version %u only, another one "
                                       "has another UUID",
                                  feature.major, STRIDE_VERSION_MAJOR);
        if (feature.tick_hz != TICK_HZ)
                return pod_refuse(ret, "tick rate %u Hz: it is 1024 in version 1", feature.tick_hz);
        pod_add_integer(ret, "major", feature.major);
        pod_add_integer(ret, "minor", feature.minor);
        pod_add_integer(ret, "features", feature.features);
        pod_add_integer(ret, "tick_hz", feature.tick_hz);
        pod_add_integer(ret, "capacity", feature.capacity);
        packet_reserved(ret, feature.features, FEATURES_KNOWN);
        return 0;
}

/* Bits of a kind's flags that mean something; of other kinds we do not know any. */
static const struct {
        int kind;
        uint32_t known;
} flags_known[] = {
        {RECORD_STRIDE, 0xFF}, {RECORD_ANCHOR, 0x03},        {RECORD_BOOT, 0x0F},
        {RECORD_LOST, 0xFF},   {RECORD_CONFIGURATION, 0x00}, {RECORD_BATTERY, 0x00},
        {RECORD_POSTURE_EPOCH, 0x3F},  {RECORD_EXERCISE_EVENT, 0x0F},
        {RECORD_MOVEMENT_TRIAL, 0x0D}, {RECORD_CALIBRATION, 0x07},
};

/* Of a trunk stride's, by its part. */
static const uint32_t trunk_known[] = {0xFF, 0x1F, 0xFF, 0x0F};

static void add_reserved(PodValues *values, const Record *record)
{
        if (record->kind == RECORD_TRUNK_STRIDE)
                packet_reserved(values, record->body[0], trunk_known[record->trunk.part]);
        for (size_t i = 0; i < ARRAY_SIZE(flags_known); i++) {
                if (flags_known[i].kind == record->kind)
                        packet_reserved(values, record->body[0], flags_known[i].known);
        }
}

static void add_fields(PodValues *values, const Record *record)
{
        const FieldTable *table = record_fields(record->kind);

        for (size_t i = 0; table && i < table->n_fields; i++) {
                const Field *field = &table->fields[i];

                if (field_is_null(field, record))
                        pod_add_null(values, field->path);
                else if (field->type == FIELD_BOOLEAN)
                        pod_add_boolean(values, field->path, *field_integer(field, record));
                else
                        pod_add_integer(values, field->path, *field_integer(field, record));
        }
}

/* The first record in full, and how many the packet holds. */
static int describe_records(const void *data, size_t size, PodValues *ret)
{
        StridePacket packet;
        Record record;
        int64_t n_records = 0;
        int r = stride_packet_begin(&packet, data, size);

        while (r >= 0) {
                r = stride_packet_next(&packet, UINT16_MAX, &record);
                if (r == 2)
                        return pod_refuse(ret, "record %lld: %s", (long long)n_records + 1, packet.why);
                if (r <= 0)
                        break;
                if (record.kind == RECORD_BATTERY && record.battery.level_pct > 100)
                        return pod_refuse(ret, "record %lld: battery level %lld is above 100 per cent",
                                          (long long)n_records + 1,
                                          (long long)record.battery.level_pct);
                if (n_records++ > 0)
                        continue;
                pod_add_text(ret, "kind", record_kind_name(record.kind));
                pod_add_integer(ret, "kind_number", record.kind);
                pod_add_boolean(ret, "from_store", record.from_store);
                pod_add_integer(ret, "epoch_low", record.epoch);
                pod_add_integer(ret, "seq", record.seq);
                pod_add_integer(ret, "tick", record.tick);
                add_fields(ret, &record);
                add_reserved(ret, &record);
        }
        if (r < 0)
                return pod_refuse(ret, "record %lld: %s", (long long)n_records + 1, packet.why);
        pod_add_integer(ret, "records", n_records);
        return 0;
}

static int describe_control(const void *data, size_t size, PodValues *ret)
{
        StrideResponse response;

        if (stride_response_decode(data, size, &response) < 0)
                return pod_refuse(ret, "not an answer of the control point");
        pod_add_integer(ret, "opcode", response.opcode);
        pod_add_integer(ret, "status", response.status);
        pod_add_text(ret, "status_name", stride_status_name(response.status));
        return 0;
}

static const PodCharacteristic characteristics[] = {
        {STRIDE_FEATURE_UUID, POD_READ, describe_feature, NULL},
        {STRIDE_RECORDS_UUID, POD_NOTIFY, describe_records, NULL},
        {STRIDE_CONTROL_UUID, POD_INDICATE, describe_control, NULL},
};

extern const PodDriver pod_stride;
const PodDriver pod_stride = {
        .name = "stride",
        .title = "Stride Service",
        .service_uuid = STRIDE_SERVICE_UUID,
        .has_memory = true,
        .needs_bond = true,
        .characteristics = characteristics,
        .n_characteristics = ARRAY_SIZE(characteristics),
};
