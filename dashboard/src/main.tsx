// Joins address, broker, model and view.
import { render } from 'preact';
import { Announcer } from './announcer';
import { connect, type BrokerState } from './broker';
import { beginHandOut, endHandOut, newModel, take } from './model';
import { BadAddress, readSettings, type Settings } from './settings';
import { Page, type Filter } from './view';

const DRAW_EVERY = 100;
const TICK = 10_000;
/** The protocol does not mark the end of what a broker hands out after a subscription; this long a quiet is it. */
const HAND_OUT_QUIET = 3_000;

function run(settings: Settings, root: HTMLElement) {
  const model = newModel(settings.clinic);
  const announcer = new Announcer(document.getElementById('announcer')!);
  let broker: BrokerState = { kind: 'connecting', attempts: 0 };
  let filter: Filter = 'all';
  let pending = false;
  let quiet: ReturnType<typeof setTimeout> | null = null;

  const draw = () => {
    pending = false;
    const focused = document.activeElement;
    const onFilter = (wanted: Filter) => {
      filter = wanted;
      draw();
    };
    render(<Page screen={{ settings, broker, model, filter, now: Date.now(), onFilter }} />, root);
    // A row that moves loses the keyboard focus in some browsers: give it back.
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.body && document.activeElement !== focused) {
      focused.focus({ preventScroll: true });
    }
  };
  // Timers and not animation frames: a page in a background tab has to stay right as well.
  const drawSoon = () => {
    if (!pending) setTimeout(draw, DRAW_EVERY);
    pending = true;
  };
  const stopWaiting = () => {
    if (quiet !== null) clearTimeout(quiet);
    quiet = null;
  };
  const awaitQuiet = () => {
    stopWaiting();
    quiet = setTimeout(() => {
      quiet = null;
      endHandOut(model);
      drawSoon();
    }, HAND_OUT_QUIET);
  };

  draw();
  setInterval(draw, TICK);
  connect(settings, {
    state(state) {
      broker = state;
      if (state.kind !== 'connected') stopWaiting();
      drawSoon();
    },
    subscribing: () => beginHandOut(model),
    subscribed: awaitQuiet,
    message(topic, payload, retained) {
      if (quiet !== null && retained) awaitQuiet();
      const changed = take(model, topic, payload, retained, Date.now());
      if (changed) announcer.changed(changed);
      drawSoon();
    },
  });
}

// A corrected password in the fragment alone loads nothing by itself.
addEventListener('hashchange', () => location.reload());

const root = document.getElementById('app')!;
root.replaceChildren();
try {
  run(readSettings(location, sessionStorage), root);
} catch (error) {
  if (!(error instanceof BadAddress)) throw error;
  render(<main><h1>strided</h1><p class="broker bad" role="alert">⚠ {error.message}</p></main>, root);
}
