// The page's address says where the broker is. Every mistake in it gets a sentence with the next step.

export interface Settings {
  broker: string;
  clinic: string;
  user: string | null;
  password: string | null;
  /** A gateway that says nothing for longer than this (ms) is called silent. */
  silentAfter: number;
}

const EXAMPLE = '?broker=wss://broker.example/mqtt&clinic=CLINIC&user=USER#password=PASSWORD';

export class BadAddress extends Error {}

export function readSettings(location: Location, storage: Storage): Settings {
  const query = new URLSearchParams(location.search);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const broker = query.get('broker');
  const clinic = query.get('clinic');
  const user = query.get('user') || null;
  const hours = Number(query.get('silent_h') ?? 12);

  if (!broker) throw new BadAddress(`The address names no broker. Open the page with ${EXAMPLE}`);
  if (!clinic) throw new BadAddress(`The address names no clinic. Open the page with ${EXAMPLE}`);
  if (!/^[A-Za-z0-9._-]{1,63}$/.test(clinic)) {
    throw new BadAddress(`“${clinic}” is no clinic's name: letters, digits, dot, underscore and hyphen only. Correct clinic= in the address.`);
  }
  let url: URL;
  try {
    url = new URL(broker);
  } catch {
    throw new BadAddress(`“${broker}” is no address. Write broker=ws://HOST:PORT or broker=wss://HOST/PATH.`);
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new BadAddress(`A page reaches a broker through WebSockets only, “${url.protocol}” is not that. Write broker=ws://HOST:PORT or broker=wss://HOST/PATH.`);
  }
  if (url.username || url.password) throw new BadAddress('The broker’s address holds a user or password. Write them as user= and in the fragment as #password=.');
  if (url.protocol === 'ws:' && location.protocol === 'https:') {
    throw new BadAddress('This page came by https, so the browser allows no unprotected ws:// broker. Write broker=wss://HOST/PATH.');
  }
  if (!(hours > 0)) throw new BadAddress('silent_h is the number of hours after which a gateway counts as silent, for example silent_h=12.');
  return { broker, clinic, user, password: takePassword(query, fragment, location, storage, `${broker} ${user ?? ''}`), silentAfter: hours * 3_600_000 };
}

/** Moves the password out of the address line, where it would be read over a shoulder, copied or kept in the
 * history. This tab remembers it, so that a reload works. */
function takePassword(query: URLSearchParams, fragment: URLSearchParams, location: Location, storage: Storage, whose: string) {
  const given = fragment.get('password') ?? query.get('password');
  const key = `password ${whose}`;
  if (given === null) return storage.getItem(key);
  storage.setItem(key, given);
  query.delete('password');
  history.replaceState(null, '', `${location.pathname}?${query}`);
  return given;
}
