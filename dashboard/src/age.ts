// Ages and times in words, and whose clock an age is counted by.
import type { Gateway } from './model';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A gateway's clock may be this far from ours before ages are counted by it. */
const SKEW_MAX = 10 * MINUTE;

export interface Clock {
  /** What the gateway's clock shows now, as far as it can be known: ages of events at home are counted from here. */
  now: number;
  /** Why that is another time than this computer's; null: it is the same. */
  apart: 'simulated' | 'skewed' | null;
  /** The gateway's last sign of life by this computer's clock, and whether it came while we listened. */
  lastWord: number | null;
  live: boolean;
  /** How long ago that was. */
  silence: number | null;
}

export function clockOf(gateway: Gateway | undefined, now: number): Clock {
  if (!gateway || gateway.newest === null) return { now, apart: null, lastWord: null, live: false, silence: null };
  const { newest, heard, kept, skew } = gateway;
  const simulated = gateway.status?.clock === 'simulated';
  // What came while we listened is as old as its arrival. What the broker kept is as old as its writer says, but
  // never younger than when we got it; a simulation's writer says nothing about that.
  const made = kept === null ? -Infinity : simulated ? kept : Math.min(newest - (skew ?? 0), kept);
  const live = heard !== null && heard >= made;
  const lastWord = live ? heard : made;
  const sign = { lastWord, live, silence: Math.max(0, now - lastWord) };
  if (simulated) return { now: newest, apart: 'simulated', ...sign };
  // An old message that was kept may be of a silent gateway: that alone is no proof of another clock.
  if (skew === null && newest - now > SKEW_MAX) return { now: newest, apart: 'skewed', ...sign };
  if (skew !== null && Math.abs(skew) > SKEW_MAX) return { now: now + skew, apart: 'skewed', ...sign };
  return { now, apart: null, ...sign };
}

/** What a clock that is not ours shows, in words. */
export function apartWords(clock: Clock, now: number, zone: string): string {
  if (clock.apart === 'simulated') return `simulated time, ${inZone(clock.now, zone)}`;
  return `its clock is ${duration(Math.abs(clock.now - now))} ${clock.now > now ? 'ahead of' : 'behind'} this computer's`;
}

export function duration(ms: number): string {
  if (ms < MINUTE) return 'less than a minute';
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 48 * HOUR) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / (24 * HOUR))} days`;
}

export function ago(then: number, now: number): string {
  if (then - now > MINUTE) return `dated ${duration(then - now)} ahead of the clock`;
  return now - then < MINUTE ? 'just now' : `${duration(now - then)} ago`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A time in that zone, and the zone's name with it: a time without one is a guess. */
export function inZone(when: number, zone: string): string {
  let format = formats.get(zone);
  let shown = zone;
  if (!format) {
    const options: Intl.DateTimeFormatOptions = {
      weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    };
    try {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
      formats.set(zone, format);
    } catch {
      format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
      shown = `UTC, because this browser does not know ${zone}`;
    }
  }
  return `${format.format(when)} (${shown})`;
}

/** The day alone, for where the time of day says nothing. */
export function dayInZone(when: number, zone: string): string {
  return inZone(when, zone).replace(/ \d{4},.*$/, '').replace(',', '');
}

export function clockTime(when: number): string {
  return new Date(when).toLocaleTimeString('en-GB');
}
