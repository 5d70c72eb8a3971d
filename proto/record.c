#include "proto/record.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

/* Bits of a stride's flags, see stride-service.md. */
enum {
        STRIDE_CONTACT_VALID = 1 << 0,
        STRIDE_LENGTH_VALID = 1 << 1,
        STRIDE_IMPACT_VALID = 1 << 2,
        STRIDE_CLIPPED = 1 << 3,
        STRIDE_RUNNING = 1 << 4,
        STRIDE_QUALITY_SHIFT = 5,
        STRIDE_AFTER_PAUSE = 1 << 7,
};

#define IMPACT_STEP_MG 125 /* 1/8 g */

/* Bits of a sample body's presence mask. */
enum {
        SAMPLE_SPEED = 1 << 0,
        SAMPLE_CADENCE = 1 << 1,
        SAMPLE_LENGTH = 1 << 2,
        SAMPLE_DISTANCE = 1 << 3,
        SAMPLE_RUNNING_KNOWN = 1 << 4,
        SAMPLE_RUNNING = 1 << 5,
        SAMPLE_HEART_RATE = 1 << 6,
        SAMPLE_POWER = 1 << 7,
};

static int decode_stride(uint8_t flags, ByteReader *r, Record *record)
{
        Stride *stride = &record->stride;
        uint16_t contact, length;
        uint8_t impact;

        stride->stride_time_1024 = read_u16(r);
        contact = read_u16(r);
        length = read_u16(r);
        impact = read_u8(r);
        stride->contact_time_1024 = flags & STRIDE_CONTACT_VALID ? contact : NULL_INTEGER;
        stride->stride_length_mm = flags & STRIDE_LENGTH_VALID ? length : NULL_INTEGER;
        stride->peak_impact_mg =
                flags & STRIDE_IMPACT_VALID ? impact * IMPACT_STEP_MG : NULL_INTEGER;
        stride->clipped = !!(flags & STRIDE_CLIPPED);
        stride->running = !!(flags & STRIDE_RUNNING);
        stride->quality = flags >> STRIDE_QUALITY_SHIFT & 3;
        stride->after_pause = !!(flags & STRIDE_AFTER_PAUSE);
        return 0;
}

static int decode_body(Record *record, uint8_t flags, ByteReader *r)
{
        switch (record->kind) {
        case RECORD_STRIDE:
                return decode_stride(flags, r, record);
        case RECORD_ANCHOR:
                record->anchor.clock_quality = flags & 3;
                record->anchor.utc_ms = read_i64(r);
                return 0;
        case RECORD_BOOT:
                record->boot.reset_cause = flags & 15;
                record->boot.previous_epoch = read_u32(r);
                record->boot.previous_last_seq = read_u32(r);
                return 0;
        case RECORD_LOST:
                record->lost.reason = flags;
                record->lost.last_seq = read_u32(r);
                return 0;
        case RECORD_CONFIGURATION:
                record->configuration.placement = read_u8(r);
                return 0;
        case RECORD_BATTERY:
                record->battery.level_pct = read_u8(r);
                return 0;
        default:
                return 1;
        }
}

static int decode_sample(Record *record)
{
        ByteReader r = byte_reader(record->body, record->body_size);
        Sample *sample = &record->sample;
        uint8_t present;

        fields_set_null(record_fields(RECORD_SAMPLE), record);
        sample->characteristic = read_u16(&r);
        present = read_u8(&r);
        if (present & SAMPLE_SPEED)
                sample->speed_256 = read_u16(&r);
        if (present & SAMPLE_CADENCE)
                sample->cadence_raw = read_u8(&r);
        if (present & SAMPLE_LENGTH)
                sample->stride_length_cm = read_u16(&r);
        if (present & SAMPLE_DISTANCE)
                sample->total_distance_dm = read_u32(&r);
        if (present & SAMPLE_RUNNING_KNOWN)
                sample->running = !!(present & SAMPLE_RUNNING);
        if (present & SAMPLE_HEART_RATE)
                sample->heart_rate_bpm = read_u16(&r);
        if (present & SAMPLE_POWER)
                sample->power_w = read_i16(&r);
        sample->n_rr = read_u8(&r);
        if (sample->n_rr > RR_MAX)
                return -EBADMSG;
        for (int64_t i = 0; i < sample->n_rr; i++)
                sample->rr_1024[i] = read_u16(&r);
        return r.overrun ? -EBADMSG : 0;
}

int record_decode(Record *record)
{
        ByteReader r = byte_reader(record->body, record->body_size);
        uint8_t flags;
        int known;

        if (record->kind == RECORD_SAMPLE)
                return decode_sample(record);
        flags = read_u8(&r);
        record->tick = read_u32(&r);
        if (r.overrun)
                record->tick = 0;
        known = decode_body(record, flags, &r);
        if (known == 1)
                return 1;
        return r.overrun ? -EBADMSG : 0;
}

/* ---- writing ---- */

static bool fits(int64_t value, int64_t max)
{
        return value >= 0 && value <= max;
}

static int encode_stride(const Stride *stride, int64_t tick, ByteWriter *w)
{
        bool contact = stride->contact_time_1024 != NULL_INTEGER;
        bool length = stride->stride_length_mm != NULL_INTEGER;
        bool impact = stride->peak_impact_mg != NULL_INTEGER;

        if (!fits(stride->stride_time_1024, UINT16_MAX) || !fits(stride->quality, 3) ||
            (contact && !fits(stride->contact_time_1024, UINT16_MAX)) ||
            (length && !fits(stride->stride_length_mm, UINT16_MAX)) ||
            (impact && (!fits(stride->peak_impact_mg, UINT8_MAX * IMPACT_STEP_MG) ||
                        stride->peak_impact_mg % IMPACT_STEP_MG != 0)))
                return -ERANGE;
        write_u8(w, (uint8_t)((contact ? STRIDE_CONTACT_VALID : 0) |
                              (length ? STRIDE_LENGTH_VALID : 0) |
                              (impact ? STRIDE_IMPACT_VALID : 0) |
                              (stride->clipped ? STRIDE_CLIPPED : 0) |
                              (stride->running ? STRIDE_RUNNING : 0) |
                              stride->quality << STRIDE_QUALITY_SHIFT |
                              (stride->after_pause ? STRIDE_AFTER_PAUSE : 0)));
        write_u32(w, (uint32_t)tick);
        write_u16(w, (uint16_t)stride->stride_time_1024);
        write_u16(w, contact ? (uint16_t)stride->contact_time_1024 : 0);
        write_u16(w, length ? (uint16_t)stride->stride_length_mm : 0);
        write_u8(w, impact ? (uint8_t)(stride->peak_impact_mg / IMPACT_STEP_MG) : 0);
        return 0;
}

static int encode_sample(const Sample *sample, ByteWriter *w)
{
        struct {
                int64_t value;
                int64_t max;
                int bit;
                int size;
        } optional[] = {
                {sample->speed_256, UINT16_MAX, SAMPLE_SPEED, 2},
                {sample->cadence_raw, UINT8_MAX, SAMPLE_CADENCE, 1},
                {sample->stride_length_cm, UINT16_MAX, SAMPLE_LENGTH, 2},
                {sample->total_distance_dm, UINT32_MAX, SAMPLE_DISTANCE, 4},
                {sample->heart_rate_bpm, UINT16_MAX, SAMPLE_HEART_RATE, 2},
        };
        uint8_t present = 0;

        for (size_t i = 0; i < ARRAY_SIZE(optional); i++) {
                if (optional[i].value == NULL_INTEGER)
                        continue;
                if (!fits(optional[i].value, optional[i].max))
                        return -ERANGE;
                present |= (uint8_t)optional[i].bit;
        }
        if (sample->running != NULL_INTEGER)
                present |= sample->running ? SAMPLE_RUNNING_KNOWN | SAMPLE_RUNNING
                                           : SAMPLE_RUNNING_KNOWN;
        if (sample->power_w != NULL_INTEGER) {
                if (sample->power_w < INT16_MIN || sample->power_w > INT16_MAX)
                        return -ERANGE;
                present |= SAMPLE_POWER;
        }
        if (!fits(sample->characteristic, UINT16_MAX) || !fits(sample->n_rr, RR_MAX))
                return -ERANGE;
        write_u16(w, (uint16_t)sample->characteristic);
        write_u8(w, present);
        for (size_t i = 0; i < ARRAY_SIZE(optional); i++) {
                uint32_t value = (uint32_t)optional[i].value;

                if (!(present & optional[i].bit))
                        continue;
                if (optional[i].size == 1)
                        write_u8(w, (uint8_t)value);
                else if (optional[i].size == 2)
                        write_u16(w, (uint16_t)value);
                else
                        write_u32(w, value);
        }
        if (present & SAMPLE_POWER)
                write_u16(w, (uint16_t)sample->power_w);
        write_u8(w, (uint8_t)sample->n_rr);
        for (int64_t i = 0; i < sample->n_rr; i++) {
                if (!fits(sample->rr_1024[i], UINT16_MAX))
                        return -ERANGE;
                write_u16(w, (uint16_t)sample->rr_1024[i]);
        }
        return 0;
}

static void write_head(ByteWriter *w, int64_t flags, int64_t tick)
{
        write_u8(w, (uint8_t)flags);
        write_u32(w, (uint32_t)tick);
}

static int encode_other(const Record *record, ByteWriter *w)
{
        switch (record->kind) {
        case RECORD_ANCHOR:
                if (!fits(record->anchor.clock_quality, 3))
                        return -ERANGE;
                write_head(w, record->anchor.clock_quality, record->tick);
                write_u64(w, (uint64_t)record->anchor.utc_ms);
                return 0;
        case RECORD_BOOT:
                if (!fits(record->boot.reset_cause, 15) ||
                    !fits(record->boot.previous_epoch, UINT32_MAX) ||
                    !fits(record->boot.previous_last_seq, UINT32_MAX))
                        return -ERANGE;
                write_head(w, record->boot.reset_cause, record->tick);
                write_u32(w, (uint32_t)record->boot.previous_epoch);
                write_u32(w, (uint32_t)record->boot.previous_last_seq);
                return 0;
        case RECORD_LOST:
                if (!fits(record->lost.reason, UINT8_MAX) ||
                    !fits(record->lost.last_seq, UINT32_MAX))
                        return -ERANGE;
                write_head(w, record->lost.reason, record->tick);
                write_u32(w, (uint32_t)record->lost.last_seq);
                return 0;
        case RECORD_CONFIGURATION:
        case RECORD_BATTERY:
                if (!fits(record->battery.level_pct, UINT8_MAX))
                        return -ERANGE;
                write_head(w, 0, record->tick);
                write_u8(w, (uint8_t)record->battery.level_pct);
                return 0;
        default:
                return -EINVAL;
        }
}

int record_encode(Record *record)
{
        uint8_t body[RECORD_BODY_MAX];
        ByteWriter w = byte_writer(body, sizeof(body));
        int r;

        if (record->kind != RECORD_SAMPLE && !fits(record->tick, UINT32_MAX))
                return -ERANGE;
        if (record->kind == RECORD_STRIDE)
                r = encode_stride(&record->stride, record->tick, &w);
        else if (record->kind == RECORD_SAMPLE)
                r = encode_sample(&record->sample, &w);
        else
                r = encode_other(record, &w);
        if (r < 0)
                return r;
        memcpy(record->body, body, w.size);
        record->body_size = w.size;
        return 0;
}

/* ---- names and tables ---- */

static const Field stride_fields[] = {
        FIELD(FIELD_INTEGER, Record, stride.stride_time_1024, "stride_time_1024"),
        FIELD(FIELD_INTEGER, Record, stride.contact_time_1024, "contact_time_1024"),
        FIELD(FIELD_INTEGER, Record, stride.stride_length_mm, "stride_length_mm"),
        FIELD(FIELD_INTEGER, Record, stride.peak_impact_mg, "peak_impact_mg"),
        FIELD(FIELD_BOOLEAN, Record, stride.clipped, "clipped"),
        FIELD(FIELD_BOOLEAN, Record, stride.running, "running"),
        FIELD(FIELD_INTEGER, Record, stride.quality, "quality"),
        FIELD(FIELD_BOOLEAN, Record, stride.after_pause, "after_pause"),
};

static const Field anchor_fields[] = {
        FIELD(FIELD_INTEGER, Record, anchor.utc_ms, "utc_ms"),
        FIELD(FIELD_INTEGER, Record, anchor.clock_quality, "clock_quality"),
};

static const Field boot_fields[] = {
        FIELD(FIELD_INTEGER, Record, boot.reset_cause, "reset_cause"),
        FIELD(FIELD_INTEGER, Record, boot.previous_epoch, "previous_epoch"),
        FIELD(FIELD_INTEGER, Record, boot.previous_last_seq, "previous_last_seq"),
};

static const Field lost_fields[] = {
        FIELD(FIELD_INTEGER, Record, lost.last_seq, "last_seq"),
        FIELD(FIELD_INTEGER, Record, lost.reason, "reason"),
};

static const Field configuration_fields[] = {
        FIELD(FIELD_INTEGER, Record, configuration.placement, "configured_placement"),
};

static const Field battery_fields[] = {
        FIELD(FIELD_INTEGER, Record, battery.level_pct, "level_pct"),
};

static const Field sample_fields[] = {
        FIELD(FIELD_INTEGER, Record, sample.characteristic, "characteristic"),
        FIELD(FIELD_INTEGER, Record, sample.speed_256, "speed_256"),
        FIELD(FIELD_INTEGER, Record, sample.cadence_raw, "cadence_raw"),
        FIELD(FIELD_INTEGER, Record, sample.stride_length_cm, "stride_length_cm"),
        FIELD(FIELD_INTEGER, Record, sample.total_distance_dm, "total_distance_dm"),
        FIELD(FIELD_BOOLEAN, Record, sample.running, "running"),
        FIELD(FIELD_INTEGER, Record, sample.heart_rate_bpm, "heart_rate_bpm"),
        FIELD(FIELD_INTEGER, Record, sample.power_w, "power_w"),
};

static const struct {
        int kind;
        FieldTable table;
} kinds[] = {
#define KIND(kind_, name_, list) {kind_, {.name = name_, .fields = list, .n_fields = ARRAY_SIZE(list)}}
        KIND(RECORD_STRIDE, "stride", stride_fields),
        KIND(RECORD_ANCHOR, "anchor", anchor_fields),
        KIND(RECORD_BOOT, "boot", boot_fields),
        KIND(RECORD_LOST, "lost", lost_fields),
        KIND(RECORD_CONFIGURATION, "configuration", configuration_fields),
        KIND(RECORD_BATTERY, "battery", battery_fields),
        KIND(RECORD_SAMPLE, "sample", sample_fields),
#undef KIND
};

const FieldTable *record_fields(int kind)
{
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                if (kinds[i].kind == kind)
                        return &kinds[i].table;
        }
        return NULL;
}

const char *lost_reason_name(int64_t reason)
{
        static const char *const names[] = {[LOST_OVERWRITTEN] = "overwritten",
                                            [LOST_CORRUPT] = "corrupt",
                                            [LOST_ERASED] = "erased"};

        return reason > 0 && (size_t)reason < ARRAY_SIZE(names) ? names[reason] : "unknown";
}

const char *record_kind_name(int kind)
{
        const FieldTable *table = record_fields(kind);

        return table ? table->name : "unknown";
}

static const char *const placement_names[PLACEMENT_COUNT] = {
        [PLACEMENT_NONE] = "none",
        [PLACEMENT_LEFT_FOOT] = "left-foot",
        [PLACEMENT_RIGHT_FOOT] = "right-foot",
        [PLACEMENT_SACRUM] = "sacrum",
        [PLACEMENT_THORACOLUMBAR] = "thoracolumbar",
        [PLACEMENT_LEFT_THIGH] = "left-thigh",
        [PLACEMENT_RIGHT_THIGH] = "right-thigh",
        [PLACEMENT_CHEST] = "chest",
};

const char *placement_name(Placement placement)
{
        return (unsigned)placement < PLACEMENT_COUNT ? placement_names[placement] : "none";
}

int placement_parse(const char *name, Placement *ret)
{
        for (Placement p = PLACEMENT_LEFT_FOOT; p < PLACEMENT_COUNT; p++) {
                if (strcmp(placement_names[p], name) == 0) {
                        *ret = p;
                        return 0;
                }
        }
        return -EINVAL;
}
