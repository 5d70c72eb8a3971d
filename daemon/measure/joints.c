#include "daemon/measure/joints.h"

static const char *const joint_names[JOINT_COUNT] = {
        [JOINT_FOOT] = "foot",
        [JOINT_KNEE] = "knee",
        [JOINT_HIP] = "hip",
        [JOINT_LOW_BACK] = "low_back",
        [JOINT_UPPER_BACK] = "upper_back",
        [JOINT_SHOULDER] = "shoulder",
};

static const char *const mark_names[JOINT_MARK_COUNT] = {
        [JOINT_UNMARKED] = "unmarked",
        [JOINT_MOVES_FREELY] = "moves_freely",
        [JOINT_RESTRICTED] = "restricted",
        [JOINT_UNSTABLE] = "unstable",
};

static const char *const change_names[] = {
        [JOINT_CHANGE_UNKNOWN] = NULL, [JOINT_SAME] = "same",   [JOINT_BETTER] = "better",
        [JOINT_WORSE] = "worse",       [JOINT_OTHER] = "other",
};

/* before × now */
static const JointChange changes[JOINT_MARK_COUNT][JOINT_MARK_COUNT] = {
        [JOINT_MOVES_FREELY] = {JOINT_CHANGE_UNKNOWN, JOINT_SAME, JOINT_WORSE, JOINT_WORSE},
        [JOINT_RESTRICTED] = {JOINT_CHANGE_UNKNOWN, JOINT_BETTER, JOINT_SAME, JOINT_OTHER},
        [JOINT_UNSTABLE] = {JOINT_CHANGE_UNKNOWN, JOINT_BETTER, JOINT_OTHER, JOINT_SAME},
};

const char *joint_name(Joint joint)
{
        return joint_names[joint];
}

const char *joint_mark_name(JointMark mark)
{
        return mark_names[mark];
}

const char *joint_change_name(JointChange change)
{
        return change_names[change];
}

JointChange joint_change(JointMark before, JointMark now)
{
        return changes[before][now];
}

JointMapChange joint_map_change(const JointMap *before, const JointMap *now)
{
        JointMapChange map = {.n_unmarked = 0};

        for (Joint joint = 0; joint < JOINT_COUNT; joint++) {
                map.changes[joint] = joint_change(before->marks[joint], now->marks[joint]);
                map.n_unmarked += now->marks[joint] == JOINT_UNMARKED;
        }
        return map;
}
