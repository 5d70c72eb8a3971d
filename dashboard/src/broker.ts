// The one connection to the clinic's broker.
import mqtt, { type ErrorWithReasonCode } from 'mqtt';
import type { Settings } from './settings';

export type BrokerState =
  | { kind: 'connecting'; attempts: number }
  | { kind: 'connected'; since: number }
  | { kind: 'lost'; since: number }
  | { kind: 'refused'; why: string };

export interface Listener {
  state(state: BrokerState): void;
  /** What the broker holds may come from now on. */
  subscribing(): void;
  subscribed(): void;
  message(topic: string, payload: Uint8Array, retained: boolean): void;
}

// CONNACK codes of MQTT 3.1.1 and 5 that mean: these credentials will not do.
const BAD_CREDENTIALS = [4, 5, 134, 135];

/** How often a refused page asks again by itself: the password may be put right at the broker. */
const REFUSED_RETRY = 60_000;

export function connect(settings: Settings, listener: Listener) {
  let lostAt: number | null = null;
  let attempts = 0;
  const start = () => {
    const client = mqtt.connect(settings.broker, {
      protocolVersion: 5,
      clean: true,
      keepalive: 20,
      connectTimeout: 8_000,
      reconnectPeriod: 2_000,
      resubscribe: false,
      timerVariant: 'native', // the default makes a worker from a blob, which our policy forbids
      ...(settings.user === null ? {} : { username: settings.user }),
      ...(settings.password === null ? {} : { password: settings.password }),
    });
    let refused = false;
    let connected = false;
    const refuse = (why: string) => {
      refused = true;
      client.end(true);
      listener.state({ kind: 'refused', why });
      setTimeout(start, REFUSED_RETRY);
    };
    client.on('connect', () => {
      attempts = 0;
      lostAt = null;
      connected = true;
      listener.state({ kind: 'connected', since: Date.now() });
      listener.subscribing();
      const prefix = `strided/v1/${settings.clinic}`;
      client.subscribe([`${prefix}/+/status`, `${prefix}/+/+/summary`, `${prefix}/+/+/week/+`], { qos: 1 }, (error, granted) => {
        // A connection that breaks meanwhile fails here too, but that is not a refusal.
        const denied = granted?.some((grant) => (grant.qos as number) >= 128) || (error as ErrorWithReasonCode | null)?.code !== undefined;
        if (!denied && !error) listener.subscribed();
        else if (denied && client.connected) refuse(`The broker does not let this user read clinic ${settings.clinic}. Check the clinic's name, or the broker's access list.`);
      });
    });
    client.on('message', (topic, payload, packet) => listener.message(topic, payload, packet.retain));
    client.on('error', (error) => {
      const code = (error as ErrorWithReasonCode).code;
      if (BAD_CREDENTIALS.includes(code)) {
        const who = settings.user === null ? 'a connection without a user' : settings.password === null ? `user “${settings.user}” without a password` : `user “${settings.user}” with this password`;
        refuse(`The broker refuses ${who}. Open the page again with the right user= and #password= in the address.`);
      }
    });
    client.on('close', () => {
      if (refused) return;
      attempts++;
      if (connected) lostAt = Date.now();
      connected = false;
      listener.state(lostAt === null ? { kind: 'connecting', attempts } : { kind: 'lost', since: lostAt });
    });
  };
  start();
}
