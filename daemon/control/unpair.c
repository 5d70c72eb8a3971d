/* Unpair: the pod is read to its end, then nobody's, then without its bond. In this order: whatever breaks
 * off in between leaves a pod that can be unpaired, or paired, again. */
#include "daemon/control/dict.h"
#include "daemon/control/long-call.h"
#include "daemon/control/state.h"

#include "base/log.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- what is missing ---- */

typedef int (*MissingFunction)(uint32_t epoch, SeqRange range, void *userdata);

typedef struct MissingWalk {
        Ledger *ledger;
        const char *address;
        MissingFunction function;
        void *userdata;
} MissingWalk;

static int walk_epoch(const EpochCoverage *coverage, void *userdata)
{
        const MissingWalk *walk = userdata;
        SeqRange hole;
        int64_t from = 0;
        int r = 0;

        while (r == 0 && coverage->missing > 0) {
                r = epoch_next_hole(walk->ledger, walk->address, coverage->epoch, from, &hole);
                if (r <= 0)
                        return r;
                from = (int64_t)hole.last + 1;
                r = walk->function(coverage->epoch, hole, walk->userdata);
        }
        return r;
}

static int missing_each(const LongCall *long_call, MissingFunction function, void *userdata)
{
        MissingWalk walk = {long_call->control->ledger, long_call->address, function, userdata};

        return epoch_each(walk.ledger, walk.address, walk_epoch, &walk);
}

typedef struct Sentence {
        char text[256];
        size_t used;
        int64_t records;
} Sentence;

static int add_range(uint32_t epoch, SeqRange range, void *userdata)
{
        Sentence *sentence = userdata;
        size_t left = sizeof(sentence->text) - sentence->used;
        int n = snprintf(sentence->text + sentence->used, left, "%sepoch %u: %u–%u", sentence->used ? ", " : "",
                         epoch, range.first, range.last);

        sentence->records += (int64_t)range.last - range.first + 1;
        if (n > 0 && (size_t)n < left)
                sentence->used += (size_t)n;
        else
                sentence->text[sentence->used] = '\0'; /* the count goes on */
        return 0;
}

/* "read to its end", or what is given up. */
static int describe(const LongCall *long_call, char *ret, size_t size)
{
        Sentence sentence = {0};
        int r = missing_each(long_call, add_range, &sentence);

        if (long_call->is_read)
                (void)snprintf(ret, size, "read to its end");
        else
                (void)snprintf(ret, size, "given up although %s; %lld records known to be missing%s%s", long_call->why,
                               (long long)sentence.records, sentence.used ? ": " : "", sentence.text);
        return r;
}

/* ---- the answer ---- */

static int append_range(uint32_t epoch, SeqRange range, void *userdata)
{
        sd_bus_message *m = userdata;
        int r = dict_open(m);

        if (r >= 0)
                r = dict_integer(m, "epoch", epoch);
        if (r >= 0)
                r = dict_integer(m, "first", range.first);
        if (r >= 0)
                r = dict_integer(m, "last", range.last);
        return r < 0 ? r : dict_close(m) < 0 ? -EIO : 0;
}

static int answer(LongCall *long_call, const char *bond_error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Sentence sentence = {0};
        Pod pod;
        int r = pod_get(long_call->control->ledger, long_call->address, &pod);

        if (r >= 0)
                r = missing_each(long_call, add_range, &sentence);
        if (r >= 0)
                r = sd_bus_message_new_method_return(long_call->call, &reply);
        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = dict_text(reply, "address", pod.address);
        if (r >= 0)
                r = dict_text(reply, "name", pod.name);
        if (r >= 0)
                r = dict_text(reply, "runner", long_call->runner);
        if (r >= 0)
                r = dict_text(reply, "placement", placement_name(long_call->placement));
        if (r >= 0)
                r = dict_boolean(reply, "read_to_end", long_call->is_read);
        if (r >= 0)
                r = dict_text(reply, "why_not", long_call->why);
        if (r >= 0)
                r = dict_time(reply, "reported", pod.reported_utc_ms);
        if (r >= 0)
                r = dict_boolean(reply, "bond_removed", bond_error == NULL);
        if (r >= 0)
                r = dict_text(reply, "bond_error", bond_error);
        if (r >= 0)
                r = dict_integer(reply, "missing", sentence.records);
        if (r >= 0)
                r = dict_list_open(reply, "ranges");
        if (r >= 0)
                r = missing_each(long_call, append_range, reply);
        if (r >= 0)
                r = dict_list_close(reply);
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(long_call->control->bus, reply, NULL);
}

static void finish(LongCall *long_call, const char *bond_error)
{
        int r = answer(long_call, bond_error);

        if (r < 0)
                long_call_ledger_failed(long_call, r);
        long_call_end(long_call);
}

/* ---- the steps, last one first ---- */

static void on_forgotten(int error, const char *why, void *userdata)
{
        finish(userdata, error < 0 ? why : NULL);
}

static void give_back(LongCall *long_call)
{
        Control *control = long_call->control;
        char how[640];
        int r = describe(long_call, how, sizeof(how));

        if (r >= 0)
                r = pod_unassign(control->ledger, long_call->address,
                                 long_call->is_read ? clock_utc_ms(control->clock) : NULL_INTEGER, how);
        if (r < 0) {
                long_call_ledger_failed(long_call, r);
                long_call_end(long_call);
                return;
        }
        log_event(LOG_POD_PAIRED, LOG_LEVEL_NOTICE, long_call->address, long_call->runner, "unpaired: %s", how);
        r = ble_forget(control->ble, long_call->address, on_forgotten, long_call);
        if (r < 0)
                finish(long_call, r == -ENODEV ? "there is no Bluetooth adapter" : strerror(-r));
}

/* What it would have cost, and the way out of it. */
static void refuse(LongCall *long_call, int error)
{
        Sentence sentence = {0};
        char message[800];
        int r = missing_each(long_call, add_range, &sentence);

        if (r < 0) {
                long_call_ledger_failed(long_call, r);
                long_call_end(long_call);
                return;
        }
        (void)snprintf(message, sizeof(message),
                       "%s stays paired: %s; %lld records known to be missing%s%s\nbring it near the gateway, wake "
                       "it, and try again; or give up what it holds: stridectl unpair %s --force",
                       long_call->address, long_call->why, (long long)sentence.records, sentence.used ? ": " : "",
                       sentence.text, long_call->address);
        long_call_radio_failed(long_call, error == -ETIMEDOUT ? -ETIMEDOUT : -EACCES, message);
        long_call_end(long_call);
}

static void on_drained(int error, const char *why, void *userdata)
{
        LongCall *long_call = userdata;

        long_call->is_read = error == 0;
        (void)text_copy(long_call->why, sizeof(long_call->why), why ? why : "");
        if (error == 0 || long_call->is_forced)
                give_back(long_call);
        else
                refuse(long_call, error);
}

/* Without a memory all it had to say was said; forced, nobody waits for one that is not there. */
static int begin(LongCall *long_call, const Pod *pod)
{
        Control *control = long_call->control;
        LinkState link = {.state = "absent"};
        bool is_there;
        int r = 0;

        (void)ble_link_state(control->ble, pod->address, &link); /* else absent */
        is_there = strcmp(link.state, "live") == 0 || strcmp(link.state, "syncing") == 0;
        if (!pod->has_memory)
                on_drained(0, NULL, long_call);
        else if (!is_there && long_call->is_forced)
                on_drained(-ENODATA, "it has no link", long_call);
        else
                r = ble_drain(control->ble, pod->address, on_drained, long_call);
        return r;
}

static int read_unpair(Control *control, sd_bus_message *call, LongCall *long_call, Pod *pod, sd_bus_error *error)
{
        const char *address;
        int forced, r = sd_bus_message_read(call, "sb", &address, &forced);

        if (r < 0)
                return r;
        if (address_parse(address, long_call->address) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no Bluetooth address\nlist the pods with: stridectl pods", address);
        r = pod_get(control->ledger, long_call->address, pod);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        if (r == 0 || pod->runner[0] == '\0')
                return sd_bus_error_setf(error, ERROR_NOT_FOUND,
                                         "no pod %s is paired here\nlist them with: stridectl pods", long_call->address);
        long_call->is_forced = forced;
        long_call->placement = (Placement)pod->placement;
        (void)text_copy(long_call->runner, sizeof(long_call->runner), pod->runner);
        return 0;
}

int method_unpair(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        LongCall *long_call;
        Pod pod;
        int r = long_call_begin(control, call, &long_call);

        if (r < 0)
                return r;
        r = read_unpair(control, call, long_call, &pod, error);
        if (r >= 0) {
                r = begin(long_call, &pod);
                if (r < 0)
                        r = radio_error(error, r, NULL);
        }
        if (r < 0) {
                long_call_end(long_call);
                return r;
        }
        return 1;
}
