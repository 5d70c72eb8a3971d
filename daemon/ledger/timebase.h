/* timebase.h: a pod's ticks → UTC, per epoch.
 *
 * A pod has a tick counter, not a clock. Anchors (tick, UTC) come from Anchor records
 * and, for pods without memory, from the gateway itself. The map of an epoch is
 * utc = offset + tick·1000/hz·(1 + drift); raw ticks stay as they are. A better
 * anchor makes a new map and marks the epoch's span dirty. */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"

/* Anchor for an epoch of a pod without memory: at boottime `tick_ms` it was `utc_ms`. The epoch
 * remembers the gateway's boot; every other one of this boot that has no anchor as good as this
 * gets it too, so that samples from before the clock was set find their time. */
int timebase_anchor(Ledger *ledger, const char *address, uint32_t epoch, int64_t tick_ms,
                    int64_t utc_ms, ClockQuality quality) MUST_CHECK;

/* The same for all epochs of this boot, with the clock as it is now. Cheap when there is nothing
 * to do. How many were placed; 0 while the clock is not set. */
int timebase_place(Ledger *ledger) MUST_CHECK;
/* Epochs with records that have no place in time (yet, or for ever). */
int timebase_unplaced(Ledger *ledger, int64_t *ret) MUST_CHECK;

/* Epochs in which two chains of records met that clocks have dated whole laps of the tick counter (48.5 days)
 * apart: both stay where they are. Of the newest also which one it is, untouched if there is none. */
int laps_apart(Ledger *ledger, int64_t *ret_epochs, char ret_address[static ADDRESS_SIZE],
               uint32_t *ret_epoch) MUST_CHECK;

typedef struct TimeMap {
        int64_t reference_tick; /* unwrapped */
        int64_t reference_utc_ms;
        double tick_hz;   /* 1024, or 1000 for gateway numbered pods */
        double drift_ppm; /* how much the pod's seconds are too short */
        int64_t error_ms; /* half width at the anchors */
        int64_t anchors;
} TimeMap;

/* 1: filled; 0: the epoch has no usable anchor yet. */
int timebase_map(Ledger *ledger, const char *address, uint32_t epoch, TimeMap *ret) MUST_CHECK;
int64_t time_map_utc_ms(const TimeMap *map, int64_t tick_unwrapped);
int64_t time_map_tick(const TimeMap *map, int64_t utc_ms);
