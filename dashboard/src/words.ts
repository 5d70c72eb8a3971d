// The contract's codes and numbers in plain words.
import measures from '../../proto/measures.json';
import type { Reasons, Summary, Week } from './contract';
import { emptyWords } from './need';

export const kilometres = (metres: number) => `${(metres / 1000).toFixed(1)} km`;
export const percent = (share: number) => `${Math.round(share * 100)} %`;
export const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
/** A chart's height in metres: a number that is easy to read. */
export const roundUp = (metres: number) => [5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200].map((km) => km * 1000).find((top) => top >= metres) ?? metres;
export const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** Measures and reasons in words: one file for the page, for stridectl and for people. */
const REASONS: Record<string, string> = measures.reasons;

export const reasonWords = (code: string) => REASONS[code] ?? emptyWords(code);

const SOURCES: Record<string, string> = {
  mean_of_feet: 'mean of both feet',
  left: 'left foot',
  right: 'right foot',
  rsc: 'one running-speed pod',
  import_fit: 'imported from a watch',
  import_csv: 'imported from a table',
  mixed: 'of several pods or files',
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

/** A key's title, as "Distance" for load.distance_m; the key itself where it has none. */
export function measureTitle(path: string): string {
  const all = measures.measures as Record<string, { title: { en: string } }>;
  const pattern = Object.keys(all).find((key) => key.includes('*') && new RegExp(`^${key.replace(/\./g, '\\.').replace(/\*/g, '[a-z0-9_]+')}$`).test(path));
  return (all[path] ?? (pattern ? all[pattern] : undefined))?.title.en ?? path;
}

export function reasonList(reasons: Reasons): string {
  return Object.entries(reasons).map(([path, code]) => `${measureTitle(path)}: ${reasonWords(code)}`).join('; ');
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
