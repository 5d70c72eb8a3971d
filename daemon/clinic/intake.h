/* intake.h: Private to clinic. From the spool into the ledger, at a measured pace.
 *
 * A turn of the loop takes at most INTAKE_TURN items or INTAKE_TURN_MS; in the long run
 * INTAKE_PER_S a second pass, after a burst of INTAKE_BURST. The rest waits in the spool, and when
 * that is full at the broker: nothing is dropped. A damaged item is set aside. */
#pragma once

#include "base/clock.h"
#include "daemon/clinic/spool.h"
#include "daemon/ledger/receipts.h"

#define INTAKE_TURN    16
#define INTAKE_TURN_MS 5
#define INTAKE_BURST   64
#define INTAKE_PER_S   8

typedef struct Intake Intake;

/* Borrows all of them. */
int intake_new(Ledger *ledger, Clock *clock, const TopicPrefix *prefix, Spool *spool,
               Intake **ret) MUST_CHECK;
Intake *intake_free(Intake *intake);
DEFINE_CLEANUP(Intake *, intake_free);
/* Something lies in the spool. Cheap, call at will. */
void intake_wake(Intake *intake);
int64_t intake_refused(const Intake *intake); /* messages, since it was made */
ReceiptCount intake_receipts(const Intake *intake); /* as above; a message taken twice counts twice */
