// Ages and times in words, and whose clock an age is counted by.
import type { Gateway } from './model';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A gateway's clock may be this far from ours before we stop comparing the two. */
const SKEW_MAX = 10 * MINUTE;

export interface Clock {
  now: number;
  /** Ages are counted by the gateway's own newest message, not by this computer. */
  gatewayTime: boolean;
  /** For how long it has said nothing, by this computer's clock. */
  silence: number | null;
}

export function clockOf(gateway: Gateway | undefined, now: number, silentAfter: number): Clock {
  if (!gateway || gateway.newest === null) return { now, gatewayTime: false, silence: null };
  const { newest, heard, skew, firstSeen } = gateway;
  // A status that came while we listened tells another clock from silence. What the broker kept does not: an
  // old message may be of a silent gateway or of one that lives in another time. Then both are said.
  const far = skew !== null ? Math.abs(skew) > SKEW_MAX : newest - now > SKEW_MAX || now - newest > silentAfter;
  return { now: far ? newest : now, gatewayTime: far, silence: Math.max(0, now - (heard ?? Math.min(newest, firstSeen))) };
}

export function duration(ms: number): string {
  if (ms < MINUTE) return 'less than a minute';
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 48 * HOUR) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / (24 * HOUR))} days`;
}

export function ago(then: number, now: number): string {
  if (then - now > MINUTE) return `dated ${duration(then - now)} ahead of the clock`;
  return `${duration(Math.max(0, now - then))} ago`;
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

export function clockTime(when: number): string {
  return new Date(when).toLocaleTimeString('en-GB');
}
