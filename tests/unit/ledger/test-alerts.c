/* Which alert is told: an acknowledgement is of what stood then, as bad as it was then. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/alerts.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/weeks.h"

#define THIS_WEEK "2026-W48" /* of NOW_MS, a Tuesday */
#define MONDAY    "2026-11-23"

static void put(Home *home, const char *id, const char *standing)
{
        Week week;

        week_set_null(&week);
        week.reasons.n = 0;
        week.changed[0] = '\0';
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.week, sizeof(week.week), id);
        (void)text_copy(week.state, sizeof(week.state), "provisional");
        (void)text_copy(week.zone, sizeof(week.zone), "Europe/Berlin");
        (void)text_copy(week.verdict.standing, sizeof(week.verdict.standing), standing);
        week.verdict.head.n = 1;
        week.verdict.head.method = 1;
        assert_int_equal(week_put(home->ledger, &week), 1);
}

static Acknowledgement given_of(Home *home, const char *id, const char *code)
{
        Acknowledgement given;

        fields_set_null(&acknowledgement_fields, &given);
        (void)text_copy(given.runner, sizeof(given.runner), RUNNER);
        (void)text_copy(given.id, sizeof(given.id), id);
        (void)text_copy(given.by, sizeof(given.by), "dr-7");
        (void)text_copy(given.alert, sizeof(given.alert), code);
        (void)text_copy(given.origin, sizeof(given.origin), "clinic");
        given.at_utc_ms = given.received_utc_ms = clock_utc_ms(home->clock);
        return given;
}

static void acknowledge(Home *home, const char *id, const char *code)
{
        Acknowledgement given = given_of(home, id, code);

        assert_int_equal(acknowledgement_store(home->ledger, &given), 1);
        assert_int_equal(acknowledgement_store(home->ledger, &given), 0); /* the same once more */
        clock_manual_advance(home->clock, HOUR_MS);
}

/* "code severity week", "seen by id" behind it, "+code" for others that were seen. "": none. */
static void told(Home *home, const char *wanted)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        char text[200] = "", week[WEEK_ID_SIZE];
        int64_t now_ms = clock_utc_ms(home->clock);
        Alert alert;
        IsoWeek newest;
        int r;

        assert_int_equal(homes_new(home->ledger, RUNNER, &homes), 0);
        newest = homes_week(homes, now_ms);
        r = alert_told(home->ledger, RUNNER, homes, newest, now_ms, &alert);
        assert_true(r >= 0);
        if (r > 0) {
                iso_week_format(alert.week, week);
                (void)snprintf(text, sizeof(text), "%s %lld %s%s%s%s", alert.reason.code,
                               (long long)alert.reason.severity, week, alert.is_seen ? " seen by " : "",
                               alert.is_seen ? alert.seen.id : "", alert.others[1] ? alert.others : "");
        }
        assert_string_equal(text, wanted);
}

static void a_worse_value_alerts_again_and_one_that_is_not_does_not(void **state)
{
        Home *home = *state;

        told(home, "");
        put(home, THIS_WEEK, ",pain_high:5:" MONDAY);
        told(home, "pain_high 5 " THIS_WEEK);
        acknowledge(home, "k1", "pain_high");
        told(home, "pain_high 5 " THIS_WEEK " seen by k1");
        put(home, THIS_WEEK, ",pain_high:10:" MONDAY);
        told(home, "pain_high 10 " THIS_WEEK);
        acknowledge(home, "k2", "pain_high");
        put(home, THIS_WEEK, ",pain_high:7:" MONDAY); /* a correction */
        told(home, "pain_high 7 " THIS_WEEK " seen by k2");
        put(home, THIS_WEEK, ",pain_high:7:2026-11-30"); /* it was gone in between */
        told(home, "pain_high 7 " THIS_WEEK);
}

static void what_an_acknowledged_reason_outranks_alerts_when_it_is_new(void **state)
{
        Home *home = *state;

        put(home, THIS_WEEK, ",pain_clock:1:2026-11-09,pain_high:5:" MONDAY);
        told(home, "pain_clock 1 " THIS_WEEK);
        acknowledge(home, "k1", "pain_clock");
        told(home, "pain_clock 1 " THIS_WEEK " seen by k1,pain_high"); /* it stood there, too */
        put(home, THIS_WEEK, ",pain_clock:1:2026-11-09,pain_high:10:" MONDAY ",spike_large:3:" MONDAY);
        told(home, "pain_high 10 " THIS_WEEK ",pain_clock");
        acknowledge(home, "k2", "pain_high"); /* the run stood there as well */
        told(home, "pain_clock 1 " THIS_WEEK " seen by k2,pain_high,spike_large");
}

/* The message waited while the gateway was away: nobody had seen what came meanwhile. */
static void an_acknowledgement_is_of_what_was_known_when_it_was_made(void **state)
{
        Home *home = *state;
        Acknowledgement given;

        put(home, THIS_WEEK, ",pain_high:5:" MONDAY);
        given = given_of(home, "k1", "pain_high");
        clock_manual_advance(home->clock, HOUR_MS);
        put(home, THIS_WEEK, ",pain_high:10:" MONDAY);
        given.received_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(acknowledgement_store(home->ledger, &given), 1);
        told(home, "pain_high 10 " THIS_WEEK);
        put(home, THIS_WEEK, ",pain_high:5:" MONDAY);
        told(home, "pain_high 5 " THIS_WEEK " seen by k1");
}

static void the_occurrence_that_is_named_is_the_one_that_was_seen(void **state)
{
        Home *home = *state;
        Acknowledgement given;

        put(home, THIS_WEEK, ",spike_large:2:" MONDAY);
        given = given_of(home, "k1", "spike_large");
        given.since_utc_ms = NOW_MS - 10 * DAY_MS;
        assert_int_equal(acknowledgement_store(home->ledger, &given), 1);
        told(home, "spike_large 2 " THIS_WEEK);
}

static void a_snooze_that_is_over_alerts_again(void **state)
{
        Home *home = *state;
        Acknowledgement given;

        put(home, THIS_WEEK, ",pain_high:5:" MONDAY);
        given = given_of(home, "k1", "pain_high");
        given.until_utc_ms = NOW_MS + DAY_MS;
        assert_int_equal(acknowledgement_store(home->ledger, &given), 1);
        told(home, "pain_high 5 " THIS_WEEK " seen by k1");
        clock_manual_advance(home->clock, DAY_MS);
        told(home, "pain_high 5 " THIS_WEEK);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_worse_value_alerts_again_and_one_that_is_not_does_not),
                TEST(what_an_acknowledged_reason_outranks_alerts_when_it_is_new),
                TEST(an_acknowledgement_is_of_what_was_known_when_it_was_made),
                TEST(the_occurrence_that_is_named_is_the_one_that_was_seen),
                TEST(a_snooze_that_is_over_alerts_again),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
