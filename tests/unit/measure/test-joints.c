#include "within.h"

#include "daemon/measure/joints.h"

static void every_pair_of_marks_has_its_change(void **state)
{
        (void)state;
        for (JointMark before = 0; before < JOINT_MARK_COUNT; before++) {
                assert_int_equal(joint_change(before, JOINT_UNMARKED), JOINT_CHANGE_UNKNOWN);
                assert_int_equal(joint_change(JOINT_UNMARKED, before), JOINT_CHANGE_UNKNOWN);
                if (before != JOINT_UNMARKED)
                        assert_int_equal(joint_change(before, before), JOINT_SAME);
        }
        assert_int_equal(joint_change(JOINT_RESTRICTED, JOINT_MOVES_FREELY), JOINT_BETTER);
        assert_int_equal(joint_change(JOINT_UNSTABLE, JOINT_MOVES_FREELY), JOINT_BETTER);
        assert_int_equal(joint_change(JOINT_MOVES_FREELY, JOINT_RESTRICTED), JOINT_WORSE);
        assert_int_equal(joint_change(JOINT_MOVES_FREELY, JOINT_UNSTABLE), JOINT_WORSE);
        assert_int_equal(joint_change(JOINT_RESTRICTED, JOINT_UNSTABLE), JOINT_OTHER);
        assert_int_equal(joint_change(JOINT_UNSTABLE, JOINT_RESTRICTED), JOINT_OTHER);
}

static void a_map_changes_joint_by_joint(void **state)
{
        JointMap before = {{0}}, now = {{0}};
        JointMapChange change;

        (void)state;
        assert_int_equal(joint_map_change(&before, &now).n_unmarked, JOINT_COUNT);
        before.marks[JOINT_HIP] = JOINT_RESTRICTED;
        now.marks[JOINT_HIP] = JOINT_MOVES_FREELY;
        now.marks[JOINT_KNEE] = JOINT_UNSTABLE;
        change = joint_map_change(&before, &now);
        assert_int_equal(change.changes[JOINT_HIP], JOINT_BETTER);
        assert_int_equal(change.changes[JOINT_KNEE], JOINT_CHANGE_UNKNOWN);
        assert_int_equal(change.n_unmarked, JOINT_COUNT - 2);
        assert_string_equal(joint_name(JOINT_LOW_BACK), "low_back");
        assert_string_equal(joint_mark_name(now.marks[JOINT_HIP]), "moves_freely");
        assert_null(joint_change_name(JOINT_CHANGE_UNKNOWN));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_pair_of_marks_has_its_change),
                cmocka_unit_test(a_map_changes_joint_by_joint),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
