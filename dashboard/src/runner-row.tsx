// One runner's row: the gateway's sentence, the week, the trend, how fresh it is, and how it was made.
import { ago, dayInZone, inZone } from './age';
import type { Summary, Week } from './contract';
import type { Row } from './need';
import { Sparkline, sayMissing, type Point } from './sparkline';
import { bandWords, howMade, kilometres, percent, reasonList, reasonWords, roundUp, sentence, sourceWords } from './words';

const WEEKS = 8;
const CHANGED_FOR = 30_000;

const STATES = { provisional: 'provisional, may still change', final: 'final' };
const WEEK_STATES = { provisional: 'week still open', final: 'week final' };

function Trends({ summary }: { summary: Summary }) {
  const take = <T,>(list: T[]) => list.slice(-WEEKS);
  const weeks = take(summary.weeks);
  const load: Point[] = weeks.map((week, i) => ({ week, value: take(summary.distance)[i] ?? null, empty: take(summary.empty)[i] ?? null }));
  // The diary does not depend on the pods: a week without pods may well have pain, and the other way round.
  const pain: Point[] = weeks.map((week, i) => ({ week, value: take(summary.painMean)[i] ?? null, most: take(summary.painMax)[i] ?? null, empty: null }));
  const top = roundUp(Math.max(5000, ...load.map((point) => point.value ?? 0)));
  return (
    <div class="trends">
      <Sparkline kind="load" title={`Load, ${weeks.length} weeks, 0–${top / 1000} km`} points={load} top={top}
        say={(point) => (point.value === null || (point.value === 0 && point.empty) ? sayMissing(point, 'not known') : kilometres(point.value))} />
      <Sparkline kind="pain" title={`Pain, ${weeks.length} weeks, 0–10`} points={pain} top={10}
        say={(point) => (point.value === null ? 'no diary entries' : `mean ${point.value}, at most ${point.most ?? 'unknown'}`)} />
    </div>
  );
}

/** May the numbers be believed, in a few words; the details stand below. */
function Trust({ row }: { row: Row }) {
  const { stale } = row;
  const limits = row.limits.filter((limit) => limit !== row.reason); // said beside it
  if (stale.length > 0) return <p class="trust staleness"><strong>⚠ Stale:</strong> {stale.join('; ')}</p>;
  if (!row.runner.summary) return null;
  if (limits.length > 0) return <p class="trust limited"><span aria-hidden="true">◐</span> {sentence(limits.join('; '))}</p>;
  if (row.group === 'no-data') return null; // the reason has said it
  const { coverage } = row.runner.summary;
  return <p class="trust"><span aria-hidden="true">✓</span> Up to date{coverage !== null && `, coverage ${percent(coverage)}`}</p>;
}

function Freshness({ row, summary }: { row: Row; summary: Summary }) {
  const { now, apart } = row.clock;
  const when = (time: number) => <span title={inZone(time, summary.zone)}>{ago(time, now)}</span>;
  return (
    <p class="freshness">
      {summary.lastReceived === null ? 'No stride has arrived yet' : <>Last stride arrived {when(summary.lastReceived)}{apart && (apart === 'simulated' ? ' (simulated time)' : " (gateway's clock)")}</>}
      {summary.lastRunEnd === null ? '; no run known' : `; last run ${inZone(summary.lastRunEnd, summary.zone)}`}
      {summary.thisWeek && `; ${WEEK_STATES[summary.thisWeek.state]}`}
    </p>
  );
}

function WeekLine({ summary, week, index }: { summary: Summary; week: Week | undefined; index: number }) {
  const distance = summary.distance[index] ?? null;
  const empty = summary.empty[index] ?? null;
  const mean = summary.painMean[index] ?? null;
  const notes = week ? [reasonList(week.reasons), ...week.changed.map((change) => `changed after final: ${change.path}, ${change.why}`)].filter(Boolean) : [];
  return (
    <tr>
      <th scope="row">{summary.weeks[index]}</th>
      <td>{distance === null || (distance === 0 && empty) ? (empty ? reasonWords(empty) : 'not known') : kilometres(distance)}</td>
      <td>{mean === null ? 'no entries' : `${mean} / ${summary.painMax[index] ?? '?'}`}</td>
      <td>{week ? `${week.state}, revision ${week.revision}` : 'no week message'}</td>
      <td>{week ? (week.coverage === null ? 'not known' : percent(week.coverage)) : ''}</td>
      <td>{week ? sourceWords(week.source) : ''}</td>
      <td>{notes.join('; ')}</td>
    </tr>
  );
}

function HowMade({ row, summary }: { row: Row; summary: Summary }) {
  const first = Math.max(0, summary.weeks.length - WEEKS);
  const reasons = reasonList(summary.reasons);
  const week = summary.thisWeek;
  const facts = [
    ['Sentence and numbers', `worked out by gateway ${row.runner.gateway} on ${inZone(summary.generatedAt, summary.zone)}, message ${summary.id}`],
    ['Times', `in the runner's zone, ${summary.zone}`],
    ...(week ? [['This week', `${week.week}, revision ${week.revision}, ${STATES[week.state]}${week.steps === null ? '' : `, ${Math.round(week.steps)} steps`}`]] : []),
    ...(week?.band ? [['Longest run', `${week.longest === null ? 'of unknown length' : kilometres(week.longest)}, ${bandWords(week.band)}${week.reference === null ? '' : ` (${kilometres(week.reference)})`}`]] : []),
    ['Coverage', 'share of the moving time for which strides of the foot arrived'],
    ...(reasons ? [['What is missing', reasons]] : []),
  ];
  return (
    <details class="how">
      <summary>How this was made<span class="hidden-text"> for {row.runner.runner}</span></summary>
      <dl>{facts.map(([name, words]) => <div key={name}><dt>{name}</dt><dd>{words}</dd></div>)}</dl>
      <div class="scroll" tabIndex={0} role="region" aria-label={`Weeks of ${row.runner.runner}`}>
        <table>
          <caption>The weeks behind the small charts</caption>
          <thead>
            <tr>{['Week', 'Load', 'Pain mean / max', 'State', 'Coverage', 'Source', 'Reasons'].map((name) => <th key={name} scope="col">{name}</th>)}</tr>
          </thead>
          <tbody>
            {summary.weeks.slice(first).map((id, i) => <WeekLine key={id} summary={summary} week={row.runner.weeks.get(id)} index={first + i} />)}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const BADGES = { needs: '▲ Needs you', 'no-data': '◌ No current data', rest: 'No alert' };

export function RunnerRow({ row, now }: { row: Row; now: number }) {
  const { runner } = row;
  const { summary } = runner;
  const title = summary ? howMade(summary, summary.thisWeek ? runner.weeks.get(summary.thisWeek.week) : undefined) : '';
  const changed = runner.changedAt !== null && now - runner.changedAt < CHANGED_FOR;
  const id = `row-${encodeURIComponent(runner.key)}`;
  return (
    <li class={`row ${row.group}${row.stale.length ? ' stale' : ''}${changed ? ' changed' : ''}`} data-runner={runner.runner} data-gateway={runner.gateway} data-rank={row.rank}>
      <article aria-labelledby={id}>
        <div class="who">
          <h3 id={id}>{runner.runner}</h3>
          <small>{runner.gateway}</small>
          {changed && <small class="mark">changed just now</small>}
        </div>
        <div class="said">
          <div class="first">
            <p class="reason"><strong>{BADGES[row.group]}</strong>{row.reason && `: ${row.reason}`}
              {summary?.alert?.since != null && <small title={inZone(summary.alert.since, summary.zone)}> since {dayInZone(summary.alert.since, summary.zone)}</small>}</p>
            <Trust row={row} />
          </div>
          <p class="sentence" title={title}>{summary ? summary.sentence : runner.unreadable ? 'No summary that can be read.' : 'Weeks have arrived, but no summary yet.'}</p>
          {summary && <Freshness row={row} summary={summary} />}
        </div>
        {summary && <Trends summary={summary} />}
        {summary && <HowMade row={row} summary={summary} />}
      </article>
    </li>
  );
}
