// Who is shown first, and why a row may not be trusted to be current. The page weighs nothing by itself: the
// alert and the band are the gateway's; pain only orders rows that are equal otherwise.
import { clockOf, duration, type Clock } from './age';
import type { BrokerState } from './broker';
import type { Model, Runner } from './model';

export interface Row {
  runner: Runner;
  rank: number;
  /** One of: needs somebody, has no (current) data, the rest. */
  group: 'needs' | 'no-data' | 'rest';
  /** The one reason, in words. */
  reason: string | null;
  stale: string[];
  clock: Clock;
}

const ALERTS: Record<string, string> = {
  pain_high: 'High pain',
  spike_large: 'Large spike: a run far longer than usual',
  no_data: 'No data',
};

const EMPTY_WORDS: Record<string, string> = {
  did_not_run: 'did not run',
  not_worn: 'no pod was worn',
  not_delivered: 'not delivered yet',
};

/** A code of the contract in words; one that is newer than this page is shown as it is. */
export const emptyWords = (code: string) => EMPTY_WORDS[code] ?? code.replaceAll('_', ' ');

export function staleness(model: Model, runner: Runner, broker: BrokerState, clock: Clock, silentAfter: number): string[] {
  const gateway = model.gateways.get(runner.gateway);
  const result: string[] = [];
  if (broker.kind !== 'connected') result.push('the broker is not connected, this is what was known before');
  if (gateway?.status?.state === 'offline') result.push(`gateway ${runner.gateway} is offline`);
  else if (!gateway?.status) result.push(`gateway ${runner.gateway} has told no status`);
  if (clock.silence !== null && clock.silence > silentAfter) {
    result.push(`gateway ${runner.gateway} has been silent for ${duration(clock.silence)} by this computer's clock`);
  }
  if (runner.unreadable) result.push(`the newest message could not be read (${runner.unreadable})${runner.summary ? ', this is the one before' : ''}`);
  return result;
}

function judge(row: Row) {
  const { runner } = row;
  const summary = runner.summary;
  const empty = summary?.empty.at(-1) ?? null;
  if (summary?.alert) return Object.assign(row, { rank: 0, group: 'needs', reason: ALERTS[summary.alert.code] ?? emptyWords(summary.alert.code) });
  if (summary?.thisWeek?.band === 'large') return Object.assign(row, { rank: 1, group: 'needs', reason: ALERTS.spike_large });
  if (!summary) return Object.assign(row, { rank: 2, group: 'no-data', reason: 'no summary yet' });
  if (!summary.thisWeek) return Object.assign(row, { rank: 2, group: 'no-data', reason: 'nothing known this week' });
  if (empty === 'not_worn' || empty === 'not_delivered') {
    return Object.assign(row, { rank: 2, group: 'no-data', reason: emptyWords(empty) });
  }
  // A lost broker makes every row stale: that says nothing about who needs somebody.
  if (row.stale.some((why) => !why.startsWith('the broker'))) return Object.assign(row, { rank: 2, group: 'no-data', reason: null });
  return row;
}

export function rows(model: Model, broker: BrokerState, silentAfter: number, now: number): Row[] {
  const list = [...model.runners.values()].map((runner) => {
    const clock = clockOf(model.gateways.get(runner.gateway), now, silentAfter);
    const stale = staleness(model, runner, broker, clock, silentAfter);
    return judge({ runner, rank: 3, group: 'rest', reason: null, stale, clock });
  });
  const pain = (row: Row) => row.runner.summary?.thisWeek?.painMax ?? -1;
  return list.sort((a, b) => a.rank - b.rank || pain(b) - pain(a) || (a.runner.key < b.runner.key ? -1 : 1));
}
