// Answers kept in memory, the last used, and the questions that are still open.

const ARRAY_TYPES = { f8: Float64Array, f4: Float32Array, i4: Int32Array, u1: Uint8Array };
const KEPT_BYTES = 80 * 1024 * 1024;
// A tile that is still being computed is asked for again after longer and longer times.
const ASK_AGAIN_MS = 150;
const LONGER = 1.4;
const LONGEST_MS = 1500;

// Texts, numbers and arrays of a packed answer; the arrays are views of the buffer.
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let place = 4 + length;
  for (const [name, kind, size] of about.arrays) {
    about[name] = new ARRAY_TYPES[kind](buffer, place, size);
    place += Math.ceil(about[name].byteLength / 8) * 8;
  }
  delete about.arrays;
  return about;
}

export class Store {
  constructor(transport, onChange) {
    this.transport = transport;
    this.onChange = onChange;
    this.kept = new Map();
    this.asked = new Map();
    this.failed = new Map();
    this.again = new Map();
    this.waits = new Map();
    this.bytes = 0;
    this.fetched = 0;
  }

  get busy() {
    return this.asked.size > 0 || this.again.size > 0;
  }

  // What is there now, or undefined; asks for what is not.
  peek(key) {
    const entry = this.kept.get(key);
    if (entry) {
      this.kept.delete(key);
      this.kept.set(key, entry);
      if (entry.value.whole === false && !entry.value.sampled) this.askAgain(key);
      return entry.value;
    }
    if (!this.asked.has(key) && !this.failed.has(key)) this.load(key).catch(() => {});
    return undefined;
  }

  // What is there now, and nothing is asked for.
  cached(key) {
    return this.kept.get(key)?.value;
  }

  // A promise of what is there, or will be.
  async load(key) {
    const entry = this.kept.get(key);
    if (entry) return entry.value;
    if (!this.asked.has(key)) this.asked.set(key, this.fetch(key));
    return this.asked.get(key);
  }

  async fetch(key) {
    try {
      const buffer = await this.transport.get(key);
      this.fetched += buffer.byteLength;
      const value = unpack(buffer);
      this.keep(key, value, buffer.byteLength);
      return value;
    } catch (error) {
      this.failed.set(key, error.message);
      throw error;
    } finally {
      this.asked.delete(key);
      this.onChange();
    }
  }

  keep(key, value, size) {
    this.bytes += size - (this.kept.get(key)?.size ?? 0);
    this.kept.set(key, { value, size });
    for (const [oldest, entry] of this.kept) {
      if (this.bytes <= KEPT_BYTES) break;
      this.kept.delete(oldest);
      this.bytes -= entry.size;
    }
  }

  // A tile that is still being computed is asked for again, as long as it is looked at.
  askAgain(key) {
    if (this.again.has(key)) return;
    const wait = this.waits.get(key) ?? ASK_AGAIN_MS;
    this.waits.set(key, Math.min(wait * LONGER, LONGEST_MS));
    const timer = setTimeout(() => {
      this.again.delete(key);
      if (!this.asked.has(key)) this.asked.set(key, this.fetch(key).catch(() => {}));
    }, wait);
    this.again.set(key, timer);
  }

  forget() {
    for (const timer of this.again.values()) clearTimeout(timer);
    this.again.clear();
    this.waits.clear();
    this.kept.clear();
    this.failed.clear();
    this.bytes = 0;
  }
}
