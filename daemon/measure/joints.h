/* joints.h: the clinician's map of six joints, and what changed on it.
 *
 * Each joint is marked by hand: it moves freely, is restricted, or is unstable; a joint without
 * a mark was not looked at, which is not the same as free. Nothing here is measured by pods. */
#pragma once

#include "base/cleanup.h"
#include <stddef.h>

typedef enum Joint {
        JOINT_FOOT,
        JOINT_KNEE,
        JOINT_HIP,
        JOINT_LOW_BACK, /* and core */
        JOINT_UPPER_BACK,
        JOINT_SHOULDER,
        JOINT_COUNT,
} Joint;

typedef enum JointMark {
        JOINT_UNMARKED,
        JOINT_MOVES_FREELY,
        JOINT_RESTRICTED,
        JOINT_UNSTABLE,
        JOINT_MARK_COUNT,
} JointMark;

typedef enum JointChange {
        JOINT_CHANGE_UNKNOWN, /* unmarked before or now */
        JOINT_SAME,
        JOINT_BETTER, /* now moves freely */
        JOINT_WORSE,  /* moved freely before */
        JOINT_OTHER,  /* restricted ↔ unstable: neither is better */
} JointChange;

const char *joint_name(Joint joint);               /* "low_back" */
const char *joint_mark_name(JointMark mark);       /* "moves_freely"; UNMARKED: "unmarked" */
const char *joint_change_name(JointChange change); /* "better"; UNKNOWN: NULL */

typedef struct JointMap {
        JointMark marks[JOINT_COUNT];
} JointMap;

JointChange joint_change(JointMark before, JointMark now);

typedef struct JointMapChange {
        JointChange changes[JOINT_COUNT];
        size_t n_unmarked; /* joints without a mark now */
} JointMapChange;

JointMapChange joint_map_change(const JointMap *before, const JointMap *now);
