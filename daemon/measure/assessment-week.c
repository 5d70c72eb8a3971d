/* The group "assessment" of plan-week.h. */
#include "daemon/measure/plan-week.h"

#include "daemon/measure/joints.h"

#include <math.h>
#include <string.h>

_Static_assert(ASSESSMENT_MOVEMENTS == MOVEMENT_COUNT && ASSESSMENT_JOINTS == JOINT_COUNT, "one order");

MovementResult assessment_score(const Assessment *assessment)
{
        MovementAssessment movements = {.shoulder_pain = {assessment->shoulder_pain[0] == 1,
                                                          assessment->shoulder_pain[1] == 1},
                                        .extension_pain = assessment->extension_pain == 1,
                                        .flexion_pain = assessment->flexion_pain == 1};
        MovementResult result;

        memcpy(movements.scores, assessment->scores, sizeof(movements.scores));
        movement_score(&movements, &result);
        return result;
}

static JointMap map_of(const Assessment *assessment)
{
        JointMap map = {.marks = {0}};

        for (Joint joint = 0; joint < JOINT_COUNT; joint++) {
                for (JointMark mark = JOINT_MOVES_FREELY; mark < JOINT_MARK_COUNT; mark++) {
                        if (strcmp(assessment->joints[joint], joint_mark_name(mark)) == 0)
                                map.marks[joint] = mark;
                }
        }
        return map;
}

static double real_of(int64_t score)
{
        return score == NULL_INTEGER ? NULL_REAL : (double)score;
}

static void name_marked(const bool marked[static MOVEMENT_COUNT], char *codes, size_t size)
{
        codes_none(codes);
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                if (marked[movement])
                        (void)codes_add(codes, size, movement_name(movement)); /* all fit: tested */
        }
}

static void explain(Week *week, const char *path, const double reals[static MOVEMENT_COUNT], const char *code)
{
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                if (!isnan(reals[movement]))
                        return;
        }
        reasons_add(&week->reasons, path, code);
}

static void take_now(const Assessment *now, const MovementResult *result, Week *week)
{
        WeekAssessment *group = &week->assessment;
        JointMap map = map_of(now);
        int64_t n = 0;

        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                int64_t left = now->scores[movement][0];

                group->left[movement] = real_of(left);
                group->right[movement] =
                        real_of(movement_has_sides(movement) ? now->scores[movement][1] : left);
                group->final[movement] = real_of(result->final[movement]);
                n += result->final[movement] != NULL_INTEGER;
        }
        group->head.n = n;
        group->head.coverage = (double)n / MOVEMENT_COUNT;
        group->at_utc_ms = now->at_utc_ms;
        group->composite = result->composite;
        name_marked(result->asymmetric, group->asymmetric, sizeof(group->asymmetric));
        name_marked(result->painful, group->painful, sizeof(group->painful));
        name_marked(result->overridden, group->overridden, sizeof(group->overridden));
        codes_none(group->joints);
        for (Joint joint = 0; joint < JOINT_COUNT; joint++)
                (void)codes_add(group->joints, sizeof(group->joints), joint_mark_name(map.marks[joint])); /* fits */
        explain(week, "assessment.left", group->left, "not_scored");
        explain(week, "assessment.right", group->right, "not_scored");
        explain(week, "assessment.final", group->final, "not_scored");
        if (result->composite == NULL_INTEGER)
                reasons_add(&week->reasons, "assessment.composite", "incomplete");
        reasons_add(&week->reasons, "assessment.error", "not_known");
}

static void take_change(const Assessment *before, const Assessment *now, const MovementResult *result,
                        Week *week)
{
        WeekAssessment *group = &week->assessment;
        JointMap maps[2] = {map_of(before), map_of(now)};
        JointMapChange joints = joint_map_change(&maps[0], &maps[1]);
        MovementResult old = assessment_score(before);
        MovementChange change;

        movement_change(&old, result, &change);
        group->before_utc_ms = before->at_utc_ms;
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++)
                group->change[movement] = real_of(change.final[movement]);
        group->composite_change = change.composite;
        name_marked(change.new_pain, group->new_pain, sizeof(group->new_pain));
        codes_none(group->joints_change);
        for (Joint joint = 0; joint < JOINT_COUNT; joint++) {
                const char *name = joint_change_name(joints.changes[joint]);

                (void)codes_add(group->joints_change, sizeof(group->joints_change), name ? name : "unknown");
        }
        explain(week, "assessment.change", group->change, "not_scored");
        if (change.composite == NULL_INTEGER)
                reasons_add(&week->reasons, "assessment.composite_change", "incomplete");
}

void assessment_week(const Assessment *now, const Assessment *before, Week *week)
{
        static const char *const changes[] = {"assessment.before", "assessment.change",
                                              "assessment.composite_change", "assessment.new_pain",
                                              "assessment.joints_change"};
        MovementResult result;

        if (!now) {
                reasons_add(&week->reasons, "assessment", "no_assessment");
                return;
        }
        result = assessment_score(now);
        take_now(now, &result, week);
        if (before) {
                take_change(before, now, &result, week);
                return;
        }
        for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
                reasons_add(&week->reasons, changes[i], "first_assessment");
}
