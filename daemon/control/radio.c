/* Scan and Pair. */
#include "daemon/control/conflicts.h"
#include "daemon/control/dict.h"
#include "daemon/control/long-call.h"
#include "daemon/control/state.h"

#include "base/log.h"
#include "daemon/ledger/roster.h"

#include <errno.h>
#include <string.h>

#define PASSKEY_MAX 999999

/* ---- scan ---- */

static int append_seen(sd_bus_message *m, const SeenPod *pod)
{
        int r = dict_open(m);

        if (r >= 0)
                r = dict_text(m, "address", pod->address);
        if (r >= 0)
                r = dict_text(m, "name", pod->name);
        if (r >= 0)
                r = dict_text(m, "driver", pod->driver);
        if (r >= 0)
                r = dict_integer(m, "rssi_dbm", pod->rssi == 127 ? NULL_INTEGER : pod->rssi);
        if (r >= 0)
                r = dict_boolean(m, "bonded", pod->bonded);
        if (r >= 0)
                r = dict_boolean(m, "known", pod->in_roster);
        return r < 0 ? r : dict_close(m);
}

static int answer_scan(LongCall *long_call, const SeenPod *pods, size_t n)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(long_call->call, &reply);

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = append_seen(reply, &pods[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(long_call->control->bus, reply, NULL);
}

static void on_scanned(int error, const SeenPod *pods, size_t n, void *userdata)
{
        LongCall *long_call = userdata;
        int r = error;

        if (r == 0)
                r = answer_scan(long_call, pods, n);
        if (r < 0)
                long_call_radio_failed(long_call, r, NULL);
        long_call_end(long_call);
}

int method_scan(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        LongCall *long_call;
        uint32_t seconds;
        int r = sd_bus_message_read(call, "u", &seconds);

        if (r >= 0)
                r = long_call_begin(control, call, &long_call);
        if (r < 0)
                return r;
        r = ble_scan(control->ble, seconds > 60 ? 60 : (int)seconds, on_scanned, long_call);
        if (r < 0) {
                long_call_end(long_call);
                return r == -ERANGE ? sd_bus_error_set(error, ERROR_INVALID,
                                                       "a scan takes 1 to 60 s\ntry: stridectl scan")
                                    : radio_error(error, r, NULL);
        }
        return 1;
}

/* ---- pair ---- */

static int assign(LongCall *long_call, const PairResult *result, Pod *pod)
{
        fields_set_null(&pod_fields, pod);
        (void)text_copy(pod->address, sizeof(pod->address), long_call->address);
        (void)text_copy(pod->name, sizeof(pod->name), result->name);
        (void)text_copy(pod->driver, sizeof(pod->driver), result->driver);
        (void)text_copy(pod->runner, sizeof(pod->runner), long_call->runner);
        pod->placement = (int64_t)long_call->placement;
        pod->bonded = result->bonded;
        pod->has_memory = result->has_memory;
        return pod_assign(long_call->control->ledger, pod);
}

static int answer_paired(LongCall *long_call, const Pod *pod)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(long_call->call, &reply);

        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = dict_text(reply, "address", pod->address);
        if (r >= 0)
                r = dict_text(reply, "name", pod->name);
        if (r >= 0)
                r = dict_text(reply, "driver", pod->driver);
        if (r >= 0)
                r = dict_text(reply, "runner", pod->runner);
        if (r >= 0)
                r = dict_text(reply, "placement", placement_name((Placement)pod->placement));
        if (r >= 0)
                r = dict_boolean(reply, "bonded", pod->bonded);
        if (r >= 0)
                r = dict_boolean(reply, "has_memory", pod->has_memory);
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(long_call->control->bus, reply, NULL);
}

static void on_paired(int error, const PairResult *result, void *userdata)
{
        LongCall *long_call = userdata;
        Pod pod;
        int r;

        if (error < 0) {
                long_call_radio_failed(long_call, error, result->message);
                long_call_end(long_call);
                return;
        }
        r = assign(long_call, result, &pod);
        if (r == 0) {
                log_event(LOG_POD_PAIRED, LOG_LEVEL_NOTICE, pod.address, pod.runner, "paired as %s, %s",
                          placement_name((Placement)pod.placement), pod.driver);
                r = answer_paired(long_call, &pod);
        }
        if (r < 0)
                long_call_ledger_failed(long_call, r);
        long_call_end(long_call);
}

/* To who called, and nobody else: the passkey is for the person there. */
static void on_asked(PairQuestion question, uint32_t passkey, void *userdata)
{
        static const char *const kinds[] = {[PAIR_ENTER] = "enter", [PAIR_COMPARE] = "compare", [PAIR_SHOW] = "show"};
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *signal = NULL;
        LongCall *long_call = userdata;
        sd_bus *bus = long_call->control->bus;
        int r = sd_bus_message_new_signal(bus, &signal, MANAGER_PATH, MANAGER_INTERFACE, "PairingQuestion");

        if (r >= 0)
                r = sd_bus_message_append(signal, "ssu", long_call->address, kinds[question], passkey);
        if (r >= 0)
                r = sd_bus_message_set_destination(signal, sd_bus_message_get_sender(long_call->call));
        if (r >= 0)
                r = sd_bus_send(bus, signal, NULL);
        (void)r; /* nobody hears, nobody answers: the pairing ends by time */
}

int method_answer_pairing(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        const char *address, *sender = sd_bus_message_get_sender(call);
        uint32_t passkey;
        int yes, r = sd_bus_message_read(call, "sbu", &address, &yes, &passkey);

        if (r < 0)
                return r;
        r = -ENOENT;
        for (LongCall *at = control->calls; at && r == -ENOENT; at = at->next) {
                if (strcmp(at->address, address) == 0 && sender &&
                    strcmp(sd_bus_message_get_sender(at->call), sender) == 0)
                        r = ble_answer(control->ble, at, yes && passkey <= PASSKEY_MAX, passkey);
        }
        if (r < 0)
                return sd_bus_error_setf(error, ERROR_NOT_FOUND,
                                         "nothing is asked about %s any more\nbegin again with: stridectl pair %s",
                                         address, address);
        return sd_bus_reply_method_return(call, "");
}

/* What somebody else wears is not taken by a slip of the hand. */
static int need_confirmation(Control *control, const LongCall *long_call, sd_bus_error *error)
{
        char conflict[200];
        int r = conflict_of_pairing(control, long_call->address, long_call->runner,
                                    long_call->placement, conflict, sizeof(conflict));

        if (r < 0)
                return control_ledger_failed(control, error, r);
        if (r == 0)
                return 0;
        return sd_bus_error_setf(error, ERROR_UNSURE,
                                 "%s\nif that is meant: stridectl pair %s --runner %s --placement %s "
                                 "--yes",
                                 conflict, long_call->address, long_call->runner,
                                 placement_name(long_call->placement));
}

static int read_pair(Control *control, sd_bus_message *call, LongCall *long_call,
                     sd_bus_error *error)
{
        const char *address, *runner, *placement;
        int confirmed, r = sd_bus_message_read(call, "sssb", &address, &runner, &placement, &confirmed);

        if (r < 0)
                return r;
        if (address_parse(address, long_call->address) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no Bluetooth address\nlook around with: stridectl scan",
                                         address);
        if (placement_parse(placement, &long_call->placement) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no placement\nthere are: left-foot right-foot sacrum "
                                         "thoracolumbar left-thigh right-thigh chest",
                                         placement);
        (void)text_copy(long_call->runner, sizeof(long_call->runner), runner);
        r = control_need_runner(control, runner, error);
        return r < 0 || confirmed ? r : need_confirmation(control, long_call, error);
}

int method_pair(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        LongCall *long_call;
        int r = long_call_begin(control, call, &long_call);

        if (r < 0)
                return r;
        r = read_pair(control, call, long_call, error);
        if (r >= 0) {
                r = ble_pair(control->ble, long_call->address, on_asked, on_paired, long_call);
                if (r < 0)
                        r = radio_error(error, r, NULL);
        }
        if (r < 0) {
                long_call_end(long_call);
                return r;
        }
        return 1;
}
