/* zone.h: IANA time zones, as arithmetic.
 *
 * Reads the system's compiled zone files (TZif, RFC 8536) itself, so that any
 * number of zones can be used at once without the process-wide TZ of libc.
 * Days and weeks as in calendar.h. */
#pragma once

#include "base/calendar.h"
#include "base/cleanup.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct Zone Zone;

/* `name` as "Europe/Berlin". 0; -ENOENT: no such zone; -EINVAL: not a zone name
 * or not a readable zone file, or one that counts leap seconds; -ENOMEM. Looks in
 * $TZDIR, else /usr/share/zoneinfo. */
int zone_new(const char *name, Zone **ret) MUST_CHECK;
Zone *zone_free(Zone *zone);
DEFINE_CLEANUP(Zone *, zone_free);
const char *zone_name(const Zone *zone);
/* Of the octets of its file, >= 0: another one, and the file says something else, or says it otherwise. */
int64_t zone_fingerprint(const Zone *zone);

/* Seconds east of Greenwich in force at an instant. */
int32_t zone_offset_s(const Zone *zone, int64_t utc_ms);
/* The local calendar day of an instant. */
int32_t zone_local_day(const Zone *zone, int64_t utc_ms);
/* First instant of a local day (midnight, or where midnight does not exist the
 * first instant after the gap). */
int64_t zone_day_start_utc_ms(const Zone *zone, int32_t day);
/* Week = [first instant of its Monday, first instant of the next Monday). */
IsoWeek zone_week(const Zone *zone, int64_t utc_ms);
int64_t zone_week_start_utc_ms(const Zone *zone, IsoWeek week);
/* RFC 3339 with the zone's offset, to the second: "2026-11-24T08:00:00+01:00". */
int zone_format(const Zone *zone, int64_t utc_ms, char *ret, size_t size) MUST_CHECK;
