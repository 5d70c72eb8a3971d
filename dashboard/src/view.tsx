// The page as a whole.
import { apartWords, clockTime } from './age';
import type { BrokerState } from './broker';
import { GatewayCard } from './gateways';
import type { Model } from './model';
import { rows, type Row } from './need';
import { RunnerRow } from './runner-row';
import type { Settings } from './settings';
import { Key } from './sparkline';
import { count } from './words';

export type Filter = 'all' | 'needs' | 'no-data';

export interface Screen {
  settings: Settings;
  broker: BrokerState;
  model: Model;
  filter: Filter;
  now: number;
  onFilter(filter: Filter): void;
}

function brokerWords(broker: BrokerState, settings: Settings): { mark: string; words: string; bad: boolean } {
  switch (broker.kind) {
    case 'connected':
      return { mark: '●', words: `Connected to ${settings.broker} since ${clockTime(broker.since)}`, bad: false };
    case 'lost':
      return { mark: '⚠', words: `Connection to ${settings.broker} lost at ${clockTime(broker.since)}. Everything below is stale. Trying again every few seconds.`, bad: true };
    case 'refused':
      return { mark: '⚠', words: broker.why, bad: true };
    case 'connecting':
      return broker.attempts === 0
        ? { mark: '○', words: `Connecting to ${settings.broker}`, bad: false }
        : { mark: '⚠', words: `Cannot reach ${settings.broker}. Check that the broker runs, that its address and port in broker= are right, and that it listens for WebSockets there. Trying again every few seconds.`, bad: true };
  }
}

function Waiting({ screen }: { screen: Screen }) {
  const { model, broker, settings } = screen;
  if (broker.kind !== 'connected') return <p class="waiting">No runner is known yet: the broker has to be reached first.</p>;
  const topic = `strided/v1/${settings.clinic}/+/+/summary`;
  return (
    <p class="waiting">
      {model.gateways.size === 0
        ? <>No data yet. Waiting for the first gateway of clinic {settings.clinic} (topic <code>{topic}</code>). If one should be there, compare the clinic's name with the gateway's configuration.</>
        : <>No runner yet, though {count(model.gateways.size, 'gateway')} spoke. Waiting for the first summary (topic <code>{topic}</code>). A runner's data leaves the home only after consent: <code>stridectl consent RUNNER on</code>.</>}
    </p>
  );
}

function Filters({ screen, all }: { screen: Screen; all: Row[] }) {
  const choices: [Filter, string][] = [['all', 'All'], ['needs', 'Needs me'], ['no-data', 'No data']];
  return (
    <fieldset class="filters">
      <legend>Show</legend>
      {choices.map(([filter, words]) => (
        <label key={filter}>
          <input type="radio" name="filter" checked={screen.filter === filter} onChange={() => screen.onFilter(filter)} />
          {words} ({filter === 'all' ? all.length : all.filter((row) => row.group === filter).length})
        </label>
      ))}
    </fieldset>
  );
}

function Malformed({ model }: { model: Model }) {
  if (model.malformed === 0) return null;
  return (
    <details class="malformed">
      <summary>⚠ {count(model.malformed, 'message')} could not be read and {model.malformed === 1 ? 'was' : 'were'} left out</summary>
      <ul>{[...model.malformations.values()].map((one) => <li key={one.topic}><code>{one.topic}</code>: {one.why}{one.count > 1 && ` (${one.count} times)`}</li>)}</ul>
    </details>
  );
}

/** The whole page in one sentence. */
function Overview({ all }: { all: Row[] }) {
  const needs = all.filter((row) => row.group === 'needs').length;
  const without = all.filter((row) => row.group === 'no-data' || row.stale.length > 0).length;
  return <><strong>{needs === 0 ? 'Nobody needs you' : `${needs} of ${count(all.length, 'runner')} ${needs === 1 ? 'needs' : 'need'} you`}</strong>{without ? `; ${without} ${without === 1 ? 'has' : 'have'} no current data` : '; all data is current'}.</>;
}

export function Page({ screen }: { screen: Screen }) {
  const { model, broker, settings, now } = screen;
  const said = brokerWords(broker, settings);
  const all = rows(model, broker, settings.silentAfter, now);
  const shown = screen.filter === 'all' ? all : all.filter((row) => row.group === screen.filter);
  const gateways = [...model.gateways.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const apart = new Map(all.filter((row) => row.clock.apart).map((row) => [row.runner.gateway, row.clock]));
  return (
    <>
      <header>
        <h1>Today at {settings.clinic}</h1>
        <p class={`broker${said.bad ? ' bad' : ''}`} data-state={broker.kind} role="status"><span aria-hidden="true">{said.mark}</span> {said.words}</p>
        {broker.kind === 'refused' && <button type="button" onClick={() => location.reload()}>Try again now</button>}
        {all.length > 0 && <p class="overview"><Overview all={all} /></p>}
        {[...apart].map(([gateway, clock]) => <p key={gateway} class="gateway-time">Gateway {gateway}: {apartWords(clock, now, 'UTC')}{clock.apart === 'simulated' && ': a demonstration, no real runners'}. Ages are counted from there.</p>)}
        {model.notice && <p class="notice">{model.notice}</p>}
        <Malformed model={model} />
      </header>
      <main>
        <h2>Runners</h2>
        {all.length > 0 && <Filters screen={screen} all={all} />}
        {all.length === 0 && <Waiting screen={screen} />}
        {all.length > 0 && shown.length === 0 && <p class="waiting">Nobody here just now; {count(all.length, 'runner')} under “All”.</p>}
        <ol class="rows">{shown.map((row) => <RunnerRow key={row.runner.key} row={row} now={now} />)}</ol>
        {all.length > 0 && (
          <>
            <h3 class="key">A week without numbers</h3>
            <Key />
            <p class="key">The last bar is this week. Pain: filled is the mean, the outline the worst day.</p>
          </>
        )}
      </main>
      <section class="gateways" aria-labelledby="gateways">
        <h2 id="gateways">Gateways</h2>
        {gateways.length === 0 ? <p>None has spoken yet.</p> : (
          <ul>{gateways.map((gateway) => <GatewayCard key={gateway.name} gateway={gateway} now={now} silentAfter={settings.silentAfter} connected={broker.kind === 'connected'} />)}</ul>
        )}
        <p class="key">A gateway counts as silent after {settings.silentAfter / 3_600_000} h (silent_h in the address). No medical device, no diagnosis.</p>
      </section>
    </>
  );
}
