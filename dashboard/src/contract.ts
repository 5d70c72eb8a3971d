// The clinic's messages as the page needs them. Unknown keys are ignored, so that a newer gateway may say
// more; a known key with a wrong value makes the whole message malformed, so that no half-truth is shown.
import { Malformed, list, number, object, oneOf, orNull, text, time, whole, type Fields } from './check';

const EMPTIES = ['did_not_run', 'not_worn', 'not_delivered', 'unknown'] as const;
export type Empty = (typeof EMPTIES)[number];
export type Reasons = Record<string, string>;

interface Head {
  id: string;
  generatedAt: number;
}

export interface Pod {
  address: string;
  name: string | null;
  runner: string | null;
  placement: string | null;
  link: string;
  lastHeard: number | null;
  battery: number | null;
  missing: number;
  lost: number;
  unread: number;
}

export interface Status extends Head {
  state: 'online' | 'offline';
  will: boolean;
  version: string | null;
  uptime: number | null;
  clock: string | null;
  radio: string | null;
  diskFree: number | null;
  waiting: number | null;
  waitingSince: number | null;
  refused: number | null;
  pods: Pod[] | null;
}

export interface ThisWeek {
  week: string;
  state: 'provisional' | 'final';
  revision: number;
  distance: number | null;
  duration: number | null;
  steps: number | null;
  runs: number | null;
  band: string | null;
  longest: number | null;
  reference: number | null;
  painMean: number | null;
  painMax: number | null;
  painDays: number | null;
}

export interface Summary extends Head {
  runner: string;
  zone: string;
  sentence: string;
  alert: { code: string; since: number | null } | null;
  coverage: number | null;
  weeks: string[];
  distance: (number | null)[];
  painMean: (number | null)[];
  painMax: (number | null)[];
  empty: (Empty | null)[];
  thisWeek: ThisWeek | null;
  lastRunEnd: number | null;
  lastReceived: number | null;
  reasons: Reasons;
}

export interface Week extends Head {
  runner: string;
  week: string;
  revision: number;
  state: 'provisional' | 'final';
  coverage: number | null;
  source: string | null;
  distance: number | null;
  runs: number | null;
  painMean: number | null;
  painMax: number | null;
  painDays: number | null;
  painEntries: number;
  empty: Empty | null;
  changed: { path: string; why: string }[];
  reasons: Reasons;
}

const maybeNumber = orNull(number);
const maybeText = orNull(text);
const maybeTime = orNull(time);
const maybePain = (value: unknown, name: string) => maybeNumber(value, name, 0, 10);
const maybeCoverage = (value: unknown, name: string) => maybeNumber(value, name, 0, 1);
const maybeEmpty = orNull((value: unknown, name: string) => oneOf(value, name, EMPTIES));
const maybeObject = (value: unknown, name: string): Fields => orNull(object)(value, name) ?? {};
const state = (value: unknown, name: string) => oneOf(value, name, ['provisional', 'final'] as const);

function weekId(value: unknown, name: string): string {
  const words = text(value, name, 8);
  if (!/^\d{4}-W\d\d$/.test(words)) throw new Malformed(`${name} is not a week such as 2026-W47`);
  return words;
}

function head(fields: Fields): Head {
  if (fields.v !== 1) throw new Malformed(`v is not 1; this page is too old or the sender is broken`);
  return { id: text(fields.id, 'id', 64), generatedAt: time(fields.generated_at, 'generated_at') };
}

function reasons(value: unknown): Reasons {
  const result: Reasons = Object.create(null) as Reasons; // a key may be called __proto__
  for (const [key, code] of Object.entries(maybeObject(value, 'reasons'))) result[key] = text(code, `reasons.${key}`, 64);
  return result;
}

function pod(value: unknown, name: string): Pod {
  const fields = object(value, name);
  return {
    address: text(fields.address, `${name}.address`, 32),
    name: maybeText(fields.name, `${name}.name`),
    runner: maybeText(fields.runner, `${name}.runner`),
    placement: maybeText(fields.placement, `${name}.placement`),
    link: text(fields.link, `${name}.link`, 32),
    lastHeard: maybeTime(fields.last_heard, `${name}.last_heard`),
    battery: maybeNumber(fields.battery_pct, `${name}.battery_pct`, 0, 100),
    missing: maybeNumber(fields.missing, `${name}.missing`) ?? 0,
    lost: maybeNumber(fields.lost, `${name}.lost`) ?? 0,
    unread: maybeNumber(fields.unread_packets, `${name}.unread_packets`) ?? 0,
  };
}

export function parseStatus(fields: Fields): Status {
  const disk = maybeObject(fields.disk, 'disk');
  const outbox = maybeObject(fields.outbox, 'outbox');
  return {
    ...head(fields),
    state: oneOf(fields.state, 'state', ['online', 'offline'] as const),
    will: fields.will === true,
    version: maybeText(fields.version, 'version'),
    uptime: maybeNumber(fields.uptime_s, 'uptime_s'),
    clock: maybeText(fields.clock, 'clock'),
    radio: maybeText(fields.radio, 'radio'),
    diskFree: maybeNumber(disk.free_octets, 'disk.free_octets'),
    waiting: maybeNumber(outbox.waiting, 'outbox.waiting'),
    waitingSince: maybeTime(outbox.oldest_at, 'outbox.oldest_at'),
    refused: maybeNumber(fields.refused_inbound, 'refused_inbound'),
    pods: orNull((value: unknown, name: string) => list(value, name, pod))(fields.pods, 'pods'),
  };
}

function thisWeek(value: unknown, name: string): ThisWeek {
  const fields = object(value, name);
  return {
    week: weekId(fields.week, `${name}.week`),
    state: state(fields.state, `${name}.state`),
    revision: whole(fields.revision, `${name}.revision`, 1),
    distance: maybeNumber(fields.distance_m, `${name}.distance_m`),
    duration: maybeNumber(fields.duration_s, `${name}.duration_s`),
    steps: maybeNumber(fields.steps, `${name}.steps`),
    runs: maybeNumber(fields.runs, `${name}.runs`),
    band: maybeText(fields.longest_run_band, `${name}.longest_run_band`),
    longest: maybeNumber(fields.longest_run_m, `${name}.longest_run_m`),
    reference: maybeNumber(fields.reference_m, `${name}.reference_m`),
    painMean: maybePain(fields.pain_mean, `${name}.pain_mean`),
    painMax: maybePain(fields.pain_max, `${name}.pain_max`),
    painDays: maybeNumber(fields.pain_days, `${name}.pain_days`, 0, 7),
  };
}

export function parseSummary(fields: Fields, runner: string): Summary {
  const weeks = list(fields.weeks, 'weeks', weekId);
  // The series mean nothing unless each of them has one value a week.
  const series = <T>(name: string, each: (item: unknown, name: string) => T): T[] => {
    const values = list(fields[name], name, each);
    if (values.length !== weeks.length) throw new Malformed(`${name} has ${values.length} entries for ${weeks.length} weeks`);
    return values;
  };
  if (fields.runner !== runner) throw new Malformed(`runner is not the topic's ${runner}`);
  if (weeks.length === 0) throw new Malformed('weeks is empty');
  const alert = fields.alert === null || fields.alert === undefined ? null : object(fields.alert, 'alert');
  return {
    ...head(fields),
    runner,
    zone: text(fields.zone, 'zone', 64),
    sentence: text(fields.sentence, 'sentence', 320),
    alert: alert && { code: text(alert.code, 'alert.code', 64), since: maybeTime(alert.since, 'alert.since') },
    coverage: maybeCoverage(fields.coverage, 'coverage'),
    weeks,
    distance: series('distance_m', maybeNumber),
    painMean: series('pain_mean', maybePain),
    painMax: series('pain_max', maybePain),
    empty: series('empty', maybeEmpty),
    thisWeek: orNull(thisWeek)(fields.this_week, 'this_week'),
    lastRunEnd: maybeTime(fields.last_run_end, 'last_run_end'),
    lastReceived: maybeTime(fields.last_record_received, 'last_record_received'),
    reasons: reasons(fields.reasons),
  };
}

export function parseWeek(fields: Fields, runner: string, week: string): Week {
  const load = maybeObject(fields.load, 'load');
  const pain = maybeObject(fields.pain, 'pain');
  if (fields.runner !== runner) throw new Malformed(`runner is not the topic's ${runner}`);
  if (weekId(fields.week, 'week') !== week) throw new Malformed(`week is not the topic's ${week}`);
  return {
    ...head(fields),
    runner,
    week,
    revision: whole(fields.revision, 'revision', 1),
    state: state(fields.state, 'state'),
    coverage: maybeCoverage(fields.coverage, 'coverage'),
    source: maybeText(load.source, 'load.source'),
    distance: maybeNumber(load.distance_m, 'load.distance_m'),
    runs: maybeNumber(load.runs, 'load.runs'),
    painMean: maybePain(pain.mean, 'pain.mean'),
    painMax: maybePain(pain.max, 'pain.max'),
    painDays: maybeNumber(pain.days, 'pain.days', 0, 7),
    painEntries: maybeNumber(pain.entries, 'pain.entries') ?? 0,
    empty: maybeEmpty(fields.empty, 'empty'),
    changed: (orNull((value: unknown, name: string) => list(value, name, change))(fields.changed, 'changed')) ?? [],
    reasons: reasons(fields.reasons),
  };
}

function change(value: unknown, name: string) {
  const fields = object(value, name);
  return { path: text(fields.path, `${name}.path`), why: text(fields.why, `${name}.why`) };
}

/** A payload as JSON, refusing what could not come from a gateway. */
export function decode(payload: Uint8Array): Fields {
  if (payload.length > 65536) throw new Malformed('longer than 65536 octets');
  let words: string;
  try {
    words = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    throw new Malformed('not UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(words);
  } catch {
    throw new Malformed('not JSON');
  }
  return object(value, 'the message');
}
