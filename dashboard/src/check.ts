// Small checks for values that come from outside. Each says in words what is wrong with which field, because
// the page shows that to the person who has to find the broken sender.

export class Malformed extends Error {}

export type Fields = Record<string, unknown>;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

export function object(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(`${name} is not an object`);
  return value as Fields;
}

export function text(value: unknown, name: string, longest = 512): string {
  if (typeof value !== 'string') throw new Malformed(`${name} is not text`);
  if (value.length > longest) throw new Malformed(`${name} is longer than ${longest} characters`);
  return value;
}

export function number(value: unknown, name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Malformed(`${name} is not a number`);
  if (value < least || value > most) throw new Malformed(`${name} is outside ${least} to ${most}`);
  return value;
}

export function whole(value: unknown, name: string, least = 0): number {
  const result = number(value, name, least);
  if (!Number.isInteger(result)) throw new Malformed(`${name} is not a whole number`);
  return result;
}

/** Milliseconds since 1970. */
export function time(value: unknown, name: string): number {
  const words = text(value, name, 40);
  const result = TIME.test(words) ? Date.parse(words) : NaN;
  if (Number.isNaN(result)) throw new Malformed(`${name} is not a time`);
  return result;
}

export function oneOf<T extends string>(value: unknown, name: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) throw new Malformed(`${name} is none of ${choices.join(', ')}`);
  return value as T;
}

export function list<T>(value: unknown, name: string, each: (item: unknown, name: string) => T, longest = 64): T[] {
  if (!Array.isArray(value)) throw new Malformed(`${name} is not a list`);
  if (value.length > longest) throw new Malformed(`${name} has more than ${longest} entries`);
  return value.map((item, i) => each(item, `${name}[${i}]`));
}

/** Absent is null in the contract; a key that is not there at all means the same. */
export function orNull<T, Rest extends unknown[]>(check: (value: unknown, name: string, ...rest: Rest) => T) {
  return (value: unknown, name: string, ...rest: Rest): T | null =>
    value === null || value === undefined ? null : check(value, name, ...rest);
}
