// Who is shown first, and why a row may not be trusted to be current. The page weighs nothing by itself: the
// alert and the band are the gateway's; pain only orders rows that are equal otherwise.
import { clockOf, duration, type Clock } from './age';
import type { Summary } from './contract';
import type { BrokerState } from './broker';
import type { Model, Runner } from './model';
import { podsOf, silenceOf } from './pods';

export interface Row {
  runner: Runner;
  rank: number;
  /** One of: needs somebody, has no (current) data, the rest. */
  group: 'needs' | 'no-data' | 'rest';
  /** The one reason, in words. */
  reason: string | null;
  stale: string[];
  /** What else limits the numbers, though they are current. */
  limits: string[];
  clock: Clock;
}

/** Below this much of the running time the numbers are called incomplete; the gateway's own bound for a foot. */
const COVERED = 0.9;

const UNPAIRED = 'no pod is paired';

const ALERTS: Record<string, string> = {
  pain_clock: 'Pain for more than two weeks',
  pain_high: 'High pain',
  pain_worse: 'More pain than in the baseline week',
  spike_large: 'A run far longer than usual',
  through_pain: 'Runs through pain',
  gait_flag: 'Gait different from the own usual',
  no_data: 'No data',
  prongs_missing: 'Part of the plan missing',
};

const EMPTY_WORDS: Record<string, string> = {
  did_not_run: 'did not run',
  not_worn: 'no pod was heard',
  not_delivered: 'not delivered yet',
  unknown: 'lost, or without a time',
};

/** A code of the contract in words; one that is newer than this page is shown as it is. */
export const emptyWords = (code: string) => EMPTY_WORDS[code] ?? code.replaceAll('_', ' ');

export function staleness(model: Model, runner: Runner, broker: BrokerState, clock: Clock, silentAfter: number): string[] {
  const gateway = model.gateways.get(runner.gateway);
  const result: string[] = [];
  if (broker.kind !== 'connected') result.push('the broker is not connected, this is what was known before');
  if (gateway?.status?.state === 'offline') result.push(`gateway ${runner.gateway} is offline`);
  else if (!gateway?.status) result.push(`gateway ${runner.gateway} has told no status`);
  if (clock.silence !== null && clock.silence > silentAfter) result.push(`gateway ${runner.gateway} has been silent for ${duration(clock.silence)}`);
  const silent = silenceOf(podsOf(gateway, runner.runner) ?? [], clock.now);
  if (silent?.all) result.push(silent.words);
  if (runner.unreadable) result.push(`the newest message could not be read (${runner.unreadable})${runner.summary ? ', this is the one before' : ''}`);
  return result;
}

function limits(model: Model, runner: Runner, clock: Clock): string[] {
  const { summary } = runner;
  const pods = podsOf(model.gateways.get(runner.gateway), runner.runner);
  const silent = silenceOf(pods ?? [], clock.now);
  const result: string[] = [];
  if (pods?.length === 0) result.push(UNPAIRED);
  if (silent && !silent.all) result.push(silent.words);
  if (summary?.thisWeek && summary.empty.at(-1) == null) {
    if (summary.coverage === null) result.push('coverage not known');
    else if (summary.coverage < COVERED) result.push(`only ${Math.round(summary.coverage * 100)} % of the running is covered`);
  }
  return result;
}

/** An alert with its number, so that the sentence need not be read to weigh it. */
function alertWords(code: string, summary: Summary): string {
  const words = ALERTS[code] ?? emptyWords(code);
  return code === 'pain_high' && summary.thisWeek?.painMax != null ? `${words}, ${summary.thisWeek.painMax} of 10` : words;
}

function judge(row: Row) {
  const { runner } = row;
  const summary = runner.summary;
  const empty = summary?.empty.at(-1) ?? null;
  if (summary?.alert) return Object.assign(row, { rank: 0, group: 'needs', reason: alertWords(summary.alert.code, summary) });
  if (summary?.thisWeek?.band === 'large') return Object.assign(row, { rank: 1, group: 'needs', reason: ALERTS.spike_large });
  if (!summary) return Object.assign(row, { rank: 2, group: 'no-data', reason: 'no summary yet' });
  const unpaired = row.limits.find((limit) => limit === UNPAIRED);
  if (!summary.thisWeek) return Object.assign(row, { rank: 2, group: 'no-data', reason: unpaired ?? 'nothing known this week' });
  if (empty !== null && empty !== 'did_not_run') {
    return Object.assign(row, { rank: 2, group: 'no-data', reason: (empty === 'not_worn' && unpaired) || emptyWords(empty) });
  }
  // A lost broker makes every row stale: that says nothing about who needs somebody.
  if (row.stale.some((why) => !why.startsWith('the broker'))) return Object.assign(row, { rank: 2, group: 'no-data', reason: null });
  return row;
}

export function rows(model: Model, broker: BrokerState, silentAfter: number, now: number): Row[] {
  const list = [...model.runners.values()].map((runner) => {
    const clock = clockOf(model.gateways.get(runner.gateway), now);
    const stale = staleness(model, runner, broker, clock, silentAfter);
    return judge({ runner, rank: 3, group: 'rest', reason: null, stale, limits: limits(model, runner, clock), clock });
  });
  const pain = (row: Row) => row.runner.summary?.thisWeek?.painMax ?? -1;
  return list.sort((a, b) => a.rank - b.rank || pain(b) - pain(a) || (a.runner.key < b.runner.key ? -1 : 1));
}
