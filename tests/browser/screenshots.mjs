// The pictures of README.md: the built page, with messages as gateways send them, at a time that stands still.
//   PICTURES=docs tests/browser/run.sh       writes docs/page-desktop.png and docs/page-phone.png
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { PASSWORD, newBroker } from './broker.mjs';
import { fewColours } from './png.mjs';
import { isoWeek, pod, status, summary, week, will } from './messages.mjs';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 10, 26, 7, 40); // a Thursday morning
const out = process.env.PICTURES;
const broker = await newBroker(process.env.PAGE);

const NAMES = { left: 'left-foot', right: 'right-foot', chest: 'chest' };
let address = 0;
const wears = (runner, ...places) => places.map(([place, days, more]) => pod(now, {
  address: `C0:FF:EE:00:00:0${++address}`, runner, placement: NAMES[place], name: 'Foot pod', link: days > 0 ? 'absent' : 'live',
  last_heard: new Date(now - days * DAY - 4 * 60_000).toISOString(), ...more,
}));
const monday = new Date(now - 3 * DAY - 8 * HOUR - 40 * 60_000).toISOString();
const ran = (days) => ({ last_run_end: new Date(now - days * DAY).toISOString(), last_record_received: new Date(now - days * DAY + 2 * HOUR).toISOString() });

const RUNNERS = [
  ['gw1', 'anna', { sentence: '21.0 km in 4 runs; pain 4.5, at most 7, on 3 days (3.0 the week before)', alert: { code: 'pain_high', since: monday }, ...ran(0.6),
    last8: [12, 14, 13, 16, 15, 17, 18, 21], pain8: [1, 1.5, 1, 2, null, 2.5, 3, 4.5], max8: [2, 3, 1, 4, null, 4, 5, 7], this_week: { pain_max: 7, pain_days: 3, runs: 4 } }],
  ['gw1', 'ben', { sentence: '14.2 km in 1 run, +137 % over the longest of 30 days; no pain', alert: { code: 'spike_large', since: monday }, ...ran(1.2),
    last8: [9, 10, 8, 11, 12, 9, 10, 14.2], pain8: [0, 0, 1, 0, 0, 0, 0, 0], this_week: { longest_run_band: 'large', longest_run_m: 14200, reference_m: 6000, runs: 1 } }],
  ['gw1', 'carl', { sentence: 'This week is not delivered yet; no diary', coverage: null, ...ran(6.5), last8: [9, 9, 7, 0, 9, 8, 9, null], pain8: [0, 1, 2, 3, 2, 1, 1, null],
    empty8: [null, null, null, 'did_not_run', null, null, null, 'not_delivered'], this_week: { runs: null, longest_run_band: null } }],
  ['gw2', 'emma', { sentence: '8.3 km in 2 runs; pain 1.0, at most 1, on 1 day', ...ran(1.4), last8: [6, 6, 7, 7, 8, 9, 8, 8.3] }],
  ['gw1', 'dora', { sentence: '12.4 km in 3 runs; no pain', ...ran(0.5), last8: [null, 10, null, 0, null, 11, 10, 12.4], pain8: [null, 2, 2, 1, 1, 1, 0, 0],
    max8: [null, 3, 2, 2, 1, 1, 0, 0], empty8: [null, null, 'not_worn', 'did_not_run', 'not_delivered', null, null, null] }],
  ['gw1', 'fred', { sentence: 'No pod is paired; pain 2.0, at most 2, on 1 day', coverage: null, last_run_end: null, last_record_received: null, last8: Array(8).fill(null),
    pain8: [null, null, null, null, null, 3, 2, 2], empty8: Array(8).fill('not_worn'), this_week: { runs: null, longest_run_band: null } }],
];

function publish() {
  const pods = [...wears('anna', ['left', 0], ['right', 0, { missing: 12 }]), ...wears('ben', ['left', 0, { battery_pct: 9 }]),
    ...wears('carl', ['left', 3], ['right', 11]), ...wears('dora', ['left', 0.5])];
  broker.publish('strided/v1/north/gw2/status', status(now - 5 * HOUR, { pods: wears('emma', ['left', 1.4]) }));
  broker.publish('strided/v1/north/gw2/status', will(now - 3 * HOUR));
  for (const [gateway, runner, more] of RUNNERS) {
    broker.publish(`strided/v1/north/${gateway}/${runner}/summary`, summary(now - (gateway === 'gw2' ? 5 * HOUR : 60_000), runner, more));
  }
  broker.publish(`strided/v1/north/gw1/anna/week/${isoWeek(now)}`, week(now, 'anna'));
  broker.publish('strided/v1/north/gw1/status', status(now, { pods }));
}

async function picture(browser, name, options) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  await page.clock.setFixedTime(now);
  const query = new URLSearchParams({ broker: `ws://127.0.0.1:${broker.pagePort}`, clinic: 'north', user: 'clinician' });
  await page.goto(`http://127.0.0.1:${broker.pagePort}/?${query}#password=${encodeURIComponent(PASSWORD)}`);
  await page.locator('li.row').nth(RUNNERS.length - 1).waitFor();
  await page.locator('.gateway').nth(1).waitFor();
  await page.waitForTimeout(500); // everything retained has been drawn
  writeFileSync(join(out, `${name}.png`), fewColours(await page.screenshot({ fullPage: options.whole })));
  await context.close();
}

let browser;
try {
  await broker.start();
  publish();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--disable-lcd-text', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])] });
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  await picture(browser, 'page-desktop', { viewport: { width: 1280, height: 800 }, colorScheme: 'light', whole: true });
  await picture(browser, 'page-phone', { ...phone, colorScheme: 'dark', whole: false });
  if (process.env.ALL) {
    await picture(browser, 'page-desktop-dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark', whole: true });
    await picture(browser, 'page-phone-light', { ...phone, colorScheme: 'light', whole: true });
  }
} finally {
  await browser?.close();
  await broker.stop();
  broker.remove();
}
