// What the page knows, and how messages change it. No DOM and no network here.
import { Malformed } from './check';
import { decode, parseStatus, parseSummary, parseWeek, type Status, type Summary, type Week } from './contract';

export interface Gateway {
  name: string;
  status: Status | null;
  /** The gateway's own clock, as far as it has told us. */
  newest: number | null;
  /** When its last message came while we listened, by our clock. */
  heard: number | null;
  /** When the broker first handed us the newest message it had kept, by our clock. */
  kept: number | null;
  /** How far its clock was from ours (ms) in the newest status that came while we listened. */
  skew: number | null;
}

export interface Runner {
  key: string;
  gateway: string;
  runner: string;
  summary: Summary | null;
  weeks: Map<string, Week>;
  changedAt: number | null;
  /** The newest message that could not be read, as long as nothing readable followed. */
  unreadable: string | null;
}

export interface Malformation {
  topic: string;
  why: string;
  count: number;
}

export interface Model {
  clinic: string;
  gateways: Map<string, Gateway>;
  runners: Map<string, Runner>;
  malformed: number;
  malformations: Map<string, Malformation>;
  /** Topics handed out since the subscription: what is not among them is no longer at the broker. */
  confirmed: Set<string>;
  /** Said once when rows had to go. */
  notice: string | null;
}

const MALFORMATIONS_MAX = 50;

export function newModel(clinic: string): Model {
  return {
    clinic,
    gateways: new Map(),
    runners: new Map(),
    malformed: 0,
    malformations: new Map(),
    confirmed: new Set(),
    notice: null,
  };
}

function gatewayOf(model: Model, name: string): Gateway {
  let gateway = model.gateways.get(name);
  if (!gateway) {
    gateway = { name, status: null, newest: null, heard: null, kept: null, skew: null };
    model.gateways.set(name, gateway);
  }
  return gateway;
}

function runnerOf(model: Model, gateway: string, runner: string): Runner {
  // The same name at two gateways may be two people: never merged.
  const key = `${gateway}/${runner}`;
  let found = model.runners.get(key);
  if (!found) {
    found = { key, gateway, runner, summary: null, weeks: new Map(), changedAt: null, unreadable: null };
    model.runners.set(key, found);
  }
  return found;
}

function hear(gateway: Gateway, generatedAt: number, retained: boolean, now: number) {
  if (gateway.newest === null || generatedAt > gateway.newest) {
    gateway.newest = generatedAt;
    if (retained) gateway.kept = now;
  }
  if (!retained) gateway.heard = now;
}

function forgetIfEmpty(model: Model, runner: Runner) {
  if (!runner.summary && runner.weeks.size === 0 && !runner.unreadable) model.runners.delete(runner.key);
}

/** Takes one message; the runner whose row reads differently now, or null. */
export function take(model: Model, topic: string, payload: Uint8Array, retained: boolean, now: number): Runner | null {
  const prefix = `strided/v1/${model.clinic}/`;
  const parts = topic.startsWith(prefix) ? topic.slice(prefix.length).split('/') : [];
  const [gatewayName = '', second = '', third, week = ''] = parts;

  model.confirmed.add(topic);
  try {
    if (parts.length === 2 && second === 'status') return takeStatus(model, gatewayName, payload, retained, now);
    if (parts.length === 3 && third === 'summary') return takeSummary(model, gatewayName, second, payload, retained, now);
    if (parts.length === 4 && third === 'week') return takeWeek(model, gatewayName, second, week, payload, retained, now);
    throw new Malformed('not a topic this page asked for');
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    model.malformed++;
    const known = model.malformations.get(topic);
    if (known) Object.assign(known, { why: error.message, count: known.count + 1 });
    else if (model.malformations.size < MALFORMATIONS_MAX) model.malformations.set(topic, { topic, why: error.message, count: 1 });
    if (third !== 'summary') return null;
    const runner = runnerOf(model, gatewayName, second);
    runner.unreadable = error.message;
    return runner;
  }
}

function takeStatus(model: Model, name: string, payload: Uint8Array, retained: boolean, now: number): null {
  if (payload.length === 0) {
    const known = model.gateways.get(name);
    if (known) known.status = null;
    // Its runners' rows still need to know its clock.
    if (![...model.runners.values()].some((runner) => runner.gateway === name)) model.gateways.delete(name);
    return null;
  }
  const status = parseStatus(decode(payload));
  const gateway = gatewayOf(model, name);
  if (status.will) {
    // The broker speaks here, not the gateway: it proves no life, and what it leaves out stays known.
    gateway.status = gateway.status ? { ...gateway.status, state: status.state, will: true } : status;
    return null;
  }
  gateway.status = status;
  hear(gateway, status.generatedAt, retained, now);
  if (!retained) {
    // Only a status is made when it is sent; the rest may have waited in the outbox. So it alone compares
    // clocks, and takes back a newest time from before the gateway's clock was put right.
    gateway.skew = status.generatedAt - now;
    gateway.newest = status.generatedAt;
  }
  return null;
}

function takeSummary(model: Model, name: string, id: string, payload: Uint8Array, retained: boolean, now: number) {
  if (payload.length === 0) {
    const runner = model.runners.get(`${name}/${id}`);
    if (runner) {
      runner.summary = runner.unreadable = null;
      forgetIfEmpty(model, runner);
    }
    return null;
  }
  const summary = parseSummary(decode(payload), id);
  const runner = runnerOf(model, name, id);
  const before = runner.summary && readable(runner.summary);
  runner.summary = summary;
  runner.unreadable = null;
  hear(gatewayOf(model, name), summary.generatedAt, retained, now);
  if (before === readable(summary)) return null;
  // What the broker hands out to a newcomer is no news.
  if (retained && before === null) return null;
  runner.changedAt = now;
  return runner;
}

/** What a person would read in it; a resend differs in nothing of this. */
function readable(summary: Summary): string {
  return JSON.stringify({ ...summary, id: null, generatedAt: null });
}

/** A message id begins with the ledger it comes from. */
function ledgerOf(id: string): string {
  return id.split('-')[0] ?? '';
}

function takeWeek(model: Model, name: string, id: string, week: string, payload: Uint8Array, retained: boolean, now: number) {
  if (payload.length === 0) {
    const runner = model.runners.get(`${name}/${id}`);
    if (runner) {
      runner.weeks.delete(week);
      forgetIfEmpty(model, runner);
    }
    return null;
  }
  const parsed = parseWeek(decode(payload), id, week);
  const weeks = runnerOf(model, name, id).weeks;
  const known = weeks.get(week);
  // A revision sent again late is older news. Another ledger (a new gateway under the same name) counts from 1 again.
  if (!known || parsed.revision >= known.revision || ledgerOf(parsed.id) !== ledgerOf(known.id)) weeks.set(week, parsed);
  hear(gatewayOf(model, name), parsed.generatedAt, retained, now);
  return null;
}

/** A new subscription begins: the broker will hand out everything it still holds. */
export function beginHandOut(model: Model) {
  model.confirmed.clear();
}

/** The hand-out is over. What was cleared while we were away (consent withdrawn, say) must not stay on screen. */
export function endHandOut(model: Model) {
  const prefix = `strided/v1/${model.clinic}/`;
  const gone: string[] = [];
  for (const runner of [...model.runners.values()]) {
    const topic = `${prefix}${runner.key}`;
    if ((runner.summary || runner.unreadable) && !model.confirmed.has(`${topic}/summary`)) {
      runner.summary = runner.unreadable = null;
      gone.push(runner.runner);
    }
    for (const week of runner.weeks.keys()) if (!model.confirmed.has(`${topic}/week/${week}`)) runner.weeks.delete(week);
    forgetIfEmpty(model, runner);
  }
  for (const name of model.gateways.keys()) {
    if (!model.confirmed.has(`${prefix}${name}/status`)) model.gateways.get(name)!.status = null;
  }
  if (gone.length) model.notice = `Removed, because the broker holds nothing of it any more: ${gone.join(', ')}.`;
}
