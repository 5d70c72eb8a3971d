// What is wrong with pods, in words.
import { duration } from './age';
import type { Pod } from './contract';
import type { Gateway } from './model';
import { count } from './words';

const BATTERY_LOW = 20;

/** A pod that sent nothing for this long, connected or not, is called silent: a rest week has passed. */
const SILENT_AFTER = 7 * 24 * 3_600_000;

const age = (pod: Pod, now: number) => (pod.lastHeard === null ? Infinity : Math.max(0, now - pod.lastHeard));
export const isSilent = (pod: Pod, now: number) => age(pod, now) >= SILENT_AFTER;

/** Each kind of trouble: which pods have it, what one pod says of it, what a group of them says. */
const TROUBLES: { has(pod: Pod, now: number): boolean; one(pod: Pod, now: number): string; all(pods: Pod[], now: number): string }[] = [
  { has: isSilent, one: (pod, now) => `${sayOldest([pod], now)}${pod.link === 'live' ? ', though connected' : ''}`, all: (pods, now) => `${pods.length} ${sayOldest(pods, now)}` },
  { has: (pod) => pod.missing > 0, one: (pod) => `${count(pod.missing, 'record')} missing, to be fetched`, all: (pods) => `${pods.length} with missing records` },
  { has: (pod) => pod.lost > 0, one: (pod) => `${count(pod.lost, 'record')} lost for good`, all: (pods) => `${pods.length} with lost records` },
  { has: (pod) => pod.unread > 0, one: (pod) => `${count(pod.unread, 'packet')} could not be read`, all: (pods) => `${pods.length} with unread packets` },
  { has: (pod) => pod.battery !== null && pod.battery <= BATTERY_LOW, one: (pod) => `battery low, ${pod.battery} %`, all: (pods) => `${pods.length} with a low battery` },
];

function sayOldest(pods: Pod[], now: number): string {
  const oldest = Math.max(...pods.map((pod) => age(pod, now)));
  if (oldest === Infinity) return pods.length === 1 ? 'never heard' : 'silent, some never heard';
  return `silent for ${pods.length > 1 ? 'up to ' : ''}${duration(oldest)}`;
}

export const podWorries = (pod: Pod, now: number): string[] => TROUBLES.filter((trouble) => trouble.has(pod, now)).map((trouble) => trouble.one(pod, now));

/** All pods of a gateway in one line: never "nothing wrong" without the age of what is known. */
export function podsLine(pods: Pod[], now: number): string {
  const worried = pods.filter((pod) => podWorries(pod, now).length > 0);
  if (worried.length > 0) {
    const kinds = TROUBLES.map((trouble) => ({ trouble, having: pods.filter((pod) => trouble.has(pod, now)) })).filter(({ having }) => having.length > 0);
    return `⚠ ${worried.length} to look at: ${kinds.map(({ trouble, having }) => trouble.all(having, now)).join(', ')}`;
  }
  const oldest = Math.max(...pods.map((pod) => age(pod, now)));
  return `${pods.length === 1 ? 'heard' : 'all heard'} within ${oldest < 60_000 ? 'the last minute' : duration(oldest)}, no record missing`;
}

/** The pods of a runner: null when the gateway has not told. */
export const podsOf = (gateway: Gateway | undefined, runner: string): Pod[] | null => gateway?.status?.pods?.filter((pod) => pod.runner === runner) ?? null;

/** When none of them has sent anything for long, that; when some, which; else null. */
export function silenceOf(pods: Pod[], now: number): { all: boolean; words: string } | null {
  const silent = pods.filter((pod) => isSilent(pod, now));
  if (silent.length === 0) return null;
  if (silent.length < pods.length) return { all: false, words: `${silent.map((pod) => `${pod.placement ?? 'one'} pod ${sayOldest([pod], now)}`).join(', ')}` };
  const newest = Math.min(...silent.map((pod) => age(pod, now)));
  return { all: true, words: newest === Infinity ? 'no pod has ever sent anything' : `no pod has sent anything for ${duration(newest)}` };
}
