/* resend.h: what the clinic's archive has lost is sent again, as it was.
 *
 * Somebody asks for all that was made since a moment: what left of it and needs a receipt (weeks, runs, answers,
 * open red flags) waits again, row by row as it left, under the ids it had. Of a record whose row is gone the
 * newest revision goes under a new id. At the end the newest plan and a summary.
 *
 * One after another, and in slices: the next RESEND_SLICE rows wait only when nothing else does and the archive
 * has confirmed all but a few of those before, so that what is new never stands behind years of old messages. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/care-records.h"

#define RESEND_SLICE     64
#define RESEND_KEEP_DAYS 60 /* so long its id is known once it ended */

/* Begins with the next slice that is due. 1: stored; 0: it was asked before; -EEXIST: its id was, with another
 * since; -EPERM: the runner has not consented; -EBUSY: *ret_running is not through yet. */
int resend_ask(Ledger *ledger, const Resend *asked, Resend *ret_running) MUST_CHECK;
/* To be called when no row waits that could be sent. 1: rows do now, from the oldest on; 0: none. */
int resend_slice(Ledger *ledger) MUST_CHECK;
/* The one that is under way. 1; 0: none is. */
int resend_running(Ledger *ledger, Resend *ret) MUST_CHECK;
