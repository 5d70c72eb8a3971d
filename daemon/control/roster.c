/* Pods and runners: who wears what, and who may know. */
#include "daemon/control/dict.h"
#include "daemon/control/state.h"

#include "base/log.h"
#include "daemon/ledger/homes.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"
#include "proto/clinic-records.h"
#include "proto/topic.h"

#include <errno.h>
#include <string.h>

/* ---- pods ---- */

typedef struct Totals {
        int64_t received, missing, lost, asked_again;
} Totals;

static int add_totals(const EpochCoverage *coverage, void *userdata)
{
        Totals *totals = userdata;

        totals->received += coverage->received;
        totals->missing += coverage->missing;
        totals->lost += coverage->lost;
        totals->asked_again += coverage->asked_again;
        return 0;
}

static int append_pod(Control *control, sd_bus_message *m, const Pod *pod)
{
        static const char *const cadences[] = {
                [CADENCE_UNDECIDED] = "undecided", [CADENCE_STEPS] = "steps", [CADENCE_STRIDES] = "strides"};
        LinkState link = {.state = "absent", .last_error = "", .state_since_utc_ms = NULL_INTEGER};
        Totals totals = {0};
        int64_t unread = 0, contradictions = 0;
        int r = epoch_each(control->ledger, pod->address, add_totals, &totals);

        if (r >= 0)
                r = raw_packet_count(control->ledger, pod->address, &unread);
        if (r >= 0)
                r = contradiction_count(control->ledger, pod->address, &contradictions);
        if (r < 0)
                return r;
        (void)ble_link_state(control->ble, pod->address, &link); /* without a link it is absent */
        r = dict_fields(m, &pod_fields, pod);
        if (r >= 0)
                r = dict_text(m, "runner", pod->runner);
        if (r >= 0)
                r = dict_text(m, "placement", placement_name((Placement)pod->placement));
        if (r >= 0 && pod->cadence >= 0 && pod->cadence < (int64_t)ARRAY_SIZE(cadences))
                r = dict_text(m, "cadence_counts", cadences[pod->cadence]);
        if (r >= 0)
                r = dict_time(m, "assigned", pod->assigned_utc_ms);
        if (r >= 0)
                r = dict_text(m, "link.state", link.state);
        if (r >= 0)
                r = dict_time(m, "link.since", link.state_since_utc_ms);
        if (r >= 0)
                r = dict_integer(m, "link.failures", link.failures);
        if (r >= 0)
                r = dict_text(m, "link.last_error", link.last_error);
        if (r >= 0)
                r = dict_integer(m, "records.received", totals.received);
        if (r >= 0)
                r = dict_integer(m, "records.missing", totals.missing);
        if (r >= 0)
                r = dict_integer(m, "records.lost", totals.lost);
        if (r >= 0)
                r = dict_integer(m, "records.asked_again", totals.asked_again);
        if (r >= 0)
                r = dict_integer(m, "records.unread_packets", unread);
        if (r >= 0)
                r = dict_integer(m, "records.contradictions", contradictions);
        return r;
}

typedef struct Listing {
        Control *control;
        sd_bus_message *m;
} Listing;

static int list_pod(const Pod *pod, void *userdata)
{
        const Listing *listing = userdata;
        int r = dict_open(listing->m);

        if (r >= 0)
                r = append_pod(listing->control, listing->m, pod);
        return r < 0 ? r : dict_close(listing->m) < 0 ? -EIO : 0;
}

int method_list_pods(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        Listing listing = {.control = control};
        int r = sd_bus_message_new_method_return(call, &reply);

        listing.m = reply;
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r >= 0)
                r = pod_each(control->ledger, list_pod, &listing);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

static int append_range(const EpochRange *range, void *userdata)
{
        sd_bus_message *m = userdata;
        int r = dict_open(m);

        if (r >= 0)
                r = dict_integer(m, "first", range->seq.first);
        if (r >= 0)
                r = dict_integer(m, "last", range->seq.last);
        if (r >= 0)
                r = dict_text(m, "state", range_state_name(range->state));
        if (r >= 0)
                r = dict_text(m, "reason", range->reason);
        return r < 0 ? r : dict_close(m) < 0 ? -EIO : 0;
}

typedef struct PodReply {
        Control *control;
        const char *address;
        sd_bus_message *m;
} PodReply;

static int append_epoch(const EpochCoverage *coverage, void *userdata)
{
        const PodReply *reply = userdata;
        sd_bus_message *m = reply->m;
        int64_t holes[2 * ARRAY_SIZE(coverage->holes)];
        int r = dict_open(m);

        for (size_t i = 0; i < coverage->n_holes; i++) {
                holes[2 * i] = coverage->holes[i].first;
                holes[2 * i + 1] = coverage->holes[i].last;
        }
        if (r >= 0)
                r = dict_integer(m, "epoch", coverage->epoch);
        if (r >= 0)
                r = dict_integer(m, "first", coverage->first);
        if (r >= 0)
                r = dict_integer(m, "last", coverage->last);
        if (r >= 0)
                r = dict_integer(m, "received", coverage->received);
        if (r >= 0)
                r = dict_integer(m, "lost", coverage->lost);
        if (r >= 0)
                r = dict_integer(m, "missing", coverage->missing);
        if (r >= 0)
                r = dict_integer(m, "asked_again", coverage->asked_again);
        if (r >= 0)
                r = dict_integer(m, "durable", coverage->durable);
        if (r >= 0)
                r = dict_integers(m, "holes", holes, 2 * coverage->n_holes);
        if (r >= 0)
                r = dict_list_open(m, "ranges");
        if (r >= 0)
                r = epoch_ranges(reply->control->ledger, reply->address, coverage->epoch, append_range, m);
        if (r >= 0)
                r = dict_list_close(m);
        return r < 0 ? r : dict_close(m) < 0 ? -EIO : 0;
}

int method_get_pod(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        char address[ADDRESS_SIZE];
        const char *text;
        Pod pod;
        int r = sd_bus_message_read(call, "s", &text);

        if (r < 0)
                return r;
        if (address_parse(text, address) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no Bluetooth address\nlist them with: stridectl pods",
                                         text);
        r = pod_get(control->ledger, address, &pod);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        if (r == 0)
                return sd_bus_error_setf(error, ERROR_NOT_FOUND,
                                         "no pod %s is known here\nlist them with: stridectl pods, or "
                                         "look around with: stridectl scan",
                                         address);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = append_pod(control, reply, &pod);
        if (r >= 0)
                r = dict_list_open(reply, "epochs");
        if (r >= 0)
                r = epoch_each(control->ledger, address, append_epoch,
                               &(PodReply){.control = control, .address = address, .m = reply});
        if (r >= 0)
                r = dict_list_close(reply);
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

/* ---- runners ---- */

/* One entry of what AddRunner is given; a range of 0, 0 is a text. */
static const struct {
        const char *path;
        double least, most;
} runner_options[] = {
        {"mass_kg", 20, 300}, {"height_cm", 80, 250}, {"hr_max_bpm", 80, 250}, {"hr_rest_bpm", 20, 150},
};

static int set_option(Runner *runner, const char *key, double value, sd_bus_error *error)
{
        for (size_t i = 0; i < ARRAY_SIZE(runner_options); i++) {
                const Field *field;

                if (strcmp(runner_options[i].path, key) != 0)
                        continue;
                if (!(value >= runner_options[i].least && value <= runner_options[i].most))
                        return sd_bus_error_setf(error, ERROR_INVALID,
                                                 "%s must lie between %g and %g\nsee: stridectl help "
                                                 "runners",
                                                 key, runner_options[i].least,
                                                 runner_options[i].most);
                field = fields_find(&runner_fields, key);
                if (field->type == FIELD_REAL)
                        *field_real(field, runner) = value;
                else
                        *field_integer(field, runner) = (int64_t)value;
                return 0;
        }
        return sd_bus_error_setf(error, ERROR_INVALID, "a runner has no '%s'\nsee: stridectl help runners",
                                 key);
}

static int read_option(sd_bus_message *call, Runner *runner, sd_bus_error *error)
{
        const char *key, *contents, *text;
        double value;
        char type;
        int r = sd_bus_message_read(call, "s", &key);

        if (r >= 0)
                r = sd_bus_message_peek_type(call, &type, &contents);
        if (r < 0)
                return r;
        if (strcmp(contents, "s") == 0) {
                r = sd_bus_message_read(call, "v", "s", &text);
                if (r < 0)
                        return r;
                if (strcmp(key, "sex") != 0 ||
                    (strcmp(text, "male") != 0 && strcmp(text, "female") != 0))
                        return sd_bus_error_setf(error, ERROR_INVALID,
                                                 "sex must be male or female, or not given\nsee: "
                                                 "stridectl help runners");
                (void)text_copy(runner->sex, sizeof(runner->sex), text);
                return 0;
        }
        r = sd_bus_message_read(call, "v", "d", &value);
        return r < 0 ? r : set_option(runner, key, value, error);
}

static int no_such_zone(const char *zone, sd_bus_error *error)
{
        return sd_bus_error_setf(error, ERROR_INVALID,
                                 "'%s' is no time zone this machine knows\nthey look like Europe/Berlin; "
                                 "list them with: timedatectl list-timezones",
                                 zone);
}

static int read_runner(sd_bus_message *call, Runner *runner, sd_bus_error *error)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        const char *id, *zone_text;
        int r = sd_bus_message_read(call, "ss", &id, &zone_text);

        if (r < 0)
                return r;
        if (!id_is_valid(id))
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' cannot be a runner's id: 1 to 40 letters, digits, '.', "
                                         "'_' or '-'\na pseudonym is best, as: stridectl runners add r1 "
                                         "--zone %s",
                                         id, zone_text);
        if (!topic_runner_is_valid(id))
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is a word of the clinic's topics and cannot name a "
                                         "runner\na pseudonym is best, as: stridectl runners add r1 "
                                         "--zone %s",
                                         id, zone_text);
        if (zone_new(zone_text, &zone) < 0 ||
            !text_copy(runner->zone, sizeof(runner->zone), zone_text))
                return no_such_zone(zone_text, error);
        (void)text_copy(runner->id, sizeof(runner->id), id);
        r = sd_bus_message_enter_container(call, 'a', "{sv}");
        while (r >= 0) {
                r = sd_bus_message_enter_container(call, 'e', "sv");
                if (r <= 0)
                        break;
                r = read_option(call, runner, error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(call);
        }
        return r;
}

int method_add_runner(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        Runner runner;
        int r;

        fields_set_null(&runner_fields, &runner);
        runner.consent = 0;
        runner.added_utc_ms = clock_utc_ms(control->clock);
        r = read_runner(call, &runner, error);
        if (r < 0)
                return r;
        r = runner_add(control->ledger, &runner);
        if (r == -EEXIST)
                return sd_bus_error_setf(error, ERROR_EXISTS,
                                         "runner %s is there already, nothing changed\nlook with: "
                                         "stridectl runners",
                                         runner.id);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        return sd_bus_reply_method_return(call, "");
}

/* The week that runs where they were at home until now. */
static int this_week(Control *control, const char *id, char ret[static WEEK_ID_SIZE])
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        int r = homes_new(control->ledger, id, &homes);

        if (r >= 0)
                iso_week_format(homes_week(homes, clock_utc_ms(control->clock)), ret);
        return r;
}

int method_move_runner(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(zone_freep) Zone *there = NULL;
        Control *control = userdata;
        const char *id, *zone, *from;
        char week[WEEK_ID_SIZE];
        IsoWeek parsed;
        int r = sd_bus_message_read(call, "sss", &id, &zone, &from);

        if (r >= 0)
                r = control_need_runner(control, id, error);
        if (r < 0)
                return r;
        if (zone_new(zone, &there) < 0)
                return no_such_zone(zone, error);
        if (from[0] && iso_week_parse(from, &parsed) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no week\nit looks like 2026-W47", from);
        if (!from[0])
                r = this_week(control, id, week);
        if (r >= 0)
                r = runner_move(control->ledger, id, zone, from[0] ? from : week);
        if (r == -ERANGE)
                return sd_bus_error_setf(error, ERROR_INVALID, "%s is too far away\n"
                                         "give a week from 2000-W01 to the end of next year", from);
        return r < 0 ? control_ledger_failed(control, error, r) : sd_bus_reply_method_return(call, "");
}

static int list_runner(const Runner *runner, void *userdata)
{
        sd_bus_message *m = userdata;
        int r = dict_open(m);

        if (r >= 0)
                r = dict_fields(m, &runner_fields, runner);
        return r < 0 ? r : dict_close(m) < 0 ? -EIO : 0;
}

int method_list_runners(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        int r = sd_bus_message_new_method_return(call, &reply);

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r >= 0)
                r = runner_each(control->ledger, list_runner, reply);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

int method_set_consent(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        const char *id;
        int consent, r = sd_bus_message_read(call, "sb", &id, &consent);

        if (r < 0)
                return r;
        r = control_need_runner(control, id, error);
        if (r < 0)
                return r;
        r = runner_set_consent(control->ledger, id, consent);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        log_event(LOG_CONSENT_CHANGED, LOG_LEVEL_NOTICE, NULL, id,
                  consent ? "consent given: weeks and runs are published from now on"
                          : "consent withdrawn: nothing more is published, what the broker keeps is "
                            "cleared");
        return sd_bus_reply_method_return(call, "");
}
