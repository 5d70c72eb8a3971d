#include "daemon/clinic/status.h"

#include "daemon/clinic/json.h"
#include "daemon/ledger/receipts.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/resend.h"
#include "daemon/ledger/roster.h"

#include <errno.h>

typedef struct Missing {
        int64_t missing;
        int64_t lost;
} Missing;

static int add_epoch(const EpochCoverage *coverage, void *userdata)
{
        Missing *missing = userdata;

        missing->missing += coverage->missing;
        missing->lost += coverage->lost;
        return 0;
}

typedef struct PodList {
        const MessageSource *source;
        cJSON *array;
} PodList;

static int add_pod(const Pod *pod, void *userdata)
{
        PodList *list = userdata;
        const MessageSource *source = list->source;
        Missing missing = {0};
        int64_t unread = 0;
        cJSON *object;
        int r = epoch_each(source->ledger, pod->address, add_epoch, &missing);

        if (r >= 0)
                r = raw_packet_count(source->ledger, pod->address, &unread);
        if (r < 0)
                return r;
        object = cJSON_CreateObject();
        json_set_text(object, "address", pod->address);
        json_set_text(object, "name", pod->name);
        json_set_text(object, "runner", pod->runner);
        json_set_text(object, "placement", placement_name((Placement)pod->placement));
        json_set_text(object, "driver", pod->driver);
        json_set_text(object, "link", source->observer && source->observer->link_state
                                              ? source->observer->link_state(pod->address,
                                                                             source->userdata)
                                              : "absent");
        /* later than now: by a clock that was ahead */
        json_set_time(object, "last_heard", pod->last_heard_utc_ms > clock_utc_ms(source->clock)
                                                    ? NULL_INTEGER
                                                    : pod->last_heard_utc_ms);
        json_set_integer(object, "battery_pct", pod->battery_pct);
        json_set_integer(object, "missing", missing.missing);
        json_set_integer(object, "lost", missing.lost);
        json_set_integer(object, "unread_packets", unread);
        if (!cJSON_AddItemToArray(list->array, object))
                cJSON_Delete(object); /* memory is short; json_print notices */
        return 0;
}

/* A reader must not take a simulation's time for the wall's. */
static const char *clock_word(const Clock *clock)
{
        return clock_is_test(clock) ? "simulated" : clock_quality_name(clock_quality(clock));
}

int status_add(const MessageSource *source, cJSON *root)
{
        GatewayState gateway = {.radio_stage = "no-bluetoothd"};
        PodList list = {.source = source};
        Resend resend;
        int64_t used, free_octets, waiting, oldest, unconfirmed, oldest_unconfirmed;
        int r = ledger_size(source->ledger, &used, &free_octets);

        if (r < 0)
                used = free_octets = NULL_INTEGER; /* not known, which is no reason to be silent */
        /* Not itself: whoever reads this has it. */
        r = outbox_waiting_besides(source->ledger, OUTBOX_STATUS, &waiting, &oldest);
        if (r >= 0)
                r = receipts_awaited(source->ledger, &unconfirmed, &oldest_unconfirmed);
        if (r >= 0)
                r = resend_running(source->ledger, &resend);
        if (r < 0)
                return r;
        if (source->observer && source->observer->gateway_state)
                source->observer->gateway_state(&gateway, source->userdata);
        json_set_text(root, "state", "online");
        json_set_text(root, "version", source->config->version);
        json_set_text(root, "ledger_id", ledger_id(source->ledger));
        json_set_integer(root, "uptime_s", gateway.uptime_s);
        json_set_text(root, "clock", clock_word(source->clock));
        json_set_text(root, "radio", gateway.radio_stage);
        json_set_integer(root, "disk.used_octets", used);
        json_set_integer(root, "disk.free_octets", free_octets);
        json_set(root, "disk.low", cJSON_CreateBool(!ledger_has_room(source->ledger)));
        json_set_integer(root, "outbox.waiting", waiting);
        json_set_time(root, "outbox.oldest_at", oldest);
        json_set_integer(root, "outbox.unconfirmed", unconfirmed);
        json_set_time(root, "outbox.oldest_unconfirmed_at", oldest_unconfirmed);
        if (r > 0) {
                json_set_text(root, "resend.runner", resend.runner);
                json_set_text(root, "resend.id", resend.id);
                json_set_time(root, "resend.since", resend.since_utc_ms);
                json_set_integer(root, "resend.rows", resend.rows);
        } else {
                json_set(root, "resend", cJSON_CreateNull());
        }
        json_set_integer(root, "refused_inbound", source->refused_inbound);
        list.array = cJSON_AddArrayToObject(root, "pods");
        return pod_each(source->ledger, add_pod, &list);
}
