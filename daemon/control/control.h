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

/* Borrows all but the strings. */
int control_new(sd_bus *bus, Clock *clock, Ledger *ledger, Ble *ble, Clinic *clinic,
                const char *version, Control **ret) MUST_CHECK;
Control *control_free(Control *control);
DEFINE_CLEANUP(Control *, control_free);

/* News, told as signals at the end of the loop's turn: once, however often it came. */
void control_radio_changed(Control *control);
void control_pod_changed(Control *control, const char *address); /* its link or battery */
void control_roster_changed(Control *control);                   /* pods or runners */
void control_clinic_changed(Control *control);
/* NULL while the clinic's side is made anew. */
void control_set_clinic(Control *control, Clinic *clinic);
