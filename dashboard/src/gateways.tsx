// The strip of gateways: who is there, and what its administrator would have to do.
import { ago, apartWords, clockOf, duration, type Clock } from './age';
import type { Pod } from './contract';
import type { Gateway } from './model';
import { isSilent, podWorries, podsLine } from './pods';
import { count } from './words';

const CLOCKS: Record<string, string> = { unset: 'clock not set', set: 'clock set, not synchronised', synchronised: 'clock synchronised' };
const RADIOS: Record<string, string> = {
  ok: 'radio works',
  'no-bluetoothd': 'radio: bluetoothd is not running',
  'no-adapter': 'radio: no Bluetooth adapter',
  'powered-off': 'radio: switched off',
};

const podName = (pod: Pod) => `${pod.runner ?? 'nobody'}, ${pod.placement ?? 'no placement'} (${pod.name ?? pod.address})`;

function Pods({ pods, now }: { pods: Pod[]; now: number }) {
  return (
    <ul class="pods">
      {pods.map((pod) => {
        const worries = podWorries(pod, now);
        return (
          <li key={pod.address} class={worries.length ? 'worry' : ''}>
            {worries.length > 0 && <strong>⚠ </strong>}
            {podName(pod)}: {[...worries, `link ${pod.link}`, ...(isSilent(pod, now) ? [] : [`heard ${ago(pod.lastHeard!, now)}`]),
              pod.battery === null ? 'battery not known' : `battery ${pod.battery} %`].join(', ')}
          </li>
        );
      })}
    </ul>
  );
}

/** When it last spoke, always by this computer's clock. */
function lastWord(clock: Clock, now: number): string {
  if (clock.lastWord === null) return 'has not spoken';
  if (clock.live) return `last message came ${ago(clock.lastWord, now)}`;
  if (clock.apart) return `last message was kept by the broker, none has come since this page ${ago(clock.lastWord, now) === 'just now' ? 'opened' : `got it ${ago(clock.lastWord, now)}`}`;
  return `last message, kept by the broker, was made ${ago(clock.lastWord, now)}`;
}

export function GatewayCard({ gateway, now, silentAfter, connected }: { gateway: Gateway; now: number; silentAfter: number; connected: boolean }) {
  const { status } = gateway;
  const clock = clockOf(gateway, now);
  const silent = clock.silence !== null && clock.silence > silentAfter;
  const word = !status ? '? no status' : status.state === 'online' ? (silent ? '◐ online, but silent' : '● online') : '○ offline';
  const facts: string[] = [];
  if (!connected) facts.push('as last known, the broker is not connected');
  facts.push(lastWord(clock, now));
  if (silent) facts.push(`silent for ${duration(clock.silence!)}`);
  if (clock.apart) facts.push(apartWords(clock, now, 'UTC'));
  if (status?.version) facts.push(`version ${status.version}`);
  if (status?.waiting != null) {
    facts.push(status.waiting === 0 ? 'nothing waits to be sent' : `${count(status.waiting, 'message')} waiting${status.waitingSince === null ? '' : ` since ${ago(status.waitingSince, clock.now)}`}`);
  }
  if (status?.clock && clock.apart !== 'simulated') facts.push(CLOCKS[status.clock] ?? `clock ${status.clock}`);
  if (status?.radio) facts.push(RADIOS[status.radio] ?? `radio ${status.radio}`);
  if (status?.diskFree != null) facts.push(`${(status.diskFree / 1e9).toFixed(1)} GB free`);
  if (status?.refused) facts.push(`${count(status.refused, 'diary message')} refused`);
  const pods = status?.pods ?? null;
  return (
    <li class={`gateway ${status?.state ?? 'unknown'}`} data-gateway={gateway.name}>
      <h3>{gateway.name} <span class="state">{word}</span></h3>
      <p>{facts.join(' · ')}</p>
      {pods === null ? <p>Pods not known</p> : pods.length === 0 ? <p>No pod is paired</p> : (
        <details>
          <summary>{count(pods.length, 'pod')}, {podsLine(pods, clock.now)}<span class="hidden-text"> at {gateway.name}</span></summary>
          <Pods pods={pods} now={clock.now} />
        </details>
      )}
    </li>
  );
}
