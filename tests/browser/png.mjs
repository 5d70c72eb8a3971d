// A browser's picture with at most 256 colours, for a repository: a third of the size, the same to the eye.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = 8;
const near = (value) => Math.min(255, (value + 4) & ~7); // text is smoothed in more greys than anyone sees

function chunks(png) {
  const found = {};
  for (let at = SIGNATURE; at < png.length; ) {
    const size = png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    found[name] = Buffer.concat([found[name] ?? Buffer.alloc(0), png.subarray(at + 8, at + 8 + size)]);
    at += size + 12;
  }
  return found;
}

function predict(kind, left, up, corner) {
  const paeth = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(paeth - value));
  return [0, left, up, (left + up) >> 1, a <= b && a <= c ? left : b <= c ? up : corner][kind];
}

/** Rows of plain samples, without the filters of the format. */
function unfilter(data, height, stride, pixel) {
  const rows = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const kind = data[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x < pixel ? 0 : rows[y * stride + x - pixel];
      const up = y === 0 ? 0 : rows[(y - 1) * stride + x];
      const corner = x < pixel || y === 0 ? 0 : rows[(y - 1) * stride + x - pixel];
      rows[y * stride + x] = data[y * (stride + 1) + 1 + x] + predict(kind, left, up, corner);
    }
  }
  return rows;
}

function palette(colours) {
  const uses = new Map();
  for (const colour of colours) uses.set(colour, (uses.get(colour) ?? 0) + 1);
  const list = [...uses].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([colour]) => colour);
  const parts = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const apart = (a, b) => parts(a).reduce((sum, value, i) => sum + (value - parts(b)[i]) ** 2, 0);
  const index = new Map([...uses.keys()].map((colour) => [colour, list.reduce((best, one, i) => (apart(one, colour) < apart(list[best], colour) ? i : best), 0)]));
  return { list, index };
}

function crc32(data) { // Debian 12's Node has none
  let crc = 0xffffffff;
  for (const octet of data) {
    crc ^= octet;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

export function fewColours(png) {
  const { IHDR, IDAT } = chunks(png);
  const [width, height, pixel] = [IHDR.readUInt32BE(0), IHDR.readUInt32BE(4), IHDR[9] === 6 ? 4 : 3];
  const samples = unfilter(inflateSync(IDAT), height, width * pixel, pixel);
  const colours = Array.from({ length: width * height }, (_, i) => (near(samples[i * pixel]) << 16) | (near(samples[i * pixel + 1]) << 8) | near(samples[i * pixel + 2]));
  const { list, index } = palette(colours);
  const rows = Buffer.alloc(height * (width + 1)); // the first of each row says: no filter
  for (let i = 0; i < colours.length; i++) rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = index.get(colours[i]);
  const header = Buffer.from(IHDR);
  header[9] = 3;
  return Buffer.concat([png.subarray(0, SIGNATURE), chunk('IHDR', header), chunk('PLTE', Buffer.from(list.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
