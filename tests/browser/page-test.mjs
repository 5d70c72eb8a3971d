// What a clinician may rely on, seen through chromium. The tests follow one another in one story.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { PASSWORD, newBroker } from './broker.mjs';
import { pod, status, summary, week, will } from './messages.mjs';

const HOUR = 3_600_000;
const out = process.env.OUT;
if (out) mkdirSync(out, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const broker = await newBroker(process.env.PAGE);
const topic = (rest) => `strided/v1/demo/${rest}`;
const now = Date.now();
let passed = 0;
let failed = 0;
let browser;
/** Console errors and exceptions of every page opened, but for what the browser itself says of a dead socket. */
const errors = [];

async function test(name, body) {
  try {
    await body();
    passed++;
    console.log(`ok: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED: ${name}\n  ${String(error.message).split('\n').slice(0, 12).join('\n  ')}`);
  }
}

function address(more = {}) {
  const query = new URLSearchParams({ broker: `ws://127.0.0.1:${broker.pagePort}`, clinic: 'demo', user: 'clinician', password: PASSWORD, ...more });
  for (const [key, value] of [...query]) if (value === '') query.delete(key);
  return `http://127.0.0.1:${broker.pagePort}/?${query}`;
}

async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  page.on('pageerror', (error) => errors.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/^WebSocket connection to .* failed/.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  return page;
}

const row = (page, runner) => page.locator(`li.row[data-runner="${runner}"]`);
const order = (page) => page.locator('li.row').evaluateAll((list) => list.map((item) => item.dataset.runner));
const settle = (page, n) => until(() => page.locator('li.row').count(), n);
const see = (locator, words) => locator.filter({ hasText: words }).first().waitFor();

async function until(what, wanted) {
  let last;
  for (let i = 0; i < 80; i++) {
    last = await what();
    try {
      assert.deepEqual(last, wanted);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  assert.deepEqual(last, wanted);
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`).slice(0, 3).join(' | ')}`);
}

function publishStory() {
  broker.publish(topic('gw1/status'), status(now, { pods: [pod(now, { missing: 12 }), pod(now, { address: 'C0:FF:EE:00:00:02', runner: 'ben', battery_pct: 9 }),
    ...['carl', 'dora'].map((runner, i) => pod(now, { address: `C0:FF:EE:00:00:1${i}`, runner }))], outbox: { waiting: 3, oldest_at: new Date(now - HOUR).toISOString() } }));
  broker.publish(topic('gw2/status'), will(now - HOUR));
  broker.publish(topic('gw1/dora/summary'), summary(now, 'dora', {
    sentence: '12.4 km in 3 runs; no pain', pain8: [1, 1, 0, 1, null, 1, 0, 0],
    last8: [null, 10, null, 0, null, 11, 10, 12.4], empty8: [null, null, 'not_worn', 'did_not_run', 'not_delivered', null, null, null],
  }));
  broker.publish(topic(`gw1/dora/week/${week(now, 'dora').week}`), week(now, 'dora'));
  broker.publish(topic('gw2/emma/summary'), summary(now - 5 * HOUR, 'emma'));
  broker.publish(topic('gw1/carl/summary'), summary(now, 'carl', {
    sentence: 'This week is not delivered yet; no diary', coverage: null, last8: [9, 9, 9, 9, 9, 9, 9, null], pain8: Array(8).fill(null),
    empty8: [...Array(7).fill(null), 'not_delivered'], this_week: { runs: null, longest_run_band: null }, reasons: { 'this_week.distance_m': 'not_delivered' },
  }));
  broker.publish(topic('gw1/ben/summary'), summary(now, 'ben', { sentence: 'Ben ran much further than usual', this_week: { longest_run_band: 'large', longest_run_m: 14000, reference_m: 6000 } }));
  broker.publish(topic('gw1/anna/summary'), summary(now, 'anna', {
    sentence: '21.0 km in 4 runs; pain 4.5, at most 7, on 3 days', alert: { code: 'pain_high', since: new Date(now - 24 * HOUR).toISOString() },
    last8: [12, 14, 13, 16, 15, 17, 18, 21], pain8: [1, 1.5, 1, 2, null, 2.5, 3, 4.5], max8: [2, 3, 1, 4, null, 4, 5, 7],
    this_week: { runs: 4, pain_mean: 4.5, pain_max: 7, pain_days: 3 },
  }));
}

async function story() {
  let page = await open(address());

  await test('without data the page says what it waits for', async () => {
    await see(page.locator('.broker'), 'Connected to');
    await see(page.locator('.waiting'), 'strided/v1/demo/+/+/summary');
  });
  await test('the password leaves the address line', async () => {
    assert.ok(!page.url().includes('password'), page.url());
  });
  publishStory();
  await test('rows appear without a reload, sorted by need', async () => {
    await settle(page, 5);
    await until(() => order(page), ['anna', 'ben', 'emma', 'carl', 'dora']);
  });
  await test('a page opened later shows the same rows', async () => {
    await page.context().close();
    page = await open(address());
    await settle(page, 5);
    await until(() => order(page), ['anna', 'ben', 'emma', 'carl', 'dora']);
  });
  await test('a row says sentence, load, pain, freshness and coverage in words', async () => {
    const words = await row(page, 'anna').innerText();
    for (const wanted of ['21.0 km in 4 runs; pain 4.5', 'High pain, 7 of 10', 'week still open', 'Last stride arrived 3 h ago', 'Europe/Berlin', 'coverage 97 %']) assert.ok(words.includes(wanted), `no “${wanted}” in: ${words}`);
    assert.ok(!words.includes('Stale'), words);
    assert.match(await row(page, 'carl').innerText(), /No current data: not delivered yet[^]*no diary/);
    assert.match(await row(page, 'dora').locator('p.sentence').getAttribute('title'), /revision 2, provisional, coverage 97 %, source: mean of both feet.*not measured/);
  });
  await test('the first line answers: who needs me, why, can I trust it', async () => {
    const first = async (runner) => (await row(page, runner).locator('.first').innerText()).replace(/\s+/g, ' ');
    assert.match(await first('anna'), /^▲ Needs you: High pain, 7 of 10 since \w{3} \d+ \w{3} ✓ Up to date, coverage 97 %$/);
    assert.match(await first('ben'), /^▲ Needs you: A run far longer than usual ✓ Up to date/);
    assert.equal(await first('emma'), '◌ No current data ⚠ Stale: gateway gw2 is offline');
    assert.equal(await first('carl'), '◌ No current data: not delivered yet');
    assert.equal(await first('dora'), 'No alert ✓ Up to date, coverage 97 %');
    await see(page.locator('.overview'), '2 of 5 runners need you; 2 have no current data.');
  });
  await test('a row says its kilometres once', async () => {
    const seen = await row(page, 'anna').evaluate((item) => {
      const copy = item.cloneNode(true);
      for (const hidden of copy.querySelectorAll('.hidden-text, details')) hidden.remove();
      return copy.textContent;
    });
    assert.deepEqual(seen.match(/21\.0|21 km/g), ['21.0']);
  });
  await test('a gap is not a zero, and the three kinds of empty differ', async () => {
    const marks = await row(page, 'dora').locator('figure.load [data-mark]').evaluateAll((list) => list.map((mark) => mark.dataset.mark));
    assert.deepEqual(marks, ['gap', 'value', 'not_worn', 'did_not_run', 'not_delivered', 'value', 'value', 'value']);
    assert.equal(await row(page, 'dora').locator('figure.load .bar').count(), 4);
    const pain = await row(page, 'dora').locator('figure.pain [data-mark]').evaluateAll((list) => list.map((mark) => `${mark.dataset.mark} ${mark.dataset.value}`));
    assert.deepEqual(pain.slice(2, 6), ['value 0', 'value 1', 'gap undefined', 'value 1']);
    const looks = await row(page, 'dora').locator('[data-mark="not_worn"], [data-mark="did_not_run"], [data-mark="not_delivered"]')
      .evaluateAll((list) => list.map((mark) => `${mark.tagName} ${getComputedStyle(mark).fill}`));
    assert.equal(new Set(looks).size, 3, looks.join());
    const words = await row(page, 'dora').locator('figure.load .hidden-text').textContent();
    assert.match(words, /not known; .*no pod was heard; .*did not run; .*not delivered yet; /);
  });
  await test('the gateway strip says what an administrator needs', async () => {
    const card = page.locator('.gateway[data-gateway="gw1"]');
    await card.locator('summary').click();
    const words = await card.innerText();
    for (const wanted of ['online', 'version 0.1.0', '3 messages waiting', 'clock synchronised', 'radio works', '12 records missing', 'battery low, 9 %',
      '2 to look at: 1 with missing records, 1 with a low battery', 'last message']) {
      assert.ok(words.includes(wanted), `no “${wanted}” in: ${words}`);
    }
  });
  await test('an offline gateway makes its runners stale, in their rows', async () => {
    await see(row(page, 'emma').locator('.staleness'), 'gateway gw2 is offline');
    await see(page.locator('.gateway[data-gateway="gw2"]'), 'offline');
  });
  if (out) {
    await page.screenshot({ path: join(out, 'dashboard-light.png'), fullPage: true });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: join(out, 'dashboard-dark.png'), fullPage: true });
    await page.emulateMedia({ colorScheme: 'light' });
  }
  for (const colorScheme of ['light', 'dark']) {
    await test(`axe finds nothing (${colorScheme})`, async () => {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), []);
    });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await test('at 200 % zoom nothing has to be scrolled sideways', async () => {
    await page.setViewportSize({ width: 640, height: 450 }); // what 1280 x 900 leaves at 200 %
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    if (out) await page.screenshot({ path: join(out, 'dashboard-zoomed.png') });
    await page.setViewportSize({ width: 1360, height: 900 });
    assert.ok(wide <= room, `${wide} > ${room}`);
  });
  await test('on a phone nothing is cut off or scrolled sideways, and a thumb hits every target', async () => {
    const phone = await open(address(), { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    await settle(phone, 5);
    await row(phone, 'anna').locator('details.how summary').tap();
    const [wide, room] = await phone.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= room, `${wide} > ${room}`);
    const cut = await phone.locator('li.row p, li.row h3, li.row figcaption, .gateway p').evaluateAll((list) => list.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent));
    assert.deepEqual(cut, []);
    const small = await phone.locator('summary:visible, .filters label').evaluateAll((list) => list.map((one) => [one.textContent, one.getBoundingClientRect().height]).filter(([, height]) => height < 44));
    assert.deepEqual(small, []);
    assert.deepEqual(await violations(phone), []);
    await phone.context().close();
  });
  await test('the keyboard reaches every row and opens how it was made', async () => {
    await page.locator('body').evaluate((body) => { body.tabIndex = -1; body.focus(); });
    const reached = new Set();
    for (let i = 0; i < 30 && reached.size < 5; i++) {
      await page.keyboard.press('Tab');
      const runner = await page.evaluate(() => document.activeElement?.closest('li.row')?.dataset.runner ?? null);
      if (runner) reached.add(runner);
    }
    assert.deepEqual([...reached], ['anna', 'ben', 'emma', 'carl', 'dora']);
    await page.keyboard.press('Enter');
    await see(row(page, 'dora').locator('details[open]'), 'mean of both feet');
  });
  await test('a live change moves and announces the row; focus and what was open stay', async () => {
    const mark = await page.evaluate(() => (globalThis.sameDocument = Math.random()));
    broker.publish(topic('gw1/dora/summary'), summary(now, 'dora', { sentence: 'Dora reports high pain', alert: { code: 'pain_high', since: null }, this_week: { pain_max: 9, pain_mean: 6, pain_days: 2 } }));
    await until(() => order(page), ['dora', 'anna', 'ben', 'emma', 'carl']);
    await see(row(page, 'dora'), 'changed just now');
    await until(() => page.locator('#announcer').textContent(), 'dora changed: Dora reports high pain');
    assert.equal(await page.locator('#announcer').getAttribute('aria-live'), 'polite');
    assert.equal(await page.evaluate(() => globalThis.sameDocument), mark, 'the page was loaded anew');
    assert.equal(await page.evaluate(() => document.activeElement?.closest('li.row')?.dataset.runner), 'dora');
    assert.equal(await row(page, 'dora').locator('details[open]').count(), 1);
  });
  await test('an older revision that comes late changes nothing; a new ledger begins anew', async () => {
    const line = row(page, 'dora').locator('details[open] tr', { hasText: week(now, 'dora').week });
    const say = (revision, more) => broker.publish(topic(`gw1/dora/week/${week(now, 'dora').week}`), week(now, 'dora', { revision, ...more }));
    say(7);
    await see(line, 'revision 7');
    say(6);
    await page.waitForTimeout(1_000); // nothing tells that it came: it changes nothing
    await see(line, 'revision 7');
    say(1, { id: 'ffffffff-1' });
    await see(line, 'revision 1');
    say(2);
    await see(line, 'revision 2');
  });
  await test('a message that came twice is no change', async () => {
    const same = summary(now, 'ben', { sentence: 'Ben again' });
    broker.publish(topic('gw1/ben/summary'), same);
    await until(() => page.locator('#announcer').textContent(), 'ben changed: Ben again');
    await page.locator('#announcer').evaluate((element) => (element.textContent = ''));
    broker.publish(topic('gw1/ben/summary'), same);
    await page.waitForTimeout(4_000); // longer than the announcer's pause
    assert.equal(await page.locator('#announcer').textContent(), '');
  });
  await test('the filters show one group, and count', async () => {
    await page.getByLabel('No data (2)').check();
    await until(() => order(page), ['emma', 'carl']);
    await page.getByLabel('All (5)').check();
    await settle(page, 5);
  });
  await test('malformed payloads are counted and named, the row says it is the one before', async () => {
    broker.publish(topic('gw1/anna/summary'), 'this is { not JSON', false);
    broker.publish(topic('gw1/ben/summary'), { ...summary(now, 'ben'), distance_m: 'many' }, false);
    broker.publish(topic('gw1/ben/summary'), { ...summary(now, 'ben'), coverage: 7 }, false);
    broker.publish(topic('gw1/status'), Buffer.from([0xff, 0xfe, 0x7b]), false);
    await see(page.locator('.malformed summary'), '4 messages could not be read');
    await page.locator('.malformed summary').click();
    await see(page.locator('.malformed li'), 'coverage is outside 0 to 1 (2 times)');
    await see(row(page, 'anna').locator('.staleness'), 'not JSON');
    await see(row(page, 'anna').locator('.sentence'), '21.0 km in 4 runs');
    assert.equal((await order(page)).length, 5);
  });
  await test('markup in a message stays text', async () => {
    broker.publish(topic('gw1/fritz/summary'), summary(now, 'fritz', { sentence: '<img src=x onerror="document.title=1"><b>bold</b>' }));
    await see(row(page, 'fritz').locator('.sentence'), '<b>bold</b>');
    assert.equal(await page.locator('.row img, .row b').count(), 0);
  });
  await test('a withdrawn runner leaves the page at once', async () => {
    broker.publish(topic('gw1/fritz/summary'), null);
    await settle(page, 5);
  });
  await test('a message that comes is as old as its arrival, one that was kept as old as its writer says', async () => {
    const card = (where) => where.locator('.gateway[data-gateway="gw5"]');
    broker.publish(topic('gw5/status'), status(Date.now() - 2 * HOUR));
    const late = await open(address());
    await see(card(late), 'last message, kept by the broker, was made 2 h ago');
    broker.publish(topic('gw5/status'), status(Date.now() - 60_000)); // its clock is a minute behind
    await see(card(late), 'last message came just now');
    assert.ok(!(await card(late).innerText()).includes('clock is'));
    await late.context().close();
    broker.publish(topic('gw5/status'), null);
  });
  await test('a gateway in simulated time is alive when it speaks, and its ages are of that time', async () => {
    const card = (where) => where.locator('.gateway[data-gateway="gw6"]');
    const then = now - 20 * 24 * HOUR;
    broker.publish(topic('gw6/status'), status(then, { clock: 'simulated' }));
    broker.publish(topic('gw6/ida/summary'), summary(then, 'ida'));
    await see(row(page, 'ida').locator('.freshness'), 'Last stride arrived 3 h ago');
    await see(row(page, 'ida').locator('.freshness'), '3 h ago (simulated time)');
    assert.equal(await row(page, 'ida').locator('.staleness').count(), 0);
    await see(page.locator('.gateway-time'), /Gateway gw6: simulated time, .* a demonstration, no real runners/);
    broker.publish(topic('gw6/status'), status(then + 6 * HOUR, { clock: 'simulated' })); // six hours in a moment
    await see(row(page, 'ida').locator('.freshness'), 'Last stride arrived 9 h ago');
    await see(card(page), 'last message came just now');
    assert.doesNotMatch(await card(page).innerText(), /silent|ahead|behind|days/);
    const late = await open(address());
    await see(card(late), 'last message was kept by the broker, none has come since this page opened');
    assert.doesNotMatch(await card(late).innerText(), /silent|ahead|behind|days/);
    assert.equal(await row(late, 'ida').locator('.staleness').count(), 0);
    await late.context().close();
    broker.publish(topic('gw6/ida/summary'), null);
    broker.publish(topic('gw6/status'), null);
  });
  await test('pods that say nothing are called silent, at the gateway and in the row', async () => {
    const card = page.locator('.gateway[data-gateway="gw7"]');
    const heard = (runner, placement, days) => pod(now, { runner, placement, address: `C0:FF:EE:00:01:0${placement.length}`, last_heard: days === null ? null : new Date(now - days * 24 * HOUR).toISOString() });
    for (const runner of ['jan', 'kim', 'lea']) broker.publish(topic(`gw7/${runner}/summary`), summary(now, runner, runner === 'lea' ? { empty8: [...Array(7).fill(null), 'not_worn'], coverage: null } : {}));
    const pods = (days) => [heard('jan', 'left-foot', days), heard('jan', 'right-foot', days), heard('kim', 'left-foot', 3), heard('kim', 'chest', days)];
    broker.publish(topic('gw7/status'), status(now, { pods: pods(6) }));
    await see(card, '4 pods, all heard within 6 days, no record missing');
    assert.equal(await row(page, 'jan').locator('.staleness').count(), 0);
    broker.publish(topic('gw7/status'), status(now, { pods: pods(11) }));
    await see(card, '4 pods, ⚠ 3 to look at: 3 silent for up to 11 days');
    await see(row(page, 'jan').locator('.staleness'), 'no pod has sent anything for 11 days');
    await card.locator('summary').click();
    await see(card.locator('.pods'), 'silent for 11 days, though connected, link live');
    await see(row(page, 'kim').locator('.trust'), 'Chest pod silent for 11 days');
    await until(() => row(page, 'kim').locator('.staleness').count(), 0);
    broker.publish(topic('gw7/status'), status(now, { pods: [heard('jan', 'left-foot', null)] }));
    await see(card, '1 pod, ⚠ 1 to look at: 1 never heard');
  });
  await test('a runner without a pod is not one who did not wear it', async () => {
    await see(row(page, 'lea').locator('.reason'), 'No current data: no pod is paired');
    assert.ok(!(await row(page, 'lea').locator('.first').innerText()).includes('heard'));
    broker.publish(topic('gw7/status'), status(now, { pods: [pod(now, { runner: 'lea' })] }));
    await see(row(page, 'lea').locator('.reason'), 'No current data: no pod was heard');
    await see(row(page, 'jan').locator('.trust'), 'No pod is paired');
    for (const runner of ['jan', 'kim', 'lea']) broker.publish(topic(`gw7/${runner}/summary`), null);
    broker.publish(topic('gw7/status'), null);
    await settle(page, 5);
  });
  await test('numbers that cover too little of the running say so', async () => {
    broker.publish(topic('gw1/mia/summary'), summary(now, 'mia', { coverage: 0.62 }));
    await see(row(page, 'mia').locator('.trust'), 'Only 62 % of the running is covered');
    broker.publish(topic('gw1/mia/summary'), null);
    await settle(page, 5);
  });
  await test("a gateway whose clock is wrong is counted by that clock, and that is said", async () => {
    const then = now + 90 * 24 * HOUR;
    broker.publish(topic('gw3/status'), status(then));
    broker.publish(topic('gw3/gus/summary'), summary(then, 'gus'));
    await see(row(page, 'gus').locator('.freshness'), 'Last stride arrived 3 h ago');
    await see(row(page, 'gus').locator('.freshness'), "3 h ago (gateway's clock)");
    await see(page.locator('.gateway-time'), "Gateway gw3: its clock is 90 days ahead of this computer's");
    assert.equal(await row(page, 'gus').locator('.staleness').count(), 0);
  });
  await test('a gateway silent for days is stale in the row, whatever the broker kept', async () => {
    const then = now - 3 * 24 * HOUR;
    broker.publish(topic('gw4/status'), status(then));
    broker.publish(topic('gw4/hans/summary'), summary(then, 'hans'));
    const late = await open(address());
    await see(row(late, 'hans').locator('.staleness'), 'silent for 3 days');
    await see(row(late, 'hans').locator('.freshness'), 'Last stride arrived 3 days ago');
    await see(late.locator('.gateway[data-gateway="gw4"]'), 'silent');
    await late.context().close();
  });
  await test('broker gone: every row says stale, in place', async () => {
    const all = (await order(page)).length;
    await broker.stop();
    await see(page.locator('.broker'), 'lost at');
    await until(() => page.locator('li.row .staleness', { hasText: 'the broker is not connected' }).count(), all);
    if (out) await page.screenshot({ path: join(out, 'dashboard-stale.png'), fullPage: true });
  });
  await test('broker back: the page recovers by itself and hears again', async () => {
    await broker.start();
    await see(page.locator('.broker'), 'Connected to');
    await until(() => page.locator('li.row .staleness', { hasText: 'the broker is not connected' }).count(), 0);
    broker.publish(topic('gw1/carl/summary'), summary(now, 'carl', { sentence: 'Carl is back' }));
    await see(row(page, 'carl').locator('.sentence'), 'Carl is back');
  });
  await test('a runner withdrawn while the broker was away is removed, and that is said', async () => {
    const before = await page.locator('li.row').count();
    await broker.stop();
    await see(page.locator('.broker'), 'lost at');
    await broker.start(false);
    broker.publish(topic('gw1/carl/summary'), null);
    await broker.stop();
    await broker.start();
    await see(page.locator('.broker'), 'Connected to');
    await see(page.locator('.notice'), 'holds nothing of it any more: carl.');
    await settle(page, before - 1);
  });
  await page.context().close();

  await test('no console errors in all of this', async () => assert.deepEqual(errors, []));

  const mistakes = [
    ['no clinic', address({ clinic: '' }), /names no clinic. Open the page with \?broker=/],
    ['no broker', address({ broker: '' }), /names no broker. Open the page with/],
    ['a clinic with a wildcard', address({ clinic: '+' }), /is no clinic's name/],
    ['a broker that is no WebSocket', address({ broker: 'mqtt://127.0.0.1:1883' }), /WebSockets only/],
    ['a wrong password', address({ password: 'wrong' }), /refuses user “clinician” with this password. Open the page again with/],
    ['an unreachable broker', address({ broker: 'ws://127.0.0.1:9' }), /Cannot reach ws:\/\/127.0.0.1:9. Check that the broker runs/],
  ];
  for (const [name, url, words] of mistakes) {
    await test(`${name} gets a sentence with the next step`, async () => {
      const wrong = await open(url);
      await see(wrong.locator('.broker.bad'), words);
      await wrong.context().close();
    });
  }
  await test('the password may come in the fragment', async () => {
    const quiet = await open(`${address({ password: '' })}#password=${encodeURIComponent(PASSWORD)}`);
    await see(quiet.locator('.broker'), 'Connected to');
    assert.ok(!quiet.url().includes('password'), quiet.url());
    await quiet.reload();
    await see(quiet.locator('.broker'), 'Connected to');
    await quiet.context().close();
  });
  await test('still no exception or console error', async () => assert.deepEqual(errors, []));
}

try {
  await broker.start();
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  await story();
} catch (error) {
  failed++;
  console.log(`FAILED: ${error.stack}`);
} finally {
  await browser?.close();
  await broker.stop();
  broker.remove();
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed ? 1 : 0;
