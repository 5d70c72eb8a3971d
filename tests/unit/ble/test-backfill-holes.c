/* The conversation with a pod that does not give some of its records, or whose answers are lost. */
#include "daemon/ble/backfill.h"

#include "tests/unit/with-ledger.h"

#define EPOCH 1

/* A pod of one epoch: what it holds, and what it never sends. */
typedef struct FakePod {
        uint32_t first, last; /* as LIST_EPOCHS says */
        uint32_t stubborn[4]; /* 0: none */
        bool durable_is_refused;
        unsigned n_reports, n_durables;
        uint32_t durable; /* of the last DURABLE that was ok */
} FakePod;

static WithLedger with;
static Backfill backfill;

static int set_up(void **state)
{
        (void)state;
        with_ledger_open(&with, TEST_UTC_MS);
        backfill_init(&backfill, with.ledger, TEST_POD);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        with_ledger_close(&with);
        return 0;
}

static bool is_stubborn(const FakePod *pod, uint32_t seq)
{
        for (size_t i = 0; i < ARRAY_SIZE(pod->stubborn); i++) {
                if (pod->stubborn[i] == seq)
                        return true;
        }
        return false;
}

static void report(FakePod *pod, const StrideRequest *request)
{
        pod->n_reports++;
        assert_in_range(request->last - request->first, 0, STRIDE_PAGE_RECORDS - 1);
        for (uint32_t seq = request->first; seq <= request->last && seq <= pod->last; seq++) {
                if (!is_stubborn(pod, seq))
                        with_ledger_store(&with, EPOCH, seq, seq);
        }
}

static void free_range(FakePod *pod, const StrideRequest *request, StrideResponse *response)
{
        pod->n_durables++;
        response->status = request->first == pod->first && !pod->durable_is_refused
                                   ? STRIDE_OK
                                   : STRIDE_BAD_PARAMETER;
        response->last = request->last;
        if (response->status == STRIDE_OK)
                pod->durable = request->last;
}

static int answer(FakePod *pod, StrideRequest *request)
{
        StrideResponse response = {.opcode = request->opcode, .status = STRIDE_OK, .epoch = EPOCH};

        switch (request->opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                response.total = 1;
                response.first = pod->first;
                response.last = pod->last;
                break;
        case STRIDE_OP_REPORT:
                report(pod, request);
                break;
        case STRIDE_OP_DURABLE:
                free_range(pod, request, &response);
                break;
        default:
                break;
        }
        return backfill_answer(&backfill, &response, request);
}

static void round_of(FakePod *pod)
{
        StrideRequest request;
        int step = backfill_begin(&backfill, (BackfillNow){0}, &request);

        for (int turns = 0; step != BACKFILL_DONE; turns++) {
                assert_true(step >= 0);
                assert_in_range(turns, 0, 1000);
                step = step == BACKFILL_SETTLE ? backfill_settled(&backfill, &request)
                                               : answer(pod, &request);
        }
}

static void a_stubborn_hole_does_not_stop_what_is_behind_it(void **state)
{
        FakePod pod = {.first = 1, .last = 700, .stubborn = {5, 300}};
        SeqRange holes[4];

        (void)state;
        round_of(&pod);
        assert_int_equal(epoch_missing(with.ledger, TEST_POD, EPOCH, holes, 4), 2);
        assert_int_equal(holes[0].first, 5);
        assert_int_equal(holes[0].last, 5);
        assert_int_equal(holes[1].first, 300);
        assert_int_equal(holes[1].last, 300);
        assert_false(backfill_is_complete(&backfill));
        assert_int_equal(pod.durable, 4);
}

static void a_stubborn_hole_is_asked_five_times_a_round_and_again_in_the_next(void **state)
{
        FakePod pod = {.first = 1, .last = 10, .stubborn = {5}};
        SeqRange hole;

        (void)state;
        round_of(&pod);
        assert_int_equal(pod.n_reports, 1 + BACKFILL_ASK_MAX); /* the page, then what stayed */
        pod.stubborn[0] = 0;
        pod.first = 5;
        round_of(&pod);
        assert_int_equal(pod.n_reports, 2 + BACKFILL_ASK_MAX);
        assert_int_equal(epoch_missing(with.ledger, TEST_POD, EPOCH, &hole, 1), 0);
        assert_true(backfill_is_complete(&backfill));
        assert_int_equal(pod.durable, 10);
}

static void a_hole_longer_than_a_page_that_does_not_come_is_passed_page_by_page(void **state)
{
        FakePod pod = {.first = 1, .last = 600, .stubborn = {1, 257, 513}};

        (void)state;
        round_of(&pod);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record"), 597);
}

static void after_a_lost_answer_durable_goes_on_where_the_pod_is(void **state)
{
        FakePod pod = {.first = 11, .last = 12};

        (void)state;
        with_ledger_store(&with, EPOCH, 1, 10); /* freed, and we never heard of it */
        round_of(&pod);
        assert_int_equal(pod.n_durables, 1);
        assert_int_equal(pod.durable, 12);
}

static void a_refused_durable_is_not_repeated_in_the_round(void **state)
{
        FakePod pod = {.first = 1, .last = 10, .durable_is_refused = true};

        (void)state;
        round_of(&pod);
        assert_int_equal(pod.n_durables, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_stubborn_hole_does_not_stop_what_is_behind_it, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(
                        a_stubborn_hole_is_asked_five_times_a_round_and_again_in_the_next, set_up,
                        tear_down),
                cmocka_unit_test_setup_teardown(
                        a_hole_longer_than_a_page_that_does_not_come_is_passed_page_by_page, set_up,
                        tear_down),
                cmocka_unit_test_setup_teardown(after_a_lost_answer_durable_goes_on_where_the_pod_is,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_refused_durable_is_not_repeated_in_the_round, set_up,
                                                tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
