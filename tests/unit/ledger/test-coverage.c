/* What is received, lost or missing of an epoch, and what its pod may free. */
#include "tests/unit/ledger/fixture.h"

static int last_coverage(const EpochCoverage *coverage, void *userdata)
{
        *(EpochCoverage *)userdata = *coverage;
        return 0;
}

static EpochCoverage coverage_of(Home *home, uint32_t epoch)
{
        EpochCoverage coverage = {0};

        assert_int_equal(epoch_each(home->ledger, POD, last_coverage, &coverage), 0);
        assert_int_equal(coverage.epoch, epoch);
        return coverage;
}

/* ---- coverage ---- */

static void holes_are_named_in_order(void **state)
{
        Home *home = *state;
        SeqRange holes[8];

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 20), 0);
        store_strides(home, 7, 3, 5);
        store_strides(home, 7, 9, 12);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 8), 3);
        assert_int_equal(holes[0].first, 1);
        assert_int_equal(holes[0].last, 2);
        assert_int_equal(holes[1].first, 6);
        assert_int_equal(holes[1].last, 8);
        assert_int_equal(holes[2].first, 13);
        assert_int_equal(holes[2].last, 20);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 1), 1);
        assert_int_equal(epoch_missing(home->ledger, POD, 99, holes, 8), 0);
}

typedef struct Told {
        char text[400];
} Told;

static int note_range(const EpochRange *range, void *userdata)
{
        Told *told = userdata;
        size_t used = strlen(told->text);

        (void)snprintf(told->text + used, sizeof(told->text) - used, "%s %u-%u%s%s; ",
                       range_state_name(range->state), range->seq.first, range->seq.last,
                       range->reason[0] ? " " : "", range->reason);
        return 0;
}

static const char *ranges_of(Home *home, uint32_t epoch)
{
        static Told told;

        told.text[0] = '\0';
        assert_int_equal(epoch_ranges(home->ledger, POD, epoch, note_range, &told), 0);
        return told.text;
}

static void what_became_of_every_number_is_told_with_the_pods_reason(void **state)
{
        Home *home = *state;
        Record gone[] = {lost(7, 6, 9, 6000), lost(7, 10, 11, 6001)};

        gone[1].lost.reason = LOST_CORRUPT;
        assert_int_equal(record_encode(&gone[1]), 0);
        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 20), 0);
        assert_string_equal(ranges_of(home, 7), "missing 1-20; ");
        store_strides(home, 7, 2, 5);
        (void)store(home, POD, gone, 2);
        store_strides(home, 7, 15, 20);
        assert_string_equal(ranges_of(home, 7), "missing 1-1; received 2-5; lost 6-9 overwritten; lost 10-11 "
                                                "corrupt; missing 12-14; received 15-20; ");
        store_strides(home, 7, 8, 8); /* it had not lost that one after all */
        store_strides(home, 7, 1, 1);
        store_strides(home, 7, 12, 14);
        assert_string_equal(ranges_of(home, 7), "received 1-5; lost 6-7 overwritten; received 8-8; lost 9-9 "
                                                "overwritten; lost 10-11 corrupt; received 12-20; ");
        assert_string_equal(ranges_of(home, 99), "");
}

static void coverage_adds_up(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 6, 9, 6000);
        EpochCoverage coverage;

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 20), 0);
        store_strides(home, 7, 1, 5);
        store_strides(home, 7, 12, 13);
        (void)store(home, POD, &gone, 1);
        assert_int_equal(epoch_asked_again(home->ledger, POD, 7), 0);
        assert_int_equal(epoch_asked_again(home->ledger, POD, 7), 0);
        assert_int_equal(durable_told(home->ledger, POD, 7, 9), 0);
        coverage = coverage_of(home, 7);
        assert_int_equal(coverage.first, 1);
        assert_int_equal(coverage.last, 20);
        assert_int_equal(coverage.received, 7);
        assert_int_equal(coverage.lost, 4);
        assert_int_equal(coverage.missing, 9);
        assert_int_equal(coverage.asked_again, 2);
        assert_int_equal(coverage.durable, 9);
        assert_int_equal(coverage.n_holes, 2);
        assert_int_equal(coverage.holes[1].first, 14);
}

static void an_empty_epoch_has_no_hole(void **state)
{
        Home *home = *state;
        SeqRange holes[2];

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 0), 0);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 2), 0);
        assert_int_equal(coverage_of(home, 7).missing, 0);
}

static void learning_less_than_is_known_changes_nothing(void **state)
{
        Home *home = *state;

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 20), 0);
        assert_int_equal(epoch_learn(home->ledger, POD, 7, 5, 10), 0);
        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 0), 0);
        assert_int_equal(coverage_of(home, 7).first, 1);
        assert_int_equal(coverage_of(home, 7).last, 20);
        assert_int_equal(epoch_learn(home->ledger, OTHER_POD, 7, 1, 20), -ENOENT);
}

static void a_lost_range_closes_the_hole_but_counts_as_lost(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 3, 6, 3000);
        SeqRange holes[2];
        EpochCoverage coverage;

        store_strides(home, 7, 1, 2);
        (void)store(home, POD, &gone, 1);
        store_strides(home, 7, 7, 8);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 2), 0);
        coverage = coverage_of(home, 7);
        assert_int_equal(coverage.received, 4);
        assert_int_equal(coverage.lost, 4);
}

static void a_late_record_takes_its_place_in_a_lost_range(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 3, 9, 3000), late = stride(7, 5, 5 * TICK_HZ);
        EpochCoverage coverage;

        store_strides(home, 7, 1, 2);
        (void)store(home, POD, &gone, 1);
        assert_int_equal(store(home, POD, &late, 1).stored, 1);
        coverage = coverage_of(home, 7);
        assert_int_equal(coverage.received, 3);
        assert_int_equal(coverage.lost, 6);
        assert_int_equal(coverage.missing, 0);
}

static void a_lost_range_does_not_take_away_what_was_received(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 3, 9, 3000);
        EpochCoverage coverage;

        store_strides(home, 7, 5, 6);
        (void)store(home, POD, &gone, 1);
        coverage = coverage_of(home, 7);
        assert_int_equal(coverage.received, 2);
        assert_int_equal(coverage.lost, 5);
        assert_int_equal(coverage.missing, 0);
        assert_int_equal(coverage.last, 9);
}

/* Any order of records and lost ranges ends with the same coverage as counting seq by seq. */
static void coverage_equals_counting_for_any_order(void **state)
{
        enum { SEQS = 60, ROUNDS = 200 };
        Home *home = *state;
        unsigned seed = (unsigned)getpid() * 2654435761u, random = seed;

        print_message("seed %u\n", seed);
        for (uint32_t epoch = 1; epoch <= 4; epoch++) {
                char seqs[SEQS + 1] = {0}; /* 'r', 'l' or 0 */
                bool named[SEQS + 1] = {0};
                EpochCoverage coverage = {0};
                int64_t received = 0, gone = 0;

                assert_int_equal(epoch_learn(home->ledger, POD, epoch, 1, SEQS), 0);
                assert_int_equal(ledger_begin(home->ledger), 0);
                for (int i = 0; i < ROUNDS / 4; i++) {
                        uint32_t first, last;
                        Record record;

                        random = random * 1664525u + 1013904223u;
                        first = 1 + (random >> 8) % SEQS;
                        last = first + (random >> 20) % 6;
                        last = last > SEQS ? SEQS : last;
                        if (named[first])
                                continue; /* that id is taken */
                        named[first] = true;
                        record = random >> 31 ? lost(epoch, first, last, first)
                                              : stride(epoch, first, first);
                        (void)store(home, POD, &record, 1);
                        if (record.kind == RECORD_STRIDE)
                                last = first;
                        for (uint32_t seq = first; seq <= last; seq++)
                                seqs[seq] = record.kind == RECORD_STRIDE || seqs[seq] == 'r' ? 'r'
                                                                                             : 'l';
                }
                assert_int_equal(ledger_commit(home->ledger), 0);
                for (int seq = 1; seq <= SEQS; seq++) {
                        received += seqs[seq] == 'r';
                        gone += seqs[seq] == 'l';
                }
                coverage = coverage_of(home, epoch);
                assert_int_equal(coverage.received, received);
                assert_int_equal(coverage.lost, gone);
                assert_int_equal(coverage.missing, SEQS - received - gone);
        }
}

/* ---- what a pod may free ---- */

/* CRC-32 bit by bit, independent of the codec's. */
static uint32_t crc_octet(uint32_t crc, uint8_t octet)
{
        crc ^= octet;
        for (int bit = 0; bit < 8; bit++)
                crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        return crc;
}

static uint32_t crc_of(const Record *records, size_t n)
{
        uint32_t crc = 0xFFFFFFFFu;

        for (size_t i = 0; i < n; i++) {
                for (int shift = 0; shift < 32; shift += 8)
                        crc = crc_octet(crc, (uint8_t)(records[i].seq >> shift));
                crc = crc_octet(crc, (uint8_t)records[i].kind);
                for (size_t at = 0; at < records[i].body_size; at++)
                        crc = crc_octet(crc, records[i].body[at]);
        }
        return ~crc;
}

static void the_pod_may_free_up_to_the_first_hole(void **state)
{
        Home *home = *state;
        SeqRange range;
        uint32_t crc;

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 10), 0);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 0);
        store_strides(home, 7, 1, 4);
        store_strides(home, 7, 6, 10);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 1);
        assert_int_equal(range.first, 1);
        assert_int_equal(range.last, 4);
        assert_int_equal(durable_told(home->ledger, POD, 7, 4), 0);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 0);
        store_strides(home, 7, 5, 5);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 1);
        assert_int_equal(range.first, 5);
        assert_int_equal(range.last, 10);
}

static void a_hole_at_the_beginning_frees_nothing(void **state)
{
        Home *home = *state;
        SeqRange range;
        uint32_t crc;

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 10), 0);
        store_strides(home, 7, 2, 10);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 0);
        assert_int_equal(durable_next(home->ledger, POD, 99, 256, &range, &crc), 0);
}

static void a_page_is_at_most_max_records(void **state)
{
        Home *home = *state;
        SeqRange range;
        uint32_t crc;

        store_strides(home, 7, 1, 10);
        for (uint32_t first = 1; first <= 10; first += 4) {
                assert_int_equal(durable_next(home->ledger, POD, 7, 4, &range, &crc), 1);
                assert_int_equal(range.first, first);
                assert_int_equal(range.last, first + 3 > 10 ? 10 : first + 3);
                assert_int_equal(durable_told(home->ledger, POD, 7, range.last), 0);
        }
        assert_int_equal(durable_next(home->ledger, POD, 7, 4, &range, &crc), 0);
}

static void lost_spans_side_by_side_belong_to_one_range(void **state)
{
        Home *home = *state;
        Record batch[] = {stride(7, 1, 1000),  stride(7, 2, 1700),   lost(7, 3, 40, 2000),
                          lost(7, 41, 41, 2100), stride(7, 42, 9000)};
        SeqRange range;
        uint32_t crc;

        (void)store(home, POD, batch, 5);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 1);
        assert_int_equal(range.first, 1);
        assert_int_equal(range.last, 42);
        assert_int_equal(crc, crc_of(batch, 5));
}

static void a_range_ends_nowhere_inside_a_lost_record(void **state)
{
        Home *home = *state;
        Record batch[] = {stride(7, 1, 1000), lost(7, 2, 50, 2000), stride(7, 51, 9000)};
        SeqRange range;
        uint32_t crc;

        (void)store(home, POD, batch, 3);
        assert_int_equal(durable_next(home->ledger, POD, 7, 10, &range, &crc), 1);
        assert_int_equal(range.last, 50);
        assert_int_equal(crc, crc_of(batch, 2));
        assert_int_equal(durable_told(home->ledger, POD, 7, 50), 0);
        assert_int_equal(durable_next(home->ledger, POD, 7, 10, &range, &crc), 1);
        assert_int_equal(range.first, 51);
        assert_int_equal(crc, crc_of(batch + 2, 1));
}

static void the_checksum_is_that_of_what_is_stored(void **state)
{
        Home *home = *state;
        Record batch[40];
        SeqRange range;
        uint32_t crc;

        for (uint32_t i = 0; i < 40; i++)
                batch[i] = i % 7 == 3 ? anchor(7, i + 1, i * 700, NOW_MS + i, CLOCK_SET)
                                      : stride(7, i + 1, i * 700);
        (void)store(home, POD, batch, 40);
        home_reopen(home);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 1);
        assert_int_equal(range.last, 40);
        assert_int_equal(crc, crc_of(batch, 40));
}

static void what_the_pod_freed_is_never_taken_back(void **state)
{
        Home *home = *state;

        store_strides(home, 7, 1, 10);
        assert_int_equal(durable_told(home->ledger, POD, 7, 8), 0);
        assert_int_equal(durable_told(home->ledger, POD, 7, 3), 0);
        assert_int_equal(coverage_of(home, 7).durable, 8);
}

static void only_what_the_pod_still_has_is_offered(void **state)
{
        Home *home = *state;
        SeqRange range;
        uint32_t crc;

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 101, 110), 0);
        store_strides(home, 7, 101, 110);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 1);
        assert_int_equal(range.first, 101);
}

/* The answer to DURABLE 1-4 was lost; by then more had come. Offered from 1 again the pod would refuse
 * it for ever. */
static void what_the_pod_freed_without_our_hearing_is_learned_from_its_list(void **state)
{
        Home *home = *state;
        SeqRange range;
        uint32_t crc;

        assert_int_equal(epoch_learn(home->ledger, POD, 7, 1, 4), 0);
        store_strides(home, 7, 1, 6);
        assert_int_equal(epoch_learn(home->ledger, POD, 7, 5, 6), 0);
        assert_int_equal(coverage_of(home, 7).durable, 4);
        assert_int_equal(coverage_of(home, 7).first, 1);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 1);
        assert_int_equal(range.first, 5);
        assert_int_equal(range.last, 6);
}

/* ---- at the edges ---- */

static void an_unknown_kind_may_have_no_octets_at_all(void **state)
{
        Home *home = *state;
        Record record = {.epoch = 7, .seq = 1, .kind = 44};
        SeqRange range;
        uint32_t crc;

        assert_int_equal(store(home, POD, &record, 1).stored, 1);
        assert_int_equal(store(home, POD, &record, 1).known, 1);
        assert_int_equal(durable_next(home->ledger, POD, 7, 256, &range, &crc), 1);
        assert_int_equal(crc, crc_of(&record, 1));
        assert_int_equal(export_all(home).list[0].record.body_size, 0);
}

/* The pod's memory ran over between two visits: what it lost begins where we have something. */
static void a_lost_range_that_grew_closes_the_new_hole_too(void **state)
{
        Home *home = *state;
        Record first = lost(7, 3, 5, 3000), grown = lost(7, 3, 12, 9000);
        SeqRange holes[2];

        store_strides(home, 7, 1, 2);
        (void)store(home, POD, &first, 1);
        store_strides(home, 7, 13, 14);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 2), 1);
        assert_int_equal(store(home, POD, &grown, 1).contradicted, 1);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 2), 0);
        assert_int_equal(coverage_of(home, 7).lost, 10);
}

static void a_lost_range_that_begins_with_a_received_record_closes_the_rest(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 2, 12, 9000);
        SeqRange holes[2];

        store_strides(home, 7, 1, 2);
        store_strides(home, 7, 13, 14);
        assert_int_equal(store(home, POD, &gone, 1).contradicted, 1);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 2), 0);
        assert_int_equal(coverage_of(home, 7).received, 4);
        assert_int_equal(coverage_of(home, 7).lost, 10);
        assert_int_equal(export_all(home).list[1].record.kind, RECORD_STRIDE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(holes_are_named_in_order),
                TEST(what_became_of_every_number_is_told_with_the_pods_reason),
                TEST(coverage_adds_up),
                TEST(an_empty_epoch_has_no_hole),
                TEST(learning_less_than_is_known_changes_nothing),
                TEST(a_lost_range_closes_the_hole_but_counts_as_lost),
                TEST(a_late_record_takes_its_place_in_a_lost_range),
                TEST(a_lost_range_does_not_take_away_what_was_received),
                TEST(coverage_equals_counting_for_any_order),
                TEST(the_pod_may_free_up_to_the_first_hole),
                TEST(a_hole_at_the_beginning_frees_nothing),
                TEST(a_page_is_at_most_max_records),
                TEST(lost_spans_side_by_side_belong_to_one_range),
                TEST(a_range_ends_nowhere_inside_a_lost_record),
                TEST(the_checksum_is_that_of_what_is_stored),
                TEST(what_the_pod_freed_is_never_taken_back),
                TEST(only_what_the_pod_still_has_is_offered),
                TEST(what_the_pod_freed_without_our_hearing_is_learned_from_its_list),
                TEST(an_unknown_kind_may_have_no_octets_at_all),
                TEST(a_lost_range_that_grew_closes_the_new_hole_too),
                TEST(a_lost_range_that_begins_with_a_received_record_closes_the_rest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
