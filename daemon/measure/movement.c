#include "daemon/measure/movement.h"

#define SCORE_MAX          3
#define WEAKLY_RELATED_MAX 14

static const struct {
        const char *name;
        bool sides;
} movements[MOVEMENT_COUNT] = {
        [MOVEMENT_DEEP_SQUAT] = {"deep_squat", false},
        [MOVEMENT_HURDLE_STEP] = {"hurdle_step", true},
        [MOVEMENT_INLINE_LUNGE] = {"inline_lunge", true},
        [MOVEMENT_SHOULDER_MOBILITY] = {"shoulder_mobility", true},
        [MOVEMENT_STRAIGHT_LEG_RAISE] = {"active_straight_leg_raise", true},
        [MOVEMENT_TRUNK_PUSHUP] = {"trunk_stability_pushup", false},
        [MOVEMENT_ROTARY_STABILITY] = {"rotary_stability", true},
};

const char *movement_name(Movement movement)
{
        return movements[movement].name;
}

bool movement_has_sides(Movement movement)
{
        return movements[movement].sides;
}

static bool clearing_hurts(const MovementAssessment *assessment, Movement movement)
{
        const bool hurts[MOVEMENT_COUNT] = {
                [MOVEMENT_SHOULDER_MOBILITY] =
                        assessment->shoulder_pain[0] || assessment->shoulder_pain[1],
                [MOVEMENT_TRUNK_PUSHUP] = assessment->extension_pain,
                [MOVEMENT_ROTARY_STABILITY] = assessment->flexion_pain,
        };

        return hurts[movement];
}

static const char *score_fault(int64_t score)
{
        if (score == NULL_INTEGER)
                return "not_scored";
        return score >= 0 && score <= SCORE_MAX ? NULL : "bad_score";
}

static void score_one(const MovementAssessment *assessment, Movement movement, MovementResult *ret)
{
        int64_t left = assessment->scores[movement][0];
        int64_t right = movement_has_sides(movement) ? assessment->scores[movement][1] : left;
        const char *fault = score_fault(left) ? score_fault(left) : score_fault(right);

        ret->asymmetric[movement] = !fault && left != right;
        ret->final[movement] = fault ? NULL_INTEGER : left < right ? left : right;
        if (clearing_hurts(assessment, movement)) {
                ret->final[movement] = 0;
                ret->overridden[movement] = true;
        }
        ret->painful[movement] = ret->final[movement] == 0 || left == 0 || right == 0;
        if (ret->final[movement] == NULL_INTEGER)
                reasons_add(&ret->reasons, movement_name(movement), fault);
}

void movement_score(const MovementAssessment *assessment, MovementResult *ret)
{
        *ret = (MovementResult){.composite = 0};
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                score_one(assessment, movement, ret);
                if (ret->final[movement] == NULL_INTEGER)
                        ret->composite = NULL_INTEGER;
                if (ret->composite != NULL_INTEGER)
                        ret->composite += ret->final[movement];
        }
        if (ret->composite == NULL_INTEGER) {
                ret->at_most_14 = NULL_INTEGER;
                reasons_add(&ret->reasons, "composite", "incomplete");
                reasons_add(&ret->reasons, "at_most_14", "incomplete");
                return;
        }
        ret->at_most_14 = ret->composite <= WEAKLY_RELATED_MAX;
}

static int64_t difference(int64_t before, int64_t after)
{
        return before == NULL_INTEGER || after == NULL_INTEGER ? NULL_INTEGER : after - before;
}

void movement_change(const MovementResult *before, const MovementResult *after, MovementChange *ret)
{
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                ret->final[movement] = difference(before->final[movement], after->final[movement]);
                ret->new_pain[movement] = after->painful[movement] && !before->painful[movement];
        }
        ret->composite = difference(before->composite, after->composite);
}
