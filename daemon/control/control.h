/* control.h: org.strided1 on the bus: what stridectl and others see and may change.
 *
 * /org/strided1 has the interface org.strided1.Manager; each pod and each runner is an object
 * below it, see proto/dbus. Who may call is the bus policy's word (group strided). */
#pragma once

#include "base/clock.h"
#include "daemon/ble/ble.h"
#include "daemon/clinic/clinic.h"
#include "daemon/ledger/ledger.h"

typedef struct Control Control;

/* What the daemon as a whole must do for a client. */
typedef struct ControlWishes {
        /* Copies the ledger to `fd` (borrowed until control_backup_done is called, which it will be). 0 or
         * -errno: it will not be. */
        int (*backup)(int fd, void *userdata);
} ControlWishes;

/* Borrows all but the strings. */
int control_new(sd_bus *bus, Clock *clock, Ledger *ledger, Ble *ble, Clinic *clinic,
                const ControlWishes *wishes, void *userdata, const char *version, Control **ret) MUST_CHECK;
Control *control_free(Control *control);
DEFINE_CLEANUP(Control *, control_free);

/* News, told as signals at the end of the loop's turn: once, however often it came. */
void control_radio_changed(Control *control);
void control_pod_changed(Control *control, const char *address); /* its link or battery */
void control_roster_changed(Control *control);                   /* pods or runners */
void control_clinic_changed(Control *control);
/* The copy is complete (0), or not (-errno, and why). */
void control_backup_done(Control *control, int result, const char *said);
/* NULL while the clinic's side is made anew. */
void control_set_clinic(Control *control, Clinic *clinic);
