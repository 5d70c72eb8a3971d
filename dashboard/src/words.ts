// The contract's codes and numbers in plain words.
import type { Reasons, Summary, Week } from './contract';
import { emptyWords } from './need';

export const kilometres = (metres: number) => `${(metres / 1000).toFixed(1)} km`;
export const percent = (share: number) => `${Math.round(share * 100)} %`;
export const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
/** A chart's height in metres: a number that is easy to read. */
export const roundUp = (metres: number) => [5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200].map((km) => km * 1000).find((top) => top >= metres) ?? metres;
export const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

const REASONS: Record<string, string> = {
  no_run: 'no run',
  no_speed: 'the pods told no speed',
  no_cadence: 'the pods told no cadence',
  no_foot_pod: 'no pod on that foot',
  no_reference: 'no earlier run within 30 days to compare with',
  no_entries: 'no diary entries',
  no_stride_length: 'the pods told no stride length',
  not_known: 'not known',
  not_measured: 'not measured',
  no_heart_rate: 'no heart-rate pod',
  imported: 'imported, a file does not tell it',
  cadence_taken_as_steps: 'the pod’s cadence was taken as steps',
};

export const reasonWords = (code: string) => REASONS[code] ?? emptyWords(code);

const SOURCES: Record<string, string> = {
  mean_of_feet: 'mean of both feet',
  left: 'left foot',
  right: 'right foot',
  rsc: 'one running-speed pod',
  import_fit: 'imported from a watch',
  import_csv: 'imported from a table',
  mixed: 'different pods on different runs',
  none: 'none',
};

export const sourceWords = (code: string | null) => (code === null ? 'none' : SOURCES[code] ?? code);

const BANDS: Record<string, string> = {
  reference: 'at most 10 % over the longest of the 30 days before',
  small: '10 to 30 % over the longest of the 30 days before',
  moderate: '30 to 100 % over the longest of the 30 days before',
  large: 'more than twice the longest of the 30 days before',
};

export const bandWords = (code: string) => BANDS[code] ?? code;

export function reasonList(reasons: Reasons): string {
  return Object.entries(reasons).map(([path, code]) => `${path}: ${reasonWords(code)}`).join('; ');
}

/** How the week's numbers came to be, in one line, for a title. */
export function howMade(summary: Summary, week: Week | undefined): string {
  const now = summary.thisWeek;
  if (!now) return 'Nothing was worked out for this week.';
  const parts = [`week ${now.week}`, `revision ${now.revision}`, now.state];
  parts.push(summary.coverage === null ? 'coverage not known' : `coverage ${percent(summary.coverage)}`);
  if (week) parts.push(`source: ${sourceWords(week.source)}`);
  const reasons = reasonList({ ...week?.reasons, ...summary.reasons });
  if (reasons) parts.push(reasons);
  return parts.join(', ');
}
