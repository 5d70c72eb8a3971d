/* The conversation with a pod that has a memory, as a script: what the pod says, what it is asked
 * next. The records that came in between are really stored. */
#include "tests/unit/ground.h"

#include "daemon/ble/backfill.h"

#include <errno.h>

#define POD "C0:00:00:00:00:01"

typedef struct Talk {
        Ground *ground;
        Backfill backfill;
} Talk;

static int setup(void **state)
{
        Talk *talk = calloc(1, sizeof(*talk));
        void *ground;
        Pod pod;

        assert_non_null(talk);
        assert_int_equal(ground_setup(&ground), 0);
        talk->ground = ground;
        fields_set_null(&pod_fields, &pod);
        (void)text_copy(pod.address, sizeof(pod.address), POD);
        (void)text_copy(pod.name, sizeof(pod.name), "Foot pod");
        (void)text_copy(pod.driver, sizeof(pod.driver), "stride");
        (void)text_copy(pod.runner, sizeof(pod.runner), GROUND_RUNNER);
        pod.placement = PLACEMENT_LEFT_FOOT;
        pod.bonded = pod.has_memory = 1;
        assert_int_equal(pod_assign(talk->ground->ledger, &pod), 0);
        backfill_init(&talk->backfill, talk->ground->ledger, POD);
        *state = talk;
        return 0;
}

static int teardown(void **state)
{
        Talk *talk = *state;
        void *ground = talk->ground;

        free(talk);
        return ground_teardown(&ground);
}

static Record record_of(uint32_t epoch, uint32_t seq)
{
        Record record = {.epoch = epoch, .seq = seq, .kind = RECORD_BATTERY, .tick = seq * 10};

        record.battery.level_pct = seq % 100;
        assert_int_equal(record_encode(&record), 0);
        return record;
}

static void arrive(Talk *talk, uint32_t epoch, uint32_t first, uint32_t last)
{
        for (uint32_t seq = first; seq <= last; seq++) {
                Record record = record_of(epoch, seq);

                assert_int_equal(records_store(talk->ground->ledger, POD, &record, 1, NULL), 0);
        }
}

static uint32_t checksum(uint32_t epoch, uint32_t first, uint32_t last)
{
        uint32_t crc = 0;

        for (uint32_t seq = first; seq <= last; seq++) {
                Record record = record_of(epoch, seq);

                crc = stride_crc32(crc, &record);
        }
        return crc;
}

/* ---- the script ---- */

enum { BEGIN, BEGIN_WITHOUT_TIME, ANSWER, SETTLED };

typedef struct Turn {
        int said;
        StrideResponse answer;
        struct {
                uint32_t epoch, first, last;
        } arrives; /* before it; epoch 0: nothing */
        int step;              /* what is next, or -errno */
        StrideRequest request; /* of BACKFILL_SEND; DURABLE's checksum is computed here */
} Turn;

#define OK(opcode_) ANSWER, {.opcode = STRIDE_OP_##opcode_, .status = STRIDE_OK}
#define STATUS(opcode_, status_) ANSWER, {.opcode = STRIDE_OP_##opcode_, .status = status_}
#define LISTED(index_, total_, epoch_, first_, last_)                                              \
        ANSWER, {.opcode = STRIDE_OP_LIST_EPOCHS, .status = STRIDE_OK, .index = index_,            \
                 .total = total_, .epoch = epoch_, .first = first_, .last = last_}
#define NOTHING {0}
#define ASK_ANCHOR BACKFILL_SEND, {.opcode = STRIDE_OP_ANCHOR}
#define ASK_LIST(index_) BACKFILL_SEND, {.opcode = STRIDE_OP_LIST_EPOCHS, .index = index_}
#define ASK_LIVE BACKFILL_SEND, {.opcode = STRIDE_OP_LIVE, .on = 1}
#define ASK_REPORT(epoch_, first_, last_)                                                          \
        BACKFILL_SEND, {.opcode = STRIDE_OP_REPORT, .epoch = epoch_, .first = first_, .last = last_}
#define ASK_DURABLE(epoch_, first_, last_)                                                         \
        BACKFILL_SEND, {.opcode = STRIDE_OP_DURABLE, .epoch = epoch_, .first = first_, .last = last_}

static int turn(Talk *talk, const Turn *turn, StrideRequest *request)
{
        Backfill *backfill = &talk->backfill;
        BackfillNow now = {.utc_ms = GROUND_NOW_MS,
                           .quality = turn->said == BEGIN ? CLOCK_SYNCHRONISED : CLOCK_UNSET};

        if (turn->said == ANSWER)
                return backfill_answer(backfill, &turn->answer, request);
        return turn->said == SETTLED ? backfill_settled(backfill, request)
                                     : backfill_begin(backfill, now, request);
}

static void play(Talk *talk, const Turn *turns, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const StrideRequest *expected = &turns[i].request;
                StrideRequest request = {0};
                int step;

                if (turns[i].arrives.epoch)
                        arrive(talk, turns[i].arrives.epoch, turns[i].arrives.first,
                               turns[i].arrives.last);
                step = turn(talk, &turns[i], &request);
                if (step != turns[i].step || request.opcode != expected->opcode ||
                    request.index != expected->index || request.epoch != expected->epoch ||
                    request.first != expected->first || request.last != expected->last ||
                    request.on != expected->on)
                        fail_msg("turn %zu: step %d, opcode %u, index %u, epoch %u, %u–%u, on %u", i,
                                 step, request.opcode, request.index, request.epoch, request.first,
                                 request.last, request.on);
                if (request.opcode == STRIDE_OP_ANCHOR) {
                        assert_int_equal(request.utc_ms, GROUND_NOW_MS);
                        assert_int_equal(request.clock_quality, CLOCK_SYNCHRONISED);
                }
                if (request.opcode == STRIDE_OP_DURABLE)
                        assert_int_equal(request.crc32,
                                         checksum(request.epoch, request.first, request.last));
        }
}

#define PLAY(talk, ...)                                                                            \
        do {                                                                                       \
                static const Turn turns_[] = {__VA_ARGS__};                                        \
                play(talk, turns_, ARRAY_SIZE(turns_));                                            \
        } while (0)

static int take_coverage(const EpochCoverage *coverage, void *userdata)
{
        EpochCoverage *wanted = userdata;

        if (coverage->epoch == wanted->epoch)
                *wanted = *coverage;
        return 0;
}

static EpochCoverage coverage_of(Talk *talk, uint32_t epoch)
{
        EpochCoverage coverage = {.epoch = epoch};

        assert_int_equal(epoch_each(talk->ground->ledger, POD, take_coverage, &coverage), 0);
        return coverage;
}

/* ---- tests ---- */

static void a_new_pod_is_read_page_by_page_and_then_told_what_it_may_free(void **state)
{
        Talk *talk = *state;

        PLAY(talk,
             {BEGIN, NOTHING, NOTHING, ASK_ANCHOR},
             {OK(ANCHOR), NOTHING, ASK_LIST(0)},
             {LISTED(0, 2, 7, 1, 300), NOTHING, ASK_LIST(1)},
             {LISTED(1, 2, 8, 1, 3), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_REPORT(7, 1, 256)},
             {OK(REPORT), {7, 1, 256}, ASK_REPORT(7, 257, 300)},
             {OK(REPORT), {7, 257, 300}, ASK_REPORT(8, 1, 3)},
             {OK(REPORT), {8, 1, 3}, ASK_DURABLE(7, 1, 256)},
             {OK(DURABLE), NOTHING, ASK_DURABLE(7, 257, 300)},
             {OK(DURABLE), NOTHING, ASK_DURABLE(8, 1, 3)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
        assert_true(backfill_is_complete(&talk->backfill));
        assert_int_equal(coverage_of(talk, 7).durable, 300);
        assert_int_equal(coverage_of(talk, 7).asked_again, 0);

        /* The next round on the same link: no anchor is due, live is on, one live record came. */
        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, {8, 4, 4}, ASK_LIST(0)},
             {LISTED(0, 1, 8, 4, 4), NOTHING, ASK_DURABLE(8, 4, 4)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
        assert_true(backfill_is_complete(&talk->backfill));
}

/* A battery was changed, and the pod's count of epochs went with it: epoch 1 again, from record 1. */
static void a_pod_that_begins_anew_under_an_old_number_has_not_told_all(void **state)
{
        Talk *talk = *state;
        Record other = record_of(1, 2);

        arrive(talk, 1, 1, 9);
        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 3), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_DURABLE(1, 1, 9)},
             {STATUS(DURABLE, STRIDE_BAD_PARAMETER), NOTHING, BACKFILL_DONE, {0}});
        assert_false(backfill_is_complete(&talk->backfill));
        /* what it makes now is kept beside the first, and counted */
        other.battery.level_pct++;
        assert_int_equal(record_encode(&other), 0);
        assert_int_equal(records_store(talk->ground->ledger, POD, &other, 1, NULL), 0);
        {
                int64_t n = 0;

                assert_int_equal(contradiction_count(talk->ground->ledger, POD, &n), 0);
                assert_int_equal(n, 1);
        }
        assert_int_equal(coverage_of(talk, 1).received, 9);
}

/* The same epoch, and the pod lost nothing: on the next link it goes on. */
static void a_pod_that_goes_on_in_its_epoch_is_read_to_its_end(void **state)
{
        Talk *talk = *state;

        arrive(talk, 1, 1, 9);
        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 9), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_DURABLE(1, 1, 9)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}},
             /* a live record overtook the list of the next round */
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 10, 10), {1, 10, 11}, ASK_DURABLE(1, 10, 11)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
        assert_true(backfill_is_complete(&talk->backfill));
}

static void holes_are_asked_for_one_by_one_in_order(void **state)
{
        Talk *talk = *state;

        arrive(talk, 1, 1, 2);
        arrive(talk, 1, 4, 5);
        arrive(talk, 1, 9, 9);
        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 10), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_REPORT(1, 3, 3)},
             {OK(REPORT), {1, 3, 3}, ASK_REPORT(1, 6, 8)},
             {OK(REPORT), {1, 7, 8}, BACKFILL_SETTLE, {0}},
             {SETTLED, NOTHING, {1, 6, 6}, ASK_REPORT(1, 10, 10)}, /* a late one, in time */
             {OK(REPORT), {1, 10, 10}, ASK_DURABLE(1, 1, 10)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
        assert_true(backfill_is_complete(&talk->backfill));
}

static void what_does_not_come_is_asked_five_times_and_again_in_the_next_round(void **state)
{
        Talk *talk = *state;

        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 2, 1, 1, 5), NOTHING, ASK_LIST(1)},
             {LISTED(1, 2, 2, 1, 1), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_REPORT(1, 1, 5)},
             {OK(REPORT), {1, 1, 2}, BACKFILL_SETTLE, {0}}, /* progress: counted anew */
             {SETTLED, NOTHING, NOTHING, ASK_REPORT(1, 3, 5)},
             {OK(REPORT), {1, 5, 5}, BACKFILL_SETTLE, {0}},
             {SETTLED, NOTHING, NOTHING, ASK_REPORT(1, 3, 4)},
             {OK(REPORT), NOTHING, BACKFILL_SETTLE, {0}},
             {SETTLED, NOTHING, NOTHING, ASK_REPORT(1, 3, 4)},
             {OK(REPORT), NOTHING, BACKFILL_SETTLE, {0}},
             {SETTLED, NOTHING, NOTHING, ASK_REPORT(1, 3, 4)},
             {OK(REPORT), NOTHING, BACKFILL_SETTLE, {0}},
             {SETTLED, NOTHING, NOTHING, ASK_REPORT(1, 3, 4)},
             {OK(REPORT), NOTHING, BACKFILL_SETTLE, {0}},
             {SETTLED, NOTHING, NOTHING, ASK_REPORT(2, 1, 1)}, /* the next epoch is not kept waiting */
             {OK(REPORT), {2, 1, 1}, ASK_DURABLE(1, 1, 2)}, /* not across the hole */
             {OK(DURABLE), NOTHING, ASK_DURABLE(2, 1, 1)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
        assert_false(backfill_is_complete(&talk->backfill));
        assert_int_equal(coverage_of(talk, 1).missing, 2);
        assert_int_equal(coverage_of(talk, 1).asked_again, 4); /* the first request is none */

        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 2, 1, 3, 5), NOTHING, ASK_LIST(1)},
             {LISTED(1, 2, 2, 2, 0), NOTHING, ASK_REPORT(1, 3, 4)},
             {OK(REPORT), {1, 3, 4}, ASK_DURABLE(1, 3, 5)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
        assert_true(backfill_is_complete(&talk->backfill));
}

static void what_the_pod_lost_is_not_asked_for(void **state)
{
        Talk *talk = *state;
        Record lost = {.epoch = 1, .seq = 1, .kind = RECORD_LOST,
                       .lost = {.last_seq = 400, .reason = LOST_OVERWRITTEN}};
        StrideRequest request;
        Turn begin = {.said = BEGIN_WITHOUT_TIME};
        Turn reported = {OK(REPORT), NOTHING, 0, {0}};

        assert_int_equal(record_encode(&lost), 0);
        assert_int_equal(turn(talk, &begin, &request), BACKFILL_SEND);
        assert_int_equal(records_store(talk->ground->ledger, POD, &lost, 1, NULL), 0);
        PLAY(talk,
             {LISTED(0, 1, 1, 1, 402), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_REPORT(1, 401, 402)});
        arrive(talk, 1, 401, 402);
        assert_int_equal(turn(talk, &reported, &request), BACKFILL_SEND); /* at once: all is here */
        assert_int_equal(request.opcode, STRIDE_OP_DURABLE);
        assert_int_equal(request.first, 1);
        assert_true(request.last >= 400);
}

static void an_answer_to_something_else_ends_the_conversation(void **state)
{
        static const struct {
                const char *when;
                Turn turns[5];
                size_t n;
        } cases[] = {
                {"before anything was asked", {{OK(ANCHOR), NOTHING, -EPROTO, {0}}}, 1},
                {"to LIST instead of ANCHOR",
                 {{BEGIN, NOTHING, NOTHING, ASK_ANCHOR}, {LISTED(0, 1, 1, 1, 1), NOTHING, -EPROTO, {0}}},
                 2},
                {"opcode 0", {{BEGIN, NOTHING, NOTHING, ASK_ANCHOR}, {ANSWER, NOTHING, NOTHING, -EPROTO, {0}}},
                 2},
                {"another index",
                 {{BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
                  {LISTED(1, 2, 1, 1, 1), NOTHING, -EPROTO, {0}}},
                 2},
                {"no epochs in all, but one is told",
                 {{BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
                  {LISTED(0, 0, 1, 1, 1), NOTHING, -EPROTO, {0}}},
                 2},
                {"an epoch vanishes in the middle of the list",
                 {{BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
                  {LISTED(0, 2, 1, 1, 1), NOTHING, ASK_LIST(1)},
                  {STATUS(LIST_EPOCHS, STRIDE_BAD_PARAMETER), NOTHING, -EPROTO, {0}}},
                 3},
                {"twice",
                 {{BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
                  {LISTED(0, 1, 1, 1, 1), NOTHING, ASK_LIVE},
                  {OK(LIVE), NOTHING, ASK_REPORT(1, 1, 1)},
                  {OK(REPORT), NOTHING, BACKFILL_SETTLE, {0}},
                  {OK(REPORT), NOTHING, -EPROTO, {0}}},
                 5},
                {"a moment that nobody waited for",
                 {{BEGIN, NOTHING, NOTHING, ASK_ANCHOR}, {SETTLED, NOTHING, NOTHING, -EPROTO, {0}}}, 2},
        };
        Talk *talk = *state;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                print_message("    %s\n", cases[i].when);
                backfill_init(&talk->backfill, talk->ground->ledger, POD);
                play(talk, cases[i].turns, cases[i].n);
        }
}

static void a_lost_answer_leaves_a_conversation_that_can_begin_again(void **state)
{
        Talk *talk = *state;

        PLAY(talk,
             {BEGIN, NOTHING, NOTHING, ASK_ANCHOR},
             {OK(ANCHOR), NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 3), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_REPORT(1, 1, 3)});
        backfill_init(&talk->backfill, talk->ground->ledger, POD); /* a new link; some had come */
        PLAY(talk,
             {BEGIN, NOTHING, {1, 1, 2}, ASK_ANCHOR},
             {OK(ANCHOR), NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 4), NOTHING, ASK_LIVE}, /* the anchor is a record, too */
             {OK(LIVE), NOTHING, ASK_REPORT(1, 3, 4)},
             {OK(REPORT), {1, 3, 4}, ASK_DURABLE(1, 1, 4)});
        backfill_init(&talk->backfill, talk->ground->ledger, POD); /* DURABLE's answer is lost, too: */
        PLAY(talk,                                                 /* it is told again */
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 4), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_DURABLE(1, 1, 4)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
}

static void after_checksums_differ_nothing_is_offered_on_this_link(void **state)
{
        Talk *talk = *state;

        arrive(talk, 1, 1, 2);
        arrive(talk, 2, 1, 2);
        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 2, 1, 1, 2), NOTHING, ASK_LIST(1)},
             {LISTED(1, 2, 2, 1, 2), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_DURABLE(1, 1, 2)},
             {STATUS(DURABLE, STRIDE_CHECKSUM_DIFFERS), NOTHING, BACKFILL_DONE, {0}},
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 2, 1, 1, 2), NOTHING, ASK_LIST(1)},
             {LISTED(1, 2, 2, 1, 3), NOTHING, ASK_REPORT(2, 3, 3)}, /* but what is missing is fetched */
             {OK(REPORT), {2, 3, 3}, BACKFILL_DONE, {0}});
        assert_int_equal(coverage_of(talk, 1).durable, 0);
        assert_true(backfill_is_complete(&talk->backfill));
}

static void an_epoch_that_cannot_be_freed_does_not_hold_up_the_next(void **state)
{
        Talk *talk = *state;

        arrive(talk, 1, 1, 2);
        arrive(talk, 2, 1, 2);
        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 2, 1, 1, 2), NOTHING, ASK_LIST(1)},
             {LISTED(1, 2, 2, 1, 2), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, ASK_DURABLE(1, 1, 2)},
             {STATUS(DURABLE, STRIDE_NO_SUCH_EPOCH), NOTHING, ASK_DURABLE(2, 1, 2)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}});
        assert_int_equal(coverage_of(talk, 1).durable, 0);
        assert_int_equal(coverage_of(talk, 2).durable, 2);
}

static void a_pod_without_epochs_has_nothing_missing(void **state)
{
        Talk *talk = *state;

        PLAY(talk,
             {BEGIN, NOTHING, NOTHING, ASK_ANCHOR},
             {OK(ANCHOR), NOTHING, ASK_LIST(0)},
             {STATUS(LIST_EPOCHS, STRIDE_BAD_PARAMETER), NOTHING, BACKFILL_DONE, {0}});
        assert_true(backfill_is_complete(&talk->backfill));
}

static void an_empty_running_epoch_is_no_hole(void **state)
{
        Talk *talk = *state;

        PLAY(talk,
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 3, 1, 0), NOTHING, ASK_LIVE},
             {OK(LIVE), NOTHING, BACKFILL_DONE, {0}});
        assert_true(backfill_is_complete(&talk->backfill));
}

static void all_of_255_epochs_are_listed_and_read(void **state)
{
        Talk *talk = *state;
        StrideRequest request;
        int step = backfill_begin(&talk->backfill, (BackfillNow){.quality = CLOCK_UNSET}, &request);

        for (int i = 0; i < 255; i++) {
                StrideResponse response = {.opcode = STRIDE_OP_LIST_EPOCHS, .status = STRIDE_OK,
                                           .index = (uint8_t)i, .total = 255,
                                           .epoch = 1000 + (uint32_t)i, .first = 1, .last = 1};

                assert_int_equal(step, BACKFILL_SEND);
                assert_int_equal(request.opcode, STRIDE_OP_LIST_EPOCHS);
                assert_int_equal(request.index, i);
                step = backfill_answer(&talk->backfill, &response, &request);
        }
        assert_int_equal(request.opcode, STRIDE_OP_LIVE);
        step = backfill_answer(&talk->backfill, &(StrideResponse){STRIDE_OP_LIVE, STRIDE_OK}, &request);
        for (uint32_t epoch = 1000; epoch < 1255; epoch++) {
                assert_int_equal(step, BACKFILL_SEND);
                assert_int_equal(request.opcode, STRIDE_OP_REPORT);
                assert_int_equal(request.epoch, epoch);
                arrive(talk, epoch, 1, 1);
                step = backfill_answer(&talk->backfill, &(StrideResponse){STRIDE_OP_REPORT, STRIDE_OK},
                                       &request);
        }
        for (uint32_t epoch = 1000; epoch < 1255; epoch++) {
                assert_int_equal(step, BACKFILL_SEND);
                assert_int_equal(request.opcode, STRIDE_OP_DURABLE);
                assert_int_equal(request.epoch, epoch);
                step = backfill_answer(&talk->backfill, &(StrideResponse){STRIDE_OP_DURABLE, STRIDE_OK},
                                       &request);
        }
        assert_int_equal(step, BACKFILL_DONE);
        assert_true(backfill_is_complete(&talk->backfill));
}

static void a_status_of_a_later_version_ends_no_more_than_it_must(void **state)
{
        Talk *talk = *state;

        arrive(talk, 1, 1, 1);
        PLAY(talk,
             {BEGIN, NOTHING, NOTHING, ASK_ANCHOR},
             {STATUS(ANCHOR, 77), NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 2), NOTHING, ASK_LIVE},
             {STATUS(LIVE, 77), NOTHING, ASK_REPORT(1, 2, 2)},
             {STATUS(REPORT, 77), {1, 2, 2}, ASK_DURABLE(1, 1, 2)},
             {STATUS(DURABLE, 77), NOTHING, BACKFILL_DONE, {0}},
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {LISTED(0, 1, 1, 1, 2), NOTHING, ASK_LIVE}, /* it did not go on */
             {OK(LIVE), NOTHING, ASK_DURABLE(1, 1, 2)},
             {OK(DURABLE), NOTHING, BACKFILL_DONE, {0}},
             {BEGIN_WITHOUT_TIME, NOTHING, NOTHING, ASK_LIST(0)},
             {STATUS(LIST_EPOCHS, 77), NOTHING, -EPROTO, {0}}); /* without a list nothing can be asked */
}

#define TALKING(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TALKING(a_new_pod_is_read_page_by_page_and_then_told_what_it_may_free),
                TALKING(a_pod_that_begins_anew_under_an_old_number_has_not_told_all),
                TALKING(a_pod_that_goes_on_in_its_epoch_is_read_to_its_end),
                TALKING(holes_are_asked_for_one_by_one_in_order),
                TALKING(what_does_not_come_is_asked_five_times_and_again_in_the_next_round),
                TALKING(what_the_pod_lost_is_not_asked_for),
                TALKING(an_answer_to_something_else_ends_the_conversation),
                TALKING(a_lost_answer_leaves_a_conversation_that_can_begin_again),
                TALKING(after_checksums_differ_nothing_is_offered_on_this_link),
                TALKING(an_epoch_that_cannot_be_freed_does_not_hold_up_the_next),
                TALKING(a_pod_without_epochs_has_nothing_missing),
                TALKING(an_empty_running_epoch_is_no_hole),
                TALKING(all_of_255_epochs_are_listed_and_read),
                TALKING(a_status_of_a_later_version_ends_no_more_than_it_must),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
