// Messages as gateways send them, small enough to read in a test.
const HOUR = 3_600_000;
let serial = 0;

export const at = (ms) => new Date(ms).toISOString();
const head = (now) => ({ v: 1, id: `0a1b2c3d-${++serial}`, generated_at: at(now) });

/** The ISO week of a time, in UTC. */
export function isoWeek(ms) {
  const day = new Date(ms);
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7)); // the Thursday names the week's year
  const first = Date.UTC(day.getUTCFullYear(), 0, 1);
  return `${day.getUTCFullYear()}-W${String(Math.ceil(((day - first) / 86_400_000 + 1) / 7)).padStart(2, '0')}`;
}

export function status(now, more = {}) {
  return {
    ...head(now), state: 'online', version: '0.1.0', ledger_id: '0a1b2c3d', uptime_s: 7200, clock: 'synchronised', radio: 'ok',
    disk: { used_octets: 4e6, free_octets: 9e9, low: false }, outbox: { waiting: 0, oldest_at: null }, pods: [], refused_inbound: 0, ...more,
  };
}

export const will = (now) => ({ v: 1, id: 'will', generated_at: at(now), state: 'offline', will: true });

export function pod(now, more = {}) {
  return {
    address: 'C0:FF:EE:00:00:01', name: 'Pod', runner: 'anna', placement: 'left-foot', driver: 'stride', link: 'live',
    last_heard: at(now - 60_000), battery_pct: 80, missing: 0, lost: 0, unread_packets: 0, ...more,
  };
}

export function summary(now, runner, more = {}) {
  const { this_week, last8 = [9, 10, 11, 10, 12, 11, 10, 12.4], pain8 = [1, 1, 0, 1, null, 1, 0, 1], max8 = pain8, empty8 = Array(8).fill(null), ...rest } = more;
  const early = (fill) => Array(18).fill(fill);
  const week = {
    week: isoWeek(now), state: 'provisional', distance_m: last8[7] === null ? null : last8[7] * 1000, duration_s: 4100, steps: 11800, runs: 3,
    longest_run_band: 'reference', longest_run_m: 6000, reference_m: 6100, pain_mean: pain8[7], pain_max: pain8[7], pain_days: pain8[7] === null ? null : 1, revision: 2,
  };
  return {
    ...head(now), runner, zone: 'Europe/Berlin', sentence: `Sentence of ${runner}`, alert: null, coverage: 0.97,
    weeks: Array.from({ length: 26 }, (_, i) => isoWeek(now - (25 - i) * 7 * 24 * HOUR)),
    distance_m: [...early(null), ...last8.map((km) => (km === null ? null : km * 1000))], steps: [...early(null), ...last8.map((km) => (km === null ? null : km * 900))],
    pain_mean: [...early(null), ...pain8], pain_max: [...early(null), ...max8], empty: [...early(null), ...empty8],
    this_week: this_week === null ? null : { ...week, ...this_week },
    last_run_end: at(now - 4 * HOUR), last_record_received: at(now - 3 * HOUR), reasons: {}, ...rest,
  };
}

export function week(now, runner, more = {}) {
  return {
    ...head(now), runner, week: isoWeek(now), revision: 2, state: 'provisional', zone: 'Europe/Berlin', coverage: 0.97,
    load: { distance_m: 12400, duration_s: 4100, steps: 11800, runs: 3, source: 'mean_of_feet', left: { steps: 5900, impact_sum_g: 14000 }, right: { steps: 5900, impact_sum_g: null } },
    longest_run: { distance_m: 6000, reference_m: 6100, band: 'reference' }, pain: { mean: 1, max: 1, days: 1, entry_days: 3, entries: 4 },
    empty: null, changed: [], reasons: { 'load.right.impact_sum_g': 'not_measured' }, ...more,
  };
}
