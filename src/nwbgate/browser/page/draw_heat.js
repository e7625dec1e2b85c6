// A heatmap: one bitmap for each tile, made once, stretched to the times of its columns.
import { TILE_COLUMNS } from "./columns.js";
import { firstAtLeast } from "./axis.js";
import { heatColours } from "./palette.js";

const COLOURS = heatColours();
const FACTOR = 4;

export function heatLevelFor(grid, secondsPerPixel) {
  let level = 0;
  while (level + 1 < grid.levels && grid.period * FACTOR ** level < secondsPerPixel) level += 1;
  return level;
}

// Numbers of the tiles of a level that a window needs, by the times at which the finest tiles begin.
export function heatTilesFor(grid, level, view) {
  const frames = TILE_COLUMNS * FACTOR ** level;
  const first = Math.floor(Math.max(firstAtLeast(grid.starts, view.start) - 1, 0) / FACTOR ** level);
  const last = Math.floor(Math.max(firstAtLeast(grid.starts, view.stop) - 1, 0) / FACTOR ** level);
  const found = [];
  for (let number = first; number <= last && number * frames < grid.frames; number += 1) found.push(number);
  return found;
}

// Draws the rows in an order; returns what is still missing.
export function drawHeat(canvas, store, name, view, size, order) {
  const grid = store.peek(`grid/${name}`);
  if (!grid) return { missing: true };
  const wanted = heatLevelFor(grid, (view.stop - view.start) / size.width);
  let missing = false;
  for (let level = wanted; level < grid.levels; level += 1) {
    const keys = heatTilesFor(grid, level, view).map((number) => `heat/${name}/${level}/${number}`);
    const tiles = keys.map((key) => (level === wanted ? store.peek(key) : store.cached(key)));
    if (tiles.some((tile) => !tile)) {
      missing = true;
      continue;
    }
    for (const tile of tiles) drawTile(canvas, tile, view, size, order);
    return { grid, missing, coarse: level > wanted ? "finer levels are loading" : "" };
  }
  return { grid, missing, coarse: "loading" };
}

function drawTile(canvas, tile, view, size, order) {
  const bitmap = bitmapOf(tile, order);
  const scale = size.width / (view.stop - view.start);
  canvas.imageSmoothingEnabled = false;
  for (const [first, stop] of runsOf(tile)) {
    if (tile.stop[stop - 1] < view.start || tile.start[first] > view.stop) continue;
    const left = (tile.start[first] - view.start) * scale;
    const right = (tile.stop[stop - 1] - view.start) * scale;
    canvas.drawImage(bitmap, first, 0, stop - first, bitmap.height, left, 0, Math.max(right - left, 1), size.height);
  }
}

// Stretches of columns without a gap between them, so that dropped frames leave the picture empty.
export function runsOf(tile) {
  if (tile.runs) return tile.runs;
  tile.runs = [];
  let first = 0;
  const count = tile.start.length;
  for (let column = 1; column <= count; column += 1) {
    const usual = tile.stop[first] - tile.start[first];
    if (column === count || tile.start[column] - tile.stop[column - 1] > usual / 2) {
      tile.runs.push([first, column]);
      first = column;
    }
  }
  return tile.runs;
}

function bitmapOf(tile, order) {
  if (tile.bitmap && tile.order === order) return tile.bitmap;
  const columns = tile.start.length;
  const picture = new ImageData(columns, Math.max(tile.rows, 1));
  const pixels = new Uint32Array(picture.data.buffer);
  for (let row = 0; row < tile.rows; row += 1) {
    const from = order[row] * columns;
    for (let column = 0; column < columns; column += 1) pixels[row * columns + column] = COLOURS[tile.bytes[from + column]];
  }
  tile.bitmap = new OffscreenCanvas(columns, Math.max(tile.rows, 1));
  tile.bitmap.getContext("2d").putImageData(picture, 0, 0);
  tile.order = order;
  return tile.bitmap;
}

export const SORTS = ["as stored", "most active first", "by time of peak"];

// Order of the rows, from the coarsest level: all of it is there before anything finer.
export function rowOrder(store, name, rows, sort) {
  const plain = Array.from({ length: rows }, (_, row) => row);
  const grid = store.peek(`grid/${name}`);
  if (sort === SORTS[0] || !grid) return plain;
  const tiles = heatTilesFor(grid, grid.levels - 1, { start: -Infinity, stop: Infinity });
  const loaded = tiles.map((number) => store.peek(`heat/${name}/${grid.levels - 1}/${number}`));
  if (loaded.some((tile) => !tile)) return null;
  const values = plain.map((row) => loaded.flatMap((tile) => Array.from(tile.bytes.subarray(row * tile.start.length, (row + 1) * tile.start.length))));
  const mean = values.map((row) => row.reduce((sum, value) => sum + value, 0));
  const peak = values.map((row) => row.indexOf(Math.max(...row)));
  if (sort === SORTS[1]) return plain.sort((one, other) => mean[other] - mean[one]);
  return plain.sort((one, other) => peak[one] - peak[other]);
}
