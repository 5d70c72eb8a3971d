#include "proto/segment-codec.h"

#include <errno.h>

/* Bits of flags, see stride-service.md 5.9 to 5.12. */
enum {
        TRUNK_PART = 3,
        TRUNK_RUNNING = 1 << 2,
        TRUNK_GOOD = 1 << 3,
        TRUNK_VALID_1 = 1 << 4, /* pitch; curve; contacts */
        TRUNK_VALID_2 = 1 << 5, /* obliquity; –; drops */
        TRUNK_VALID_3 = 1 << 6, /* rotation; –; oscillation */
        TRUNK_BIT_7 = 1 << 7,   /* after a pause; –; braking */
        POSTURE_ACCELERATION = 1 << 0,
        POSTURE_TURN_RATE = 1 << 1,
        POSTURE_WORN = 1 << 2,
        POSTURE_DURATION_SHIFT = 3,
        EVENT_VALID_1 = 1 << 0, /* lift; pitch */
        EVENT_VALID_2 = 1 << 1, /* hold */
        EVENT_SIDE_SHIFT = 2,
        CALIBRATION_VALID = 1 << 0,
        CALIBRATION_OF_SHIFT = 1,
};

#define RANGE_STEP_DEG10 2
#define CURVE_STEP_DEG10 5
#define BRAKING_STEP_MG  125
#define DEVIATION_STEP_MG 10
#define EVENT_STEP_MS    10
#define CALIBRATION_STEP_MS 100

static const uint16_t posture_durations_ms[] = {250, 500, 1000, 2000, 5000, 15000, 30000, 60000};

/* ---- one value: step and bounds, or null ---- */

static bool is_null(int64_t value)
{
        return value == NULL_INTEGER;
}

static int64_t or_null(bool valid, int64_t value)
{
        return valid ? value : NULL_INTEGER;
}

/* Null is written as 0. False: it does not fit. */
static bool in_steps(int64_t value, int64_t step, int64_t min, int64_t max, int64_t *ret)
{
        if (is_null(value)) {
                *ret = 0;
                return true;
        }
        *ret = value / step;
        return value % step == 0 && *ret >= min && *ret <= max;
}

static bool write_octet(ByteWriter *w, int64_t value, int64_t step, int64_t min, int64_t max)
{
        int64_t steps;
        bool fits = in_steps(value, step, min, max, &steps);

        write_u8(w, (uint8_t)steps);
        return fits;
}

static bool write_word(ByteWriter *w, int64_t value, int64_t step, int64_t min, int64_t max)
{
        int64_t steps;
        bool fits = in_steps(value, step, min, max, &steps);

        write_u16(w, (uint16_t)steps);
        return fits;
}

static void write_begin(ByteWriter *w, int flags, int64_t tick)
{
        write_u8(w, (uint8_t)flags);
        write_u32(w, (uint32_t)tick);
}

/* ---- trunk stride ---- */

static void decode_pose(TrunkStride *trunk, uint8_t flags, ByteReader *r)
{
        int16_t mean;
        uint16_t range;
        uint8_t obliquity, rotation;

        trunk->stride_time_1024 = read_u16(r);
        mean = read_i16(r);
        range = read_u16(r);
        obliquity = read_u8(r);
        rotation = read_u8(r);
        trunk->pitch_mean_deg10 = or_null(flags & TRUNK_VALID_1, mean);
        trunk->pitch_range_deg10 = or_null(flags & TRUNK_VALID_1, range);
        trunk->obliquity_range_deg10 = or_null(flags & TRUNK_VALID_2, obliquity * RANGE_STEP_DEG10);
        trunk->rotation_range_deg10 = or_null(flags & TRUNK_VALID_3, rotation * RANGE_STEP_DEG10);
        trunk->after_pause = !!(flags & TRUNK_BIT_7);
}

static void decode_steps(TrunkStride *trunk, uint8_t flags, ByteReader *r)
{
        int64_t left = read_u16(r), right = read_u16(r), drop_left = read_u8(r);
        int64_t drop_right = read_u8(r), oscillation = read_u8(r), braking = read_u8(r);

        trunk->contact_left_1024 = or_null(flags & TRUNK_VALID_1, left);
        trunk->contact_right_1024 = or_null(flags & TRUNK_VALID_1, right);
        trunk->drop_left_deg10 = or_null(flags & TRUNK_VALID_2, drop_left);
        trunk->drop_right_deg10 = or_null(flags & TRUNK_VALID_2, drop_right);
        trunk->oscillation_mm = or_null(flags & TRUNK_VALID_3, oscillation);
        trunk->braking_mg = or_null(flags & TRUNK_BIT_7, braking * BRAKING_STEP_MG);
}

static void decode_trunk(SegmentBody *body, uint8_t flags, ByteReader *r)
{
        TrunkStride *trunk = &body->trunk;

        fields_set_null(segment_fields(SEGMENT_KIND_FIRST), body);
        trunk->part = flags & TRUNK_PART;
        trunk->running = !!(flags & TRUNK_RUNNING);
        trunk->quality = !!(flags & TRUNK_GOOD);
        if (trunk->part == TRUNK_POSE)
                decode_pose(trunk, flags, r);
        else if (trunk->part == TRUNK_STEPS)
                decode_steps(trunk, flags, r);
        else
                for (size_t i = 0; i < CURVE_POINTS; i++) {
                        int8_t steps = (int8_t)read_u8(r);

                        trunk->curve_deg10[i] = or_null(trunk->part == TRUNK_CURVE && flags & TRUNK_VALID_1,
                                                        steps * CURVE_STEP_DEG10);
                }
}

static int trunk_flags(const TrunkStride *trunk)
{
        int flags = (int)trunk->part | (trunk->running ? TRUNK_RUNNING : 0) |
                    (trunk->quality ? TRUNK_GOOD : 0);

        switch (trunk->part) {
        case TRUNK_POSE:
                return flags | (is_null(trunk->pitch_mean_deg10) ? 0 : TRUNK_VALID_1) |
                       (is_null(trunk->obliquity_range_deg10) ? 0 : TRUNK_VALID_2) |
                       (is_null(trunk->rotation_range_deg10) ? 0 : TRUNK_VALID_3) |
                       (trunk->after_pause ? TRUNK_BIT_7 : 0);
        case TRUNK_CURVE:
                return flags | (is_null(trunk->curve_deg10[0]) ? 0 : TRUNK_VALID_1);
        case TRUNK_STEPS + 1:
                return flags;
        default:
                return flags | (is_null(trunk->contact_left_1024) ? 0 : TRUNK_VALID_1) |
                       (is_null(trunk->drop_left_deg10) ? 0 : TRUNK_VALID_2) |
                       (is_null(trunk->oscillation_mm) ? 0 : TRUNK_VALID_3) |
                       (is_null(trunk->braking_mg) ? 0 : TRUNK_BIT_7);
        }
}

static bool encode_pose(const TrunkStride *trunk, ByteWriter *w)
{
        return write_word(w, trunk->stride_time_1024, 1, 0, UINT16_MAX) &&
               write_word(w, trunk->pitch_mean_deg10, 1, INT16_MIN, INT16_MAX) &&
               write_word(w, trunk->pitch_range_deg10, 1, 0, UINT16_MAX) &&
               write_octet(w, trunk->obliquity_range_deg10, RANGE_STEP_DEG10, 0, UINT8_MAX) &&
               write_octet(w, trunk->rotation_range_deg10, RANGE_STEP_DEG10, 0, UINT8_MAX) &&
               !is_null(trunk->stride_time_1024) &&
               is_null(trunk->pitch_mean_deg10) == is_null(trunk->pitch_range_deg10);
}

static bool encode_curve(const TrunkStride *trunk, ByteWriter *w)
{
        for (size_t i = 0; i < CURVE_POINTS; i++) {
                if (is_null(trunk->curve_deg10[i]) != is_null(trunk->curve_deg10[0]) ||
                    !write_octet(w, trunk->curve_deg10[i], CURVE_STEP_DEG10, INT8_MIN, INT8_MAX))
                        return false;
        }
        return true;
}

static bool encode_steps(const TrunkStride *trunk, ByteWriter *w)
{
        return write_word(w, trunk->contact_left_1024, 1, 0, UINT16_MAX) &&
               write_word(w, trunk->contact_right_1024, 1, 0, UINT16_MAX) &&
               write_octet(w, trunk->drop_left_deg10, 1, 0, UINT8_MAX) &&
               write_octet(w, trunk->drop_right_deg10, 1, 0, UINT8_MAX) &&
               write_octet(w, trunk->oscillation_mm, 1, 0, UINT8_MAX) &&
               write_octet(w, trunk->braking_mg, BRAKING_STEP_MG, 0, UINT8_MAX) &&
               is_null(trunk->contact_left_1024) == is_null(trunk->contact_right_1024) &&
               is_null(trunk->drop_left_deg10) == is_null(trunk->drop_right_deg10);
}

static bool encode_later(const TrunkStride *trunk, ByteWriter *w)
{
        static const uint8_t nothing[8];

        (void)trunk;
        write_bytes(w, nothing, sizeof(nothing));
        return true;
}

static bool encode_trunk(const SegmentBody *body, int64_t tick, ByteWriter *w)
{
        static bool (*const parts[])(const TrunkStride *trunk, ByteWriter *w) = {
                [TRUNK_POSE] = encode_pose, [TRUNK_CURVE] = encode_curve, [TRUNK_STEPS] = encode_steps,
                [TRUNK_STEPS + 1] = encode_later};
        const TrunkStride *trunk = &body->trunk;

        if (trunk->part < 0 || (size_t)trunk->part >= ARRAY_SIZE(parts))
                return false;
        write_begin(w, trunk_flags(trunk), tick);
        return parts[trunk->part](trunk, w);
}

/* ---- posture epoch and calibration: a mean acceleration ---- */

static void decode_posture(SegmentBody *body, uint8_t flags, ByteReader *r)
{
        PostureEpochRecord *posture = &body->posture;
        int64_t x = read_i16(r), y = read_i16(r), z = read_i16(r);
        int64_t deviation = read_u8(r), turn_rate = read_u8(r);
        bool valid = flags & POSTURE_ACCELERATION;

        *posture = (PostureEpochRecord){
                .worn = !!(flags & POSTURE_WORN),
                .duration_ms = posture_durations_ms[flags >> POSTURE_DURATION_SHIFT & 7],
                .acceleration_x_mg = or_null(valid, x),
                .acceleration_y_mg = or_null(valid, y),
                .acceleration_z_mg = or_null(valid, z),
                .deviation_mg = or_null(valid, deviation * DEVIATION_STEP_MG),
                .turn_rate_dps = or_null(flags & POSTURE_TURN_RATE, turn_rate),
        };
}

/* All four or none. */
static bool write_acceleration(ByteWriter *w, int64_t x, int64_t y, int64_t z, int64_t deviation)
{
        return write_word(w, x, 1, INT16_MIN, INT16_MAX) && write_word(w, y, 1, INT16_MIN, INT16_MAX) &&
               write_word(w, z, 1, INT16_MIN, INT16_MAX) &&
               write_octet(w, deviation, DEVIATION_STEP_MG, 0, UINT8_MAX) && is_null(x) == is_null(y) &&
               is_null(x) == is_null(z) && is_null(x) == is_null(deviation);
}

static bool encode_posture(const SegmentBody *body, int64_t tick, ByteWriter *w)
{
        const PostureEpochRecord *posture = &body->posture;
        int duration = 0;

        while (duration < 8 && posture_durations_ms[duration] != posture->duration_ms)
                duration++;
        write_begin(w,
                    duration << POSTURE_DURATION_SHIFT | (posture->worn ? POSTURE_WORN : 0) |
                            (is_null(posture->acceleration_x_mg) ? 0 : POSTURE_ACCELERATION) |
                            (is_null(posture->turn_rate_dps) ? 0 : POSTURE_TURN_RATE),
                    tick);
        return duration < 8 &&
               write_acceleration(w, posture->acceleration_x_mg, posture->acceleration_y_mg,
                                  posture->acceleration_z_mg, posture->deviation_mg) &&
               write_octet(w, posture->turn_rate_dps, 1, 0, UINT8_MAX);
}

static void decode_calibration(SegmentBody *body, uint8_t flags, ByteReader *r)
{
        int64_t x = read_i16(r), y = read_i16(r), z = read_i16(r);
        int64_t deviation = read_u8(r), duration = read_u8(r);
        bool valid = flags & CALIBRATION_VALID;

        body->calibration = (Calibration){
                .calibration_of = flags >> CALIBRATION_OF_SHIFT & 3,
                .duration_ms = duration * CALIBRATION_STEP_MS,
                .acceleration_x_mg = or_null(valid, x),
                .acceleration_y_mg = or_null(valid, y),
                .acceleration_z_mg = or_null(valid, z),
                .deviation_mg = or_null(valid, deviation * DEVIATION_STEP_MG),
        };
}

static bool encode_calibration(const SegmentBody *body, int64_t tick, ByteWriter *w)
{
        const Calibration *calibration = &body->calibration;

        if (calibration->calibration_of < 0 || calibration->calibration_of > 3)
                return false;
        write_begin(w,
                    (int)calibration->calibration_of << CALIBRATION_OF_SHIFT |
                            (is_null(calibration->acceleration_x_mg) ? 0 : CALIBRATION_VALID),
                    tick);
        return write_acceleration(w, calibration->acceleration_x_mg, calibration->acceleration_y_mg,
                                  calibration->acceleration_z_mg, calibration->deviation_mg) &&
               !is_null(calibration->duration_ms) &&
               write_octet(w, calibration->duration_ms, CALIBRATION_STEP_MS, 0, UINT8_MAX);
}

/* ---- exercise event and movement trial ---- */

static void decode_exercise(SegmentBody *body, uint8_t flags, ByteReader *r)
{
        int64_t exercise = read_u8(r), duration = read_u16(r), hold = read_u16(r), lift = read_i16(r);

        body->exercise = (ExerciseEvent){
                .exercise = exercise,
                .side = flags >> EVENT_SIDE_SHIFT & 3,
                .duration_ms = duration * EVENT_STEP_MS,
                .hold_ms = or_null(flags & EVENT_VALID_2, hold * EVENT_STEP_MS),
                .lift_deg10 = or_null(flags & EVENT_VALID_1, lift),
        };
}

static bool encode_exercise(const SegmentBody *body, int64_t tick, ByteWriter *w)
{
        const ExerciseEvent *event = &body->exercise;

        if (event->side < 0 || event->side > 3 || is_null(event->exercise) || is_null(event->duration_ms))
                return false;
        write_begin(w,
                    (int)event->side << EVENT_SIDE_SHIFT | (is_null(event->hold_ms) ? 0 : EVENT_VALID_2) |
                            (is_null(event->lift_deg10) ? 0 : EVENT_VALID_1),
                    tick);
        return write_octet(w, event->exercise, 1, 0, UINT8_MAX) &&
               write_word(w, event->duration_ms, EVENT_STEP_MS, 0, UINT16_MAX) &&
               write_word(w, event->hold_ms, EVENT_STEP_MS, 0, UINT16_MAX) &&
               write_word(w, event->lift_deg10, 1, INT16_MIN, INT16_MAX);
}

static void decode_movement(SegmentBody *body, uint8_t flags, ByteReader *r)
{
        int64_t movement = read_u8(r), attempt = read_u8(r), duration = read_u16(r);
        int64_t pitch_max = read_i16(r), pitch_min = read_i16(r);

        body->movement = (MovementTrial){
                .movement = movement,
                .side = flags >> EVENT_SIDE_SHIFT & 3,
                .attempt = attempt,
                .duration_ms = duration * EVENT_STEP_MS,
                .pitch_max_deg10 = or_null(flags & EVENT_VALID_1, pitch_max),
                .pitch_min_deg10 = or_null(flags & EVENT_VALID_1, pitch_min),
        };
}

static bool encode_movement(const SegmentBody *body, int64_t tick, ByteWriter *w)
{
        const MovementTrial *trial = &body->movement;

        if (trial->side < 0 || trial->side > 3 || is_null(trial->movement) || is_null(trial->attempt) ||
            is_null(trial->duration_ms))
                return false;
        write_begin(w,
                    (int)trial->side << EVENT_SIDE_SHIFT |
                            (is_null(trial->pitch_max_deg10) ? 0 : EVENT_VALID_1),
                    tick);
        return write_octet(w, trial->movement, 1, 0, UINT8_MAX) &&
               write_octet(w, trial->attempt, 1, 0, UINT8_MAX) &&
               write_word(w, trial->duration_ms, EVENT_STEP_MS, 0, UINT16_MAX) &&
               write_word(w, trial->pitch_max_deg10, 1, INT16_MIN, INT16_MAX) &&
               write_word(w, trial->pitch_min_deg10, 1, INT16_MIN, INT16_MAX) &&
               is_null(trial->pitch_max_deg10) == is_null(trial->pitch_min_deg10);
}

/* ---- the table ---- */

#define INTEGER(member, path) FIELD(FIELD_INTEGER, SegmentBody, member, path)
#define BOOLEAN(member, path) FIELD(FIELD_BOOLEAN, SegmentBody, member, path)
#define CURVE(i)              INTEGER(trunk.curve_deg10[i], "curve_" #i "_deg10")

static const Field trunk_fields[] = {
        INTEGER(trunk.part, "part"),
        BOOLEAN(trunk.running, "running"),
        INTEGER(trunk.quality, "quality"),
        BOOLEAN(trunk.after_pause, "after_pause"),
        INTEGER(trunk.stride_time_1024, "stride_time_1024"),
        INTEGER(trunk.pitch_mean_deg10, "pitch_mean_deg10"),
        INTEGER(trunk.pitch_range_deg10, "pitch_range_deg10"),
        INTEGER(trunk.obliquity_range_deg10, "obliquity_range_deg10"),
        INTEGER(trunk.rotation_range_deg10, "rotation_range_deg10"),
        CURVE(0), CURVE(1), CURVE(2), CURVE(3), CURVE(4), CURVE(5), CURVE(6), CURVE(7),
        INTEGER(trunk.contact_left_1024, "contact_left_1024"),
        INTEGER(trunk.contact_right_1024, "contact_right_1024"),
        INTEGER(trunk.drop_left_deg10, "drop_left_deg10"),
        INTEGER(trunk.drop_right_deg10, "drop_right_deg10"),
        INTEGER(trunk.oscillation_mm, "oscillation_mm"),
        INTEGER(trunk.braking_mg, "braking_mg"),
};

static const Field posture_fields[] = {
        BOOLEAN(posture.worn, "worn"),
        INTEGER(posture.duration_ms, "duration_ms"),
        INTEGER(posture.acceleration_x_mg, "acceleration_x_mg"),
        INTEGER(posture.acceleration_y_mg, "acceleration_y_mg"),
        INTEGER(posture.acceleration_z_mg, "acceleration_z_mg"),
        INTEGER(posture.deviation_mg, "deviation_mg"),
        INTEGER(posture.turn_rate_dps, "turn_rate_dps"),
};

static const Field exercise_fields[] = {
        INTEGER(exercise.exercise, "exercise"),
        INTEGER(exercise.side, "side"),
        INTEGER(exercise.duration_ms, "duration_ms"),
        INTEGER(exercise.hold_ms, "hold_ms"),
        INTEGER(exercise.lift_deg10, "lift_deg10"),
};

static const Field movement_fields[] = {
        INTEGER(movement.movement, "movement"),
        INTEGER(movement.side, "side"),
        INTEGER(movement.attempt, "attempt"),
        INTEGER(movement.duration_ms, "duration_ms"),
        INTEGER(movement.pitch_max_deg10, "pitch_max_deg10"),
        INTEGER(movement.pitch_min_deg10, "pitch_min_deg10"),
};

static const Field calibration_fields[] = {
        INTEGER(calibration.calibration_of, "calibration_of"),
        INTEGER(calibration.duration_ms, "duration_ms"),
        INTEGER(calibration.acceleration_x_mg, "acceleration_x_mg"),
        INTEGER(calibration.acceleration_y_mg, "acceleration_y_mg"),
        INTEGER(calibration.acceleration_z_mg, "acceleration_z_mg"),
        INTEGER(calibration.deviation_mg, "deviation_mg"),
};

static const struct {
        FieldTable table;
        void (*decode)(SegmentBody *body, uint8_t flags, ByteReader *r);
        bool (*encode)(const SegmentBody *body, int64_t tick, ByteWriter *w);
} kinds[] = {
#define KIND(name_, list, decode_, encode_)                                                        \
        {{.name = name_, .fields = list, .n_fields = ARRAY_SIZE(list)}, decode_, encode_}
        KIND("trunk_stride", trunk_fields, decode_trunk, encode_trunk),
        KIND("posture_epoch", posture_fields, decode_posture, encode_posture),
        KIND("exercise_event", exercise_fields, decode_exercise, encode_exercise),
        KIND("movement_trial", movement_fields, decode_movement, encode_movement),
        KIND("calibration", calibration_fields, decode_calibration, encode_calibration),
#undef KIND
};

static bool is_ours(int kind)
{
        return kind >= SEGMENT_KIND_FIRST && kind <= SEGMENT_KIND_LAST;
}

const FieldTable *segment_fields(int kind)
{
        return is_ours(kind) ? &kinds[kind - SEGMENT_KIND_FIRST].table : NULL;
}

int segment_decode(int kind, uint8_t flags, ByteReader *r, SegmentBody *ret)
{
        if (!is_ours(kind))
                return 1;
        kinds[kind - SEGMENT_KIND_FIRST].decode(ret, flags, r);
        return 0;
}

int segment_encode(int kind, int64_t tick, const SegmentBody *body, ByteWriter *w)
{
        if (!is_ours(kind))
                return -EINVAL;
        return kinds[kind - SEGMENT_KIND_FIRST].encode(body, tick, w) ? 0 : -ERANGE;
}
