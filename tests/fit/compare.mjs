// Files at hand and files made up, read by our reader and by the vendor's: the same messages.
// Usage: node compare.mjs PRINT_MESSAGES [FILE…]; FIT_SEED=n repeats a run
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Decoder, Encoder, Profile, Stream } from '@garmin/fitsdk';

const [program, ...files] = process.argv.slice(2);
const seed = Number(process.env.FIT_SEED ?? Date.now() % 1e9);
let state = seed;
const random = (n) => { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
};
const maybe = (value) => (random(4) === 0 ? undefined : value);

const seconds = (date) => (date === undefined ? null : date.getTime() / 1000);
const number = (value) => (typeof value === 'number' ? value : null);

// The vendor's view, in our words.
function theirs(octets) {
  const decoder = new Decoder(Stream.fromByteArray(octets));
  const told = [];
  const cadence = (whole, fraction) => (whole === undefined ? null : whole + (fraction ?? 0));
  const { errors } = decoder.read({
    mergeHeartRates: false,
    convertTypesToStrings: false,
    expandSubFields: false,
    expandComponents: false,
    mesgListener: (mesgNum, m) => {
      const common = { timestamp: seconds(m.timestamp), start: null, elapsed: null, timer: null, cycles: null, sport: null };
      if (mesgNum === Profile.MesgNum.RECORD)
        told.push({ kind: 'record', ...common, distance: number(m.distance), speed: number(m.enhancedSpeed ?? m.speed),
          cadence: cadence(m.cadence, m.fractionalCadence), heart_rate: number(m.heartRate) });
      else if (mesgNum === Profile.MesgNum.LAP || mesgNum === Profile.MesgNum.SESSION)
        told.push({ ...common, kind: mesgNum === Profile.MesgNum.LAP ? 'lap' : 'session', start: seconds(m.startTime),
          distance: number(m.totalDistance), elapsed: number(m.totalElapsedTime), timer: number(m.totalTimerTime),
          speed: number(m.enhancedAvgSpeed ?? m.avgSpeed), cadence: cadence(m.avgCadence, m.avgFractionalCadence),
          cycles: number(m.totalCycles), heart_rate: number(m.avgHeartRate),
          sport: mesgNum === Profile.MesgNum.SESSION ? number(m.sport) : null });
    },
  });
  return { told, errors };
}

function ours(path) {
  const lines = execFileSync(program, [path], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim().split('\n').map((line) => JSON.parse(line));
  return { end: lines.pop(), told: lines };
}

const same = (a, b) => (a === null || b === null ? a === b : Math.abs(a - b) < 1e-6);

function compare(path) {
  const their = theirs(readFileSync(path));
  const our = ours(path);
  if (their.errors.length) return `the vendor's reader fails: ${their.errors[0]}`;
  if (our.end.end !== 0) return `ours fails: ${our.end.fault}`;
  if (our.told.length !== their.told.length) return `${our.told.length} messages, the vendor's reader has ${their.told.length}`;
  if (!our.told.length) return 'there is no message in it';
  for (const [i, message] of our.told.entries())
    for (const key of Object.keys(message))
      if (key === 'kind' ? message.kind !== their.told[i].kind : !same(message[key], their.told[i][key]))
        return `message ${i}: ${key} is ${message[key]}, the vendor's reader has ${their.told[i][key]}`;
  return null;
}

// ---- files that nobody recorded ----

function makeUp(n) {
  const encoder = new Encoder();
  const developer = { fieldDescription: { developerDataIndex: 0, fieldDefinitionNumber: 0, fitBaseTypeId: 0x88, fieldName: 'power', units: 'w' },
    developerDataId: { developerDataIndex: 0, applicationId: Array(16).fill(7) } };
  const time = (s) => new Date(1.6e12 + 1000 * s);
  let at = random(1e6);
  encoder.onMesg(Profile.MesgNum.FILE_ID, { type: 'activity', manufacturer: 'development', timeCreated: time(at) });
  const withDeveloper = n % 2 === 0;
  if (withDeveloper) {
    encoder.addDeveloperField(0, developer.developerDataId, developer.fieldDescription);
  }
  for (let session = 0; session <= random(3); session++) {
    const start = at;
    for (let i = 0, records = 1 + random(200); i < records; i++) {
      at += 1 + random(3);
      const record = { timestamp: time(at), distance: maybe(random(1e6) / 100), speed: maybe(random(6000) / 1000), enhancedSpeed: maybe(random(6000) / 1000),
        cadence: maybe(random(120)), fractionalCadence: maybe(random(2) / 2), heartRate: maybe(50 + random(150)), positionLat: maybe(random(1e9)) };
      if (withDeveloper) record.developerFields = { 0: random(400) };
      encoder.onMesg(Profile.MesgNum.RECORD, record);
    }
    const sums = () => ({ timestamp: time(at), startTime: time(start), totalElapsedTime: maybe(random(1e7) / 1000), totalTimerTime: maybe(random(1e7) / 1000),
      totalDistance: maybe(random(1e7) / 100), totalCycles: maybe(random(1e5)), avgSpeed: maybe(random(6000) / 1000), enhancedAvgSpeed: maybe(random(6000) / 1000),
      avgHeartRate: maybe(50 + random(150)), avgCadence: maybe(random(120)), avgFractionalCadence: maybe(random(2) / 2) });
    encoder.onMesg(Profile.MesgNum.LAP, sums());
    encoder.onMesg(Profile.MesgNum.SESSION, { ...sums(), sport: maybe(random(3)) });
  }
  return encoder.close();
}

const folder = mkdtempSync(join(tmpdir(), 'fit-'));
let passed = 0;
let failed = 0;
const judge = (name, wrong) => {
  if (wrong) { failed++; console.log(`FAILED: ${name}: ${wrong}`); } else passed++;
};
for (const file of files) judge(basename(file), compare(file));
for (let n = 0; n < 100; n++) {
  const path = join(folder, `${n}.fit`);
  writeFileSync(path, makeUp(n));
  judge(`file ${n} of seed ${seed}`, compare(path));
}
rmSync(folder, { recursive: true });
console.log(`fit: seed ${seed}, ${files.length} files of watches, 100 made up`);
console.log(`${passed} passed, ${failed} failed, ${files.length ? 0 : 1} skipped`);
process.exit(failed ? 1 : 0);
