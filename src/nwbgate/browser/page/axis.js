// Time and value axes: windows, ticks, and numbers as people write them.

export const SHORTEST = 1e-5;

export function clampWindow(start, stop, whole) {
  const length = Math.min(Math.max(stop - start, SHORTEST), whole.stop - whole.start);
  const first = Math.min(Math.max(start, whole.start), whole.stop - length);
  return { start: first, stop: first + length };
}

// A window zoomed by a factor (below 1: closer) so that one time keeps its place.
export function zoomWindow(view, factor, time, whole) {
  const start = time - (time - view.start) * factor;
  return clampWindow(start, start + (view.stop - view.start) * factor, whole);
}

export function moveWindow(view, seconds, whole) {
  return clampWindow(view.start + seconds, view.stop + seconds, whole);
}

// Steps of 1, 2 or 5 times a power of ten.
export function niceStep(span, most) {
  const rough = span / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9));
  return step * power;
}

export function ticks(start, stop, most) {
  if (!(stop > start)) return { step: 1, values: [] };
  const step = niceStep(stop - start, most);
  const first = Math.ceil(start / step - 1e-9);
  const last = Math.floor(stop / step + 1e-9);
  const values = [];
  for (let number = first; number <= last; number += 1) values.push(number * step);
  return { step, values };
}

// Digits after the point that tell two ticks apart.
export function digitsOf(step) {
  return Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9)));
}

export function tickText(value, step) {
  const size = Math.abs(value);
  if (size >= 1e6 || (step < 1e-4 && step > 0 && size < 1e-2)) return value === 0 ? "0" : value.toExponential(1);
  return (Math.abs(value) < step / 2 ? 0 : value).toFixed(digitsOf(step));
}

// Seconds for reading: as many digits as the window needs.
export function timeText(seconds, span) {
  return seconds.toFixed(Math.min(6, digitsOf(span / 1000)));
}

// A typed time: seconds, or minutes:seconds, or hours:minutes:seconds. NaN for anything else.
export function parseTime(text) {
  const parts = text.trim().replace(/\s*s$/, "").split(":");
  if (parts.length > 3 || parts.some((part) => !/^-?\d+(\.\d*)?$|^-?\.\d+$/.test(part))) return NaN;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

const PREFIXES = [[1, ""], [1e-3, "m"], [1e-6, "\u00b5"], [1e-9, "n"], [1e-12, "p"]];
const SI_UNITS = { volts: "V", amperes: "A", siemens: "S", volt: "V" };

// A unit with the prefix that keeps numbers short, and the factor to multiply values with.
export function scaledUnit(unit, largest) {
  const short = SI_UNITS[unit];
  if (!short || !(largest > 0)) return { factor: 1, unit: unit === "n.a." ? "" : unit };
  const [size, prefix] = PREFIXES.find(([each]) => largest >= each) ?? PREFIXES.at(-1);
  return { factor: 1 / size, unit: prefix + short };
}

// The element of an ascending array before which a number belongs.
export function firstAtLeast(sorted, number) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
