#include "daemon/ledger/placement.h"

#include "daemon/ledger/dirty.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/sql.h"
#include "daemon/ledger/worn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The assignment that holds at a moment, and the part of it from there on. */
typedef struct Part {
        const char *address;
        char runner[ID_SIZE];
        int64_t pod_id;
        int64_t placement;
        int64_t from_utc_ms;
        int64_t to_utc_ms; /* exclusive: it was moved then; INT64_MAX: not since */
} Part;

static int find_part(Ledger *ledger, const char *address, int64_t from_utc_ms, Part *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, runner, placement, coalesce((SELECT min(from_utc_ms) FROM assignment n "
                          "WHERE n.pod_id = a.pod_id AND n.from_utc_ms > ?2), ?3) FROM assignment a JOIN pod USING "
                          "(pod_id) WHERE address = ?1 AND from_utc_ms <= ?2 ORDER BY from_utc_ms DESC LIMIT 1",
                          "sii", address, from_utc_ms, INT64_MAX);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = (Part){.address = address,
                      .pod_id = column_integer(statement, 0),
                      .placement = column_integer(statement, 2),
                      .from_utc_ms = from_utc_ms,
                      .to_utc_ms = column_integer(statement, 3)};
        column_text(statement, 1, ret->runner, sizeof(ret->runner));
        return ret->runner[0] ? 1 : -ENXIO;
}

/* ---- what has to be derived anew ---- */

typedef struct Marking {
        Ledger *ledger;
        const Part *part;
} Marking;

static int no_matter(const WornPod *worn, void *userdata)
{
        (void)worn, (void)userdata;
        return 0;
}

static int mark_span(const WornPod *worn, int64_t from_utc_ms, int64_t to_utc_ms, void *userdata)
{
        const Marking *marking = userdata;

        if (strcmp(worn->address, marking->part->address) != 0)
                return 0;
        return dirty_mark_for(marking->ledger, marking->part->runner, DIRTY_PLACEMENT, from_utc_ms, to_utc_ms);
}

static int set_placement(Ledger *ledger, const Part *part, Placement placement)
{
        char detail[128], since[RFC3339_SIZE];
        int r = sql_run(ledger,
                        "INSERT INTO assignment (pod_id, from_utc_ms, runner, placement, assigned) VALUES (?, ?, ?, ?, "
                        "?) ON CONFLICT (pod_id, from_utc_ms) DO UPDATE SET placement = excluded.placement",
                        "iisii", part->pod_id, part->from_utc_ms, part->runner, (int64_t)placement,
                        clock_utc_ms(ledger->clock));

        if (r < 0)
                return r;
        rfc3339_format(part->from_utc_ms, since);
        (void)snprintf(detail, sizeof(detail), "%s %s since %s, was %s", part->address, placement_name(placement), since,
                       placement_name((Placement)part->placement));
        return audit_add(ledger, "placement corrected", part->runner, detail);
}

/* A summary says what pods are worn. */
static int summarise(Ledger *ledger, const char *id)
{
        Runner runner;
        int r = runner_get(ledger, id, &runner);

        return r <= 0 || runner.consent != 1 ? r < 0 ? r : 0 : outbox_add(ledger, OUTBOX_SUMMARY, id, "", 0);
}

int placement_correct(Ledger *ledger, const char *address, Placement placement, int64_t from_utc_ms)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Part part;
        Marking marking = {.ledger = ledger, .part = &part};
        int r;

        if (clock_quality(ledger->clock) == CLOCK_UNSET)
                return -EAGAIN;
        if (from_utc_ms > clock_utc_ms(ledger->clock))
                return -EINVAL;
        r = find_part(ledger, address, from_utc_ms, &part);
        if (r < 0 || part.placement == (int64_t)placement)
                return r < 0 ? r : 0;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = set_placement(ledger, &part, placement);
        if (r >= 0)
                r = worn_spans_each(ledger, part.runner, part.from_utc_ms, part.to_utc_ms, no_matter, mark_span,
                                    &marking);
        if (r >= 0)
                r = summarise(ledger, part.runner);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_ROSTER);
        r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

int placement_others(Ledger *ledger, const char *address, Placement placement, int64_t from_utc_ms,
                     PodFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        Part part;
        int r = find_part(ledger, address, from_utc_ms, &part);

        if (r < 0)
                return r;
        r = sql_query(ledger, &statement,
                      "SELECT DISTINCT address FROM assignment a JOIN pod USING (pod_id) WHERE runner = ?1 AND placement "
                      "= ?2 AND pod_id <> ?3 AND from_utc_ms < ?5 AND coalesce((SELECT min(from_utc_ms) FROM assignment "
                      "n WHERE n.pod_id = a.pod_id AND n.from_utc_ms > a.from_utc_ms), ?6) > ?4 ORDER BY address",
                      "siiiii", part.runner, (int64_t)placement, part.pod_id, part.from_utc_ms, part.to_utc_ms,
                      INT64_MAX);
        while (r >= 0) {
                char other[ADDRESS_SIZE];
                Pod pod;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                column_text(statement, 0, other, sizeof(other));
                r = pod_get(ledger, other, &pod);
                if (r > 0)
                        r = function(&pod, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
