/* homes.h: where a runner was at home since when, and what a week is there.
 *
 * A week belongs to one zone: that of the newest move at or before it; moves count from the beginning
 * of a week. A week ends where the next one begins, by that one's zone: after a move it is some hours
 * shorter or longer, and no moment lies in two weeks or in none. Past weeks keep their zone unless
 * somebody says that it was another one. */
#pragma once

#include "base/zone.h"
#include "daemon/ledger/ledger.h"

/* `zone` is home since week `from` ("" : always). What was said of that week or later ones counts no
 * more. Marks dirty what may lie in another week now. In the running transaction or one of its own.
 * 0; -ENOENT: no such runner, or no such zone on this machine; -EINVAL: not a week or not a zone's
 * name; -ERANGE: a week before 2000-W01 or after the end of next year; -EAGAIN: the clock is not set. */
int runner_move(Ledger *ledger, const char *runner, const char *zone, const char *from) MUST_CHECK;

typedef struct Homes Homes;

/* 0; -ENOENT: no such runner, or its zone is not on this machine; -ENOMEM, -EIO. */
int homes_new(Ledger *ledger, const char *runner, Homes **ret) MUST_CHECK;
Homes *homes_free(Homes *homes); /* NULL is fine */
DEFINE_CLEANUP(Homes *, homes_free);

/* The zone of a week. */
const Zone *homes_zone(const Homes *homes, IsoWeek week);
/* The week an instant lies in. */
IsoWeek homes_week(const Homes *homes, int64_t utc_ms);
/* First instant of a week; the end of the one before. */
int64_t homes_week_start_utc_ms(const Homes *homes, IsoWeek week);
/* The local calendar day of an instant: one of its week's, also while that is some hours too long. */
int32_t homes_local_day(const Homes *homes, int64_t utc_ms);
/* First instant of a local calendar day. */
int64_t homes_day_start_utc_ms(const Homes *homes, int32_t day);
