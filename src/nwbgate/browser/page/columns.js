// From samples and bins to columns of pixels: the smallest and the largest value that each covers.

export const RAW_LEVEL = -1;
const FACTOR_PER_LEVEL = 4;
export const TILE_BINS = 4096;
export const TILE_COLUMNS = 192;

export function binWidth(grid, level) {
  return grid.width * FACTOR_PER_LEVEL ** level;
}

// The coarsest level with at least one bin for each pixel; RAW_LEVEL where the finest has fewer.
export function levelFor(grid, secondsPerPixel) {
  let level = RAW_LEVEL;
  while (level + 1 < grid.levels && binWidth(grid, level + 1) <= secondsPerPixel) level += 1;
  return level;
}

export function emptyColumns(pixels) {
  return { low: new Float64Array(pixels).fill(NaN), high: new Float64Array(pixels).fill(NaN) };
}

function widen(columns, column, low, high) {
  if (!(columns.low[column] <= low)) columns.low[column] = low;
  if (!(columns.high[column] >= high)) columns.high[column] = high;
}

// Adds bins to columns. A bin belongs to the column that it begins in; one wider than a pixel fills all that it covers.
export function addBins(columns, low, high, start, width, view) {
  const pixels = columns.low.length;
  const scale = pixels / (view.stop - view.start);
  const first = Math.max(0, Math.floor((view.start - start) / width));
  const last = Math.min(low.length, Math.ceil((view.stop - start) / width) + 1);
  const wide = width * scale > 1;
  for (let bin = first; bin < last; bin += 1) {
    if (low[bin] !== low[bin]) continue;
    const from = Math.floor((start + bin * width - view.start) * scale);
    const to = wide ? Math.floor((start + (bin + 1) * width - view.start) * scale) : from;
    for (let column = Math.max(from, 0); column <= Math.min(to, pixels - 1); column += 1) {
      widen(columns, column, low[bin], high[bin]);
    }
  }
}

// Adds samples to columns; timeOf gives the time of a sample by its number in the block.
export function addSamples(columns, values, timeOf, view) {
  const pixels = columns.low.length;
  const scale = pixels / (view.stop - view.start);
  for (let sample = 0; sample < values.length; sample += 1) {
    const value = values[sample];
    if (value !== value) continue;
    const column = Math.floor((timeOf(sample) - view.start) * scale);
    if (column >= 0 && column < pixels) widen(columns, column, value, value);
  }
}

// Numbers of the tiles of a level that a window needs.
export function tilesFor(grid, level, view) {
  const span = binWidth(grid, level) * TILE_BINS;
  const count = Math.ceil(Math.ceil(grid.bins / FACTOR_PER_LEVEL ** level) / TILE_BINS);
  return range(Math.floor((view.start - grid.start) / span), Math.floor((view.stop - grid.start) / span), count);
}

// Numbers of the blocks of samples that a window needs, with one sample outside of each edge.
export function blocksFor(grid, raw, view) {
  const count = Math.ceil(grid.samples / raw);
  if (grid.period) {
    const at = (time) => Math.floor((time - grid.start) / grid.period);
    return range(Math.floor((at(view.start) - 1) / raw), Math.floor((at(view.stop) + 1) / raw), count);
  }
  let first = 0;
  while (first + 1 < count && grid.blocks[first + 1] < view.start) first += 1;
  let last = first;
  while (last + 1 < count && grid.blocks[last] <= view.stop) last += 1;
  return range(first, last, count);
}

function range(first, last, count) {
  const found = [];
  for (let number = Math.max(first, 0); number <= Math.min(last, count - 1); number += 1) found.push(number);
  return found;
}

// Smallest and largest value of columns; null where there is none.
export function extremesOf(low, high) {
  let least = Infinity;
  let most = -Infinity;
  for (let number = 0; number < low.length; number += 1) {
    if (low[number] < least) least = low[number];
    if (high[number] > most) most = high[number];
  }
  return least <= most ? { least, most } : null;
}
