// Samples read from the chunks of the NWB file itself, by ranges, where an export says that it lies near.
import { unpack } from "./store.js";
import { inflate } from "./transport.js";

const CHUNK_KINDS = { "<f8": Float64Array, "<f4": Float32Array, "<i2": Int16Array, "<i4": Int32Array, "<u2": Uint16Array, "|u1": Uint8Array };
const KEPT_CHUNKS = 24;

// Bytes shuffled by HDF5, in order again: before, all first bytes stood first, then all second ones.
export function unshuffle(shuffled, size) {
  const count = Math.floor(shuffled.length / size);
  const ordered = new Uint8Array(shuffled.length);
  for (let byte = 0; byte < size; byte += 1) {
    for (let number = 0; number < count; number += 1) ordered[number * size + byte] = shuffled[byte * count + number];
  }
  ordered.set(shuffled.subarray(count * size), count * size);
  return ordered;
}

// A stored chunk as numbers in their unit; a filter whose bit is set in the mask was not applied.
export async function chunkValues(bytes, mask, { filters, kind, factor, offset }) {
  let content = bytes;
  for (let number = filters.length - 1; number >= 0; number -= 1) {
    if ((mask >> number) & 1) continue;
    if (filters[number] === "deflate") content = new Uint8Array(await inflate(new Blob([content]).stream(), "deflate"));
    else content = unshuffle(content, filters[number]);
  }
  const stored = new CHUNK_KINDS[kind](content.slice().buffer);
  return factor === 1 && offset === 0 ? Float64Array.from(stored) : Float64Array.from(stored, (value) => value * factor + offset);
}

// A transport whose blocks of samples of some tracks come from the NWB files, and everything else from the export.
export function besideFiles(transport, base, tracks, raw) {
  const tables = new Map();
  const kept = new Map();
  const once = (map, key, make) => {
    if (!map.has(key)) map.set(key, make());
    return map.get(key);
  };
  const tableOf = (file, track) => once(tables, `${file}/${track}`, async () => unpack(await transport.get(`chunks/${file}/${track}`)));
  const chunkOf = (table, number) =>
    once(kept, table.starts[number] + table.address, async () => {
      if (kept.size > KEPT_CHUNKS) kept.delete(kept.keys().next().value);
      const [first, size] = [table.starts[number], table.sizes[number]];
      const answer = await fetch(new URL(table.address, base), { headers: { Range: `bytes=${first}-${first + size - 1}` } });
      if (answer.status !== 206) throw new Error("the host of this export does not send ranges of the NWB file");
      return chunkValues(new Uint8Array(await answer.arrayBuffer()), table.masks[number], table);
    });
  async function block(file, track, number) {
    const table = await tableOf(file, track);
    const [first, stop] = [number * raw, Math.min((number + 1) * raw, table.samples)];
    const found = new Float64Array(stop - first);
    for (let chunk = Math.floor(first / table.length); chunk * table.length < stop; chunk += 1) {
      const [begin, part] = [chunk * table.length, await chunkOf(table, chunk)];
      const [from, to] = [Math.max(first, begin), Math.min(stop, begin + table.length)];
      found.set(part.subarray(from - begin, to - begin), from - first);
    }
    return packBlock(first, found);
  }
  return {
    ...transport,
    async get(key) {
      const [name, file, track, number] = key.split("/");
      const own = name === "raw" && tracks.has(`${file}/${track}`);
      return own ? block(file, track, Number(number)) : transport.get(key);
    },
  };
}

// A block of samples as the server packs it.
export function packBlock(first, values) {
  const text = JSON.stringify({ first, arrays: [["values", "f8", values.length]] });
  const header = new TextEncoder().encode(text.padEnd(Math.ceil((text.length + 4) / 8) * 8 - 4));
  const buffer = new ArrayBuffer(4 + header.length + values.byteLength);
  new DataView(buffer).setUint32(0, header.length, true);
  new Uint8Array(buffer).set(header, 4);
  new Float64Array(buffer, 4 + header.length).set(values);
  return buffer;
}
