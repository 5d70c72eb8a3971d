// The strip of gateways: who is there, and what its administrator would have to do.
import { ago, clockOf, duration } from './age';
import type { Pod } from './contract';
import type { Gateway } from './model';
import { count } from './words';

const BATTERY_LOW = 20;

const CLOCKS: Record<string, string> = { unset: 'clock not set', set: 'clock set, not synchronised', synchronised: 'clock synchronised' };
const RADIOS: Record<string, string> = {
  ok: 'radio works',
  'no-bluetoothd': 'radio: bluetoothd is not running',
  'no-adapter': 'radio: no Bluetooth adapter',
  'powered-off': 'radio: switched off',
};

const podName = (pod: Pod) => `${pod.runner ?? 'nobody'}, ${pod.placement ?? 'no placement'} (${pod.name ?? pod.address})`;

function podWorries(pod: Pod): string[] {
  const result: string[] = [];
  if (pod.missing) result.push(`${count(pod.missing, 'record')} missing, to be fetched`);
  if (pod.lost) result.push(`${count(pod.lost, 'record')} lost for good`);
  if (pod.unread) result.push(`${count(pod.unread, 'packet')} could not be read`);
  if (pod.battery !== null && pod.battery <= BATTERY_LOW) result.push(`battery low, ${pod.battery} %`);
  return result;
}

function Pods({ pods, now }: { pods: Pod[]; now: number }) {
  return (
    <ul class="pods">
      {pods.map((pod) => {
        const worries = podWorries(pod);
        return (
          <li key={pod.address} class={worries.length ? 'worry' : ''}>
            {worries.length > 0 && <strong>⚠ </strong>}
            {podName(pod)}: {[...worries, `link ${pod.link}`, pod.lastHeard === null ? 'never heard' : `heard ${ago(pod.lastHeard, now)}`,
              pod.battery === null ? 'battery not known' : `battery ${pod.battery} %`].join(', ')}
          </li>
        );
      })}
    </ul>
  );
}

export function GatewayCard({ gateway, now, silentAfter, connected }: { gateway: Gateway; now: number; silentAfter: number; connected: boolean }) {
  const { status } = gateway;
  const clock = clockOf(gateway, now, silentAfter);
  const silent = clock.silence !== null && clock.silence > silentAfter;
  const word = !status ? '? no status' : status.state === 'online' ? (silent ? '◐ online, but silent' : '● online') : '○ offline';
  const facts: string[] = [];
  if (!connected) facts.push('as last known, the broker is not connected');
  if (gateway.newest !== null) facts.push(`last word ${ago(gateway.newest, now)}`);
  if (silent) facts.push(`silent for ${duration(clock.silence!)}`);
  if (clock.gatewayTime) facts.push('lives in its own gateway time');
  if (status?.version) facts.push(`version ${status.version}`);
  if (status?.waiting != null) {
    facts.push(status.waiting === 0 ? 'nothing waits to be sent' : `${count(status.waiting, 'message')} waiting${status.waitingSince === null ? '' : ` since ${ago(status.waitingSince, clock.now)}`}`);
  }
  if (status?.clock) facts.push(CLOCKS[status.clock] ?? `clock ${status.clock}`);
  if (status?.radio) facts.push(RADIOS[status.radio] ?? `radio ${status.radio}`);
  if (status?.diskFree != null) facts.push(`${(status.diskFree / 1e9).toFixed(1)} GB free`);
  if (status?.refused) facts.push(`${count(status.refused, 'diary message')} refused`);
  const pods = status?.pods ?? null;
  const worried = pods?.filter((pod) => podWorries(pod).length > 0) ?? [];
  return (
    <li class={`gateway ${status?.state ?? 'unknown'}`} data-gateway={gateway.name}>
      <h3>{gateway.name} <span class="state">{word}</span></h3>
      <p>{facts.join(' · ')}</p>
      {pods === null ? <p>Pods not known</p> : pods.length === 0 ? <p>No pod is paired</p> : (
        <details>
          <summary>{count(pods.length, 'pod')}, {worried.length === 0 ? 'none with missing records or a low battery' : `⚠ ${worried.length} to look at`}<span class="hidden-text"> at {gateway.name}</span></summary>
          <Pods pods={pods} now={clock.now} />
        </details>
      )}
    </li>
  );
}
