// Eight weeks as small bars. What is not there is drawn as not there: a week without data never looks like a zero.
import type { Empty } from './contract';
import { emptyWords } from './need';

export interface Point {
  week: string;
  value: number | null;
  /** A second, larger value, drawn as an outline around the first. */
  most?: number | null;
  empty: Empty | null;
}

const KEY: [Empty | null, string][] = [
  ['did_not_run', 'did not run'],
  ['not_worn', 'no pod was heard: not worn, flat or none'],
  ['not_delivered', 'ran perhaps; the data is still at home'],
  ['unknown', 'what pods recorded is lost, or has no time'],
  [null, 'nothing is known'],
];

const STEP = 18;
const BAR = 13;
const HEIGHT = 48;
const BASE = HEIGHT - 3;
const ROOM = BASE - 3;

function Mark({ point, x, top }: { point: Point; x: number; top: number }) {
  const height = (value: number) => Math.max(1.5, (ROOM * Math.min(value, top)) / top);
  const { value, most, empty } = point;
  // A zero the gateway explains with "did not run" is that, not a measured bar of no height.
  if (value !== null && !(value === 0 && empty)) {
    return (
      <g data-mark="value" data-week={point.week} data-value={value}>
        {most !== undefined && most !== null && <rect class="most" x={x + 0.5} width={BAR - 1} y={BASE - height(most)} height={height(most)} />}
        <rect class="bar" x={x} width={BAR} y={BASE - height(value)} height={height(value)} />
      </g>
    );
  }
  const box = { x: x + 1, width: BAR - 2, y: BASE - ROOM, height: ROOM };
  if (empty === 'did_not_run') return <circle data-mark="did_not_run" data-week={point.week} class="ring" cx={x + BAR / 2} cy={BASE - 6} r="4" />;
  if (empty === 'not_worn') return <rect data-mark="not_worn" data-week={point.week} class="missing" fill="url(#not-worn)" {...box} />;
  if (empty === 'unknown') {
    return (
      <g data-mark="unknown" data-week={point.week}>
        <rect class="missing" {...box} />
        <path class="missing" d={`M${box.x} ${box.y}l${box.width} ${box.height}M${box.x} ${BASE}l${box.width} ${-box.height}`} />
      </g>
    );
  }
  if (empty) {
    return (
      <g data-mark={empty} data-week={point.week}>
        <rect class="missing awaited" {...box} />
        {[-8, 0, 8].map((y) => <circle key={y} class="dot" cx={x + BAR / 2} cy={BASE - ROOM / 2 + y} r="1.6" />)}
      </g>
    );
  }
  return <g data-mark="gap" data-week={point.week} />;
}

export function Sparkline({ title, kind, points, top, say }: {
  title: string;
  kind: string;
  points: Point[];
  /** The value that fills the height. */
  top: number;
  say: (point: Point) => string;
}) {
  const width = STEP * points.length;
  return (
    <figure class={`sparkline ${kind}`}>
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true" focusable="false">
        <path class="base" d={`M0 ${BASE} H${width}`} />
        {points.map((point, i) => <Mark key={point.week} point={point} x={i * STEP + (STEP - BAR) / 2} top={top} />)}
      </svg>
      <span class="hidden-text">{points.map((point) => `${point.week}: ${say(point)}`).join('; ')}.</span>
    </figure>
  );
}

/** The three kinds of empty as the charts draw them. */
export function Key() {
  return (
    <ul class="key">
      {KEY.map(([empty, words]) => (
        <li key={empty}>
          <svg width={STEP} height={HEIGHT} viewBox={`0 0 ${STEP} ${HEIGHT}`} aria-hidden="true" focusable="false">
            <path class="base" d={`M0 ${BASE} H${STEP}`} />
            <Mark point={{ week: '', value: null, empty }} x={(STEP - BAR) / 2} top={1} />
          </svg>
          {words}
        </li>
      ))}
    </ul>
  );
}

export const sayMissing = (point: Point, otherwise: string) => (point.empty ? emptyWords(point.empty) : otherwise);
