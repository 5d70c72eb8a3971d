#include "near.h"

#include "daemon/measure/pain-episodes.h"
#include "proto/fields.h"

/* Days free of pain, with pain of `pain` from..to. */
typedef struct Diary {
        int64_t days[400];
} Diary;

static void set(Diary *diary, size_t from, size_t to, int64_t pain)
{
        for (size_t i = from; i <= to; i++)
                diary->days[i] = pain;
}

static size_t found(const Diary *diary, size_t n, PainEpisode *ret, size_t room)
{
        return pain_episodes(diary->days, n, &pain_episode_defaults, ret, room);
}

static void twenty_nine_free_days_join_and_thirty_divide(void **state)
{
        Diary joined = {0}, divided = {0};
        PainEpisode episodes[4];

        (void)state;
        set(&joined, 40, 44, 3);
        set(&joined, 74, 76, 2);
        assert_int_equal(found(&joined, 200, episodes, 4), 1);
        assert_int_equal(episodes[0].span_days, 37);
        assert_int_equal(episodes[0].pain_days, 8);
        set(&divided, 40, 44, 3);
        set(&divided, 75, 76, 2);
        assert_int_equal(found(&divided, 200, episodes, 4), 2);
        assert_int_equal(episodes[0].last, 44);
        assert_int_equal(episodes[1].start, 75);
}

static void one_day_is_not_longer_than_a_day(void **state)
{
        Diary diary = {0};
        PainEpisode episodes[2];

        (void)state;
        set(&diary, 40, 40, 9);
        assert_int_equal(found(&diary, 200, episodes, 2), 0);
        set(&diary, 41, 41, 1);
        assert_int_equal(found(&diary, 200, episodes, 2), 1);
}

static void a_boundary_nobody_recorded_is_not_known(void **state)
{
        Diary diary = {0};
        PainEpisode episode;

        (void)state;
        set(&diary, 30, 35, 3);
        assert_int_equal(found(&diary, 66, &episode, 1), 1);
        assert_true(episode.start_known && episode.end_known);
        assert_int_equal(found(&diary, 65, &episode, 1), 1);
        assert_false(episode.end_known); /* it may still go on */
        set(&diary, 0, 14, NULL_INTEGER);
        assert_int_equal(found(&diary, 66, &episode, 1), 1);
        assert_true(episode.start_known);
        set(&diary, 0, 15, NULL_INTEGER);
        assert_int_equal(found(&diary, 66, &episode, 1), 1);
        assert_false(episode.start_known);
}

static void more_than_three_months_are_chronic(void **state)
{
        Diary diary = {0};
        PainEpisode episode;

        (void)state;
        set(&diary, 30, 120, 2);
        (void)found(&diary, 400, &episode, 1);
        assert_int_equal(episode.span_days, 91);
        assert_false(episode.is_chronic);
        set(&diary, 121, 121, 2);
        (void)found(&diary, 400, &episode, 1);
        assert_true(episode.is_chronic);
}

static void episodes_without_room_are_still_counted(void **state)
{
        Diary diary = {0};
        PainEpisode episode = {0};

        (void)state;
        set(&diary, 30, 35, 3);
        set(&diary, 100, 105, 3);
        set(&diary, 200, 205, 3);
        assert_int_equal(found(&diary, 300, &episode, 1), 3);
        assert_int_equal(episode.start, 30);
        assert_int_equal(found(&diary, 300, NULL, 0), 3);
        assert_int_equal(found(&diary, 0, &episode, 1), 0);
}

static void what_is_no_pain_value_is_unknown(void **state)
{
        Diary diary = {0};

        (void)state;
        set(&diary, 30, 35, 11);
        set(&diary, 80, 85, -1);
        assert_int_equal(found(&diary, 300, NULL, 0), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(twenty_nine_free_days_join_and_thirty_divide),
                cmocka_unit_test(one_day_is_not_longer_than_a_day),
                cmocka_unit_test(a_boundary_nobody_recorded_is_not_known),
                cmocka_unit_test(more_than_three_months_are_chronic),
                cmocka_unit_test(episodes_without_room_are_still_counted),
                cmocka_unit_test(what_is_no_pain_value_is_unknown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
