// The window that is looked at, with a history, and its place in the address.
import { clampWindow } from "./axis.js";

const MOST_STEPS = 200;
// Changes that follow each other within this time are one step of the history.
const ONE_GESTURE_MS = 400;

export class View {
  constructor(whole, onChange) {
    this.whole = whole;
    this.onChange = onChange;
    this.start = whole.start;
    this.stop = whole.stop;
    this.past = [];
    this.changedAt = -Infinity;
  }

  get span() {
    return this.stop - this.start;
  }

  show({ start, stop }) {
    if (!Number.isFinite(start) || !Number.isFinite(stop)) return;
    const next = clampWindow(start, stop, this.whole);
    if (next.start === this.start && next.stop === this.stop) return;
    const now = performance.now();
    if (now - this.changedAt > ONE_GESTURE_MS) this.past.push({ start: this.start, stop: this.stop });
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.changedAt = now;
    Object.assign(this, next);
    this.onChange();
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    Object.assign(this, before);
    this.changedAt = -Infinity;
    this.onChange();
  }
}

// State as text behind the # of an address: file, window, tracks.
export function addressOf(state) {
  const parts = [`file=${state.file}`, `from=${state.start}`, `to=${state.stop}`];
  if (state.tracks) parts.push(`tracks=${state.tracks.join(",")}`);
  return `#${parts.join("&")}`;
}

export function stateOf(address) {
  const found = new URLSearchParams(address.replace(/^#/, ""));
  const number = (name) => (found.has(name) && found.get(name) !== "" ? Number(found.get(name)) : NaN);
  const tracks = found.get("tracks");
  return {
    file: Number.isInteger(number("file")) ? number("file") : 0,
    start: number("from"),
    stop: number("to"),
    tracks: tracks === null ? null : tracks.split(",").filter((name) => /^\d+(\.\d+)?$/.test(name)),
  };
}
