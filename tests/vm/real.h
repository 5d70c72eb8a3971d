/* real.h: the pods of tests/sim on a real radio.
 *
 * pod-*.c, scenario.c and main.c are the simulator's own; time passes as it does (real-time.c) and
 * the pods are GATT servers of a real bluetoothd (real-bus.c): pod n of a scenario on controller
 * hci(n+1); hci0 is the gateway's. */
#pragma once

#include "tests/sim/sim.h"

#include <systemd/sd-event.h>

int real_time_new(Sim *sim, sd_event *event);
