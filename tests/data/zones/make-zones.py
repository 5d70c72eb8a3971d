#!/usr/bin/env python3
"""Makes zones.txt, by which tests/unit/base/test-zone.c checks base/zone.c, from Python's zoneinfo.

  tzdata 2025b                         the zone files that were read
  offset ZONE UTC_S OFFSET_S           in force at that instant: around each change, and in between
  day ZONE DAY FIRST_UTC_S             first instant whose local day is DAY (from 1970-01-01) or later

Rules of the future are the governments': when a zone's future changes, make the file again.
Usage: make-zones.py [ZONE=YEAR,YEAR…]… >zones.txt    (without arguments: the list below)"""
import datetime
import random
import sys
import zoneinfo

ZONES = {
    "Europe/Berlin": [2025, 2026, 2050],
    "Europe/Dublin": [2026, 2050],       # its summer time is the standard, its winter the exception
    "America/New_York": [2026, 2050],
    "America/Sao_Paulo": [2017, 2018, 2026],  # until 2019 a summer began at 00:00: no midnight
    "Pacific/Apia": [2011, 2026],        # 2011-12-30 never was
    "Australia/Lord_Howe": [2026, 2050],  # summer time is half an hour
    "Africa/Cairo": [2026, 2050],        # summer begins at 00:00, on a Friday
    "Asia/Beirut": [2022, 2026],
    "America/Scoresbysund": [2026, 2050],  # winter begins at 00:00: the evening twice
    "Asia/Kathmandu": [1985, 1986, 2026],
    "America/St_Johns": [2010, 2026],    # until 2011 clocks changed at 00:01
    "Pacific/Kiritimati": [1994, 1995, 2026],  # +14, and a skipped day
    "Etc/GMT+5": [2026],
    "UTC": [2026],
}
EPOCH = datetime.date(1970, 1, 1)
UTC = datetime.timezone.utc


def local(zone, utc_s):
    return (datetime.datetime(1970, 1, 1, tzinfo=UTC) + datetime.timedelta(seconds=utc_s)).astimezone(zone)


def offset_s(zone, utc_s):
    return round(local(zone, utc_s).utcoffset().total_seconds())


def local_day(zone, utc_s):
    return (local(zone, utc_s).date() - EPOCH).days


def first_instant(zone, day):
    """By looking at each minute, then at each second of the minute before."""
    at = day * 86400 - 26 * 3600
    while local_day(zone, at) < day:
        at += 60
    at -= 60
    while local_day(zone, at) < day:
        at += 1
    return at


def changes(zone, year):
    """Instants of a year at which the offset changes."""
    start = (datetime.date(year, 1, 1) - EPOCH).days * 86400
    end = (datetime.date(year + 1, 1, 1) - EPOCH).days * 86400
    for low in range(start, end, 3600):
        if offset_s(zone, low) == offset_s(zone, low + 3600):
            continue
        high, before = low + 3600, offset_s(zone, low)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset_s(zone, middle) == before else (low, middle)
        yield high


def lines(name, years, rng):
    zone = zoneinfo.ZoneInfo(name)
    for year in years:
        january = (datetime.date(year, 1, 1) - EPOCH).days
        days = {january + rng.randrange(365) for _ in range(3)} | {january}
        instants = {day * 86400 + rng.randrange(86400) for day in days}
        for at in changes(zone, year):
            instants |= {at - 1, at, at + 3599}
            days |= {local_day(zone, at) + n for n in (-1, 0, 1)}
        for at in sorted(instants):
            yield f"offset {name} {at} {offset_s(zone, at)}"
        for day in sorted(days):
            yield f"day {name} {day} {first_instant(zone, day)}"


def main(*arguments):
    zones = {name: [int(year) for year in years.split(",")]
             for name, years in (argument.split("=") for argument in arguments)} or ZONES
    with open(zoneinfo.TZPATH[0] + "/tzdata.zi", encoding="ascii") as file:
        print("tzdata", file.readline().split()[-1])
    rng = random.Random(1)
    for name, years in zones.items():
        for line in lines(name, years, rng):
            print(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
