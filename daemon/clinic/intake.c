#include "daemon/clinic/intake.h"

#include "base/log.h"
#include "daemon/clinic/complain.h"
#include "daemon/clinic/inbound.h"

#include <string.h>

#define TOKEN_MS        (1000 / INTAKE_PER_S)

struct Intake {
        Ledger *ledger;
        Clock *clock;
        const TopicPrefix *prefix;
        Spool *spool;
        Timer *timer;
        SpoolItem *item;
        int64_t tokens;
        int64_t filled_boottime_ms; /* when tokens were last reckoned */
        int64_t refused;
        ReceiptCount receipts;
        Complaints complaints;
};

static void fill(Intake *intake)
{
        int64_t now = clock_boottime_ms(intake->clock);
        int64_t n = (now - intake->filled_boottime_ms) / TOKEN_MS;

        intake->filled_boottime_ms += n * TOKEN_MS;
        intake->tokens += n;
        if (intake->tokens > INTAKE_BURST)
                intake->tokens = INTAKE_BURST;
}

/* What cannot be taken now or ever makes room for those behind it. */
static int set_aside(Intake *intake, int why)
{
        log_event(LOG_INBOUND_REFUSED, LOG_LEVEL_ERROR, NULL, NULL,
                  "item %s of the inbound spool cannot be taken (%s), set aside there for a human",
                  intake->item->name, strerror(-why));
        intake->refused++;
        return spool_set_aside(intake->spool, intake->item->name);
}

/* 1: one is done; 0: none is there; -errno: try later, *ret_whose is the ledger if it is its error. */
static int take_one(Intake *intake, const Ledger **ret_whose)
{
        const SpoolItem *item = intake->item;
        Inbound inbound;
        int r = spool_next(intake->spool, intake->item);

        if (r == -EUCLEAN)
                return set_aside(intake, r) < 0 ? -EIO : 1;
        if (r <= 0)
                return r;
        inbound = (Inbound){.topic = item->topic, .payload = item->payload, .size = item->size,
                            .receipts = &intake->receipts};
        r = inbound_take(intake->ledger, intake->clock, intake->prefix, &inbound);
        if (r < 0 && !ledger_is_unusable(r))
                return set_aside(intake, r) < 0 ? -EIO : 1;
        if (r < 0) {
                *ret_whose = intake->ledger;
                return r;
        }
        intake->refused += r == 0;
        r = spool_remove(intake->spool, item->name);
        return r < 0 ? r : 1;
}

static void on_turn(void *userdata)
{
        Intake *intake = userdata;
        int64_t began = clock_boottime_ms(intake->clock);
        const Ledger *whose = NULL;
        int r = 1;

        fill(intake);
        for (int n = 0; r > 0 && n < INTAKE_TURN && intake->tokens > 0; n++) {
                if (clock_boottime_ms(intake->clock) - began >= INTAKE_TURN_MS)
                        break;
                r = take_one(intake, &whose);
                intake->tokens -= r > 0;
                if (r > 0)
                        clinic_works(&intake->complaints);
        }
        if (r > 0) {
                timer_arm(intake->timer, intake->tokens > 0 ? 0 : TOKEN_MS);
        } else if (r < 0) {
                clinic_complain(&intake->complaints, "messages of the clinic wait in the spool", r, whose);
                timer_arm(intake->timer, LEDGER_RETRY_MS);
        }
}

void intake_wake(Intake *intake)
{
        if (!timer_is_armed(intake->timer)) /* else it waits for a reason */
                timer_arm(intake->timer, 0);
}

int64_t intake_refused(const Intake *intake)
{
        return intake->refused;
}

ReceiptCount intake_receipts(const Intake *intake)
{
        return intake->receipts;
}

int intake_new(Ledger *ledger, Clock *clock, const TopicPrefix *prefix, Spool *spool, Intake **ret)
{
        CLEANUP(intake_freep) Intake *intake = calloc(1, sizeof(*intake));
        int r;

        if (!intake)
                return -ENOMEM;
        *intake = (Intake){.ledger = ledger,
                           .clock = clock,
                           .prefix = prefix,
                           .spool = spool,
                           .item = malloc(sizeof(*intake->item)),
                           .tokens = INTAKE_BURST,
                           .filled_boottime_ms = clock_boottime_ms(clock)};
        if (!intake->item)
                return -ENOMEM;
        r = timer_new(clock, "clinic-intake", on_turn, intake, &intake->timer);
        if (r < 0)
                return r;
        *ret = TAKE(intake);
        return 0;
}

Intake *intake_free(Intake *intake)
{
        if (!intake)
                return NULL;
        timer_free(intake->timer);
        free(intake->item);
        free(intake);
        return NULL;
}
