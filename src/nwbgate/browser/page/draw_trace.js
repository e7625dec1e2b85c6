// A trace: columns of pixels from levels or samples, or the line itself.
import { addBins, addSamples, binWidth, blocksFor, emptyColumns, extremesOf, levelFor, RAW_LEVEL, TILE_BINS, tilesFor } from "./columns.js";

// Samples a pixel up to which the line through the samples is drawn.
const LINE_UP_TO = 3;
// Periods without a sample after which a line is broken.
const GAP = 4;
const BIN_SAMPLES = 32;

// What there is to draw of a trace in a window: columns or line, and what is still missing.
export function traceContent(store, name, raw, view, pixels) {
  const grid = store.peek(`grid/${name}`);
  if (!grid) return { missing: true };
  const wanted = levelFor(grid, (view.stop - view.start) / pixels);
  if (wanted === RAW_LEVEL && raw && grid.raw !== false) {
    const found = rawContent(store, name, grid, raw, view, pixels);
    if (found) return { grid, ...found };
    return { grid, ...levelContent(store, name, grid, -1, view, pixels), coarse: "samples are loading", missing: true };
  }
  const found = levelContent(store, name, grid, Math.max(wanted, 0), view, pixels);
  if (wanted === RAW_LEVEL) found.coarse = `extremes of ${BIN_SAMPLES} samples; this export has no finer ones`;
  return { grid, ...found };
}

// The wanted level, or until it has arrived the finest of the coarser ones that happen to be there.
function levelContent(store, name, grid, wanted, view, pixels) {
  let missing = false;
  for (let level = Math.max(wanted, 0); level < grid.levels; level += 1) {
    const numbers = tilesFor(grid, level, view);
    const keys = numbers.map((number) => `tile/${name}/${level}/${number}`);
    const tiles = keys.map((key) => (level === wanted ? store.peek(key) : store.cached(key)));
    if (tiles.some((tile) => !tile)) {
      missing = true;
      continue;
    }
    const columns = emptyColumns(pixels);
    const width = binWidth(grid, level);
    tiles.forEach((tile, place) => {
      addBins(columns, tile.low, tile.high, grid.start + numbers[place] * TILE_BINS * width, width, view);
    });
    return { columns, missing, level, coarse: coarseText(tiles, level > wanted) };
  }
  return { columns: emptyColumns(pixels), missing, coarse: "loading" };
}

function coarseText(tiles, isCoarser) {
  const share = Math.min(...tiles.map((tile) => tile.share));
  if (tiles.some((tile) => tile.sampled && !tile.whole)) return "a sample of the file; zoom in to read all";
  if (tiles.some((tile) => !tile.whole)) return `${Math.floor(share * 100)} % read`;
  if (isCoarser) return "finer levels are loading";
  return tiles.some((tile) => tile.rounded) ? "rounded to 7 digits in this export" : "";
}

function rawContent(store, name, grid, raw, view, pixels) {
  const numbers = blocksFor(grid, raw, view);
  const blocks = numbers.map((number) => store.peek(`raw/${name}/${number}`));
  if (blocks.some((block) => !block)) return null;
  const timeIn = (block) => {
    if (block.times) return (sample) => block.times[sample];
    return (sample) => grid.start + (block.first + sample) * grid.period;
  };
  const usual = grid.period ?? grid.width / BIN_SAMPLES;
  if ((view.stop - view.start) / usual > LINE_UP_TO * pixels) {
    const columns = emptyColumns(pixels);
    for (const block of blocks) addSamples(columns, block.values, timeIn(block), view);
    return { columns, missing: false, level: RAW_LEVEL, coarse: "" };
  }
  return { line: lineOf(blocks, timeIn, view), usual, missing: false, level: RAW_LEVEL, coarse: "" };
}

// Times and values from one sample before the window to one after it.
function lineOf(blocks, timeIn, view) {
  const times = [];
  const values = [];
  for (const block of blocks) {
    const timeOf = timeIn(block);
    for (let sample = 0; sample < block.values.length; sample += 1) {
      const time = timeOf(sample);
      if (time < view.start && times.length) {
        times[0] = time;
        values[0] = block.values[sample];
        continue;
      }
      times.push(time);
      values.push(block.values[sample]);
      if (time > view.stop) return { times, values };
    }
  }
  return { times, values };
}

// Least and most of the whole trace, from its coarsest level, so that the scale holds still while moving.
// For a remote file, use only what a view has fetched: never read a whole voltage just to scale it.
export function wholeExtremes(store, name, grid, isRemote) {
  const tiles = tilesFor(grid, grid.levels - 1, { start: grid.start, stop: grid.start + grid.width * grid.bins });
  const keys = tiles.map((number) => `tile/${name}/${grid.levels - 1}/${number}`);
  const found = keys.map((key) => (isRemote ? store.cached(key) : store.peek(key))).filter(Boolean);
  const ends = found.map((tile) => extremesOf(tile.low, tile.high)).filter(Boolean);
  if (!ends.length) return null;
  return { least: Math.min(...ends.map((end) => end.least)), most: Math.max(...ends.map((end) => end.most)) };
}

export function contentExtremes(content) {
  if (content.line) return extremesOf(content.line.values, content.line.values);
  return content.columns ? extremesOf(content.columns.low, content.columns.high) : null;
}

// Draws content between least (bottom) and most (top) of a scale.
export function drawTrace(canvas, content, view, size, scale, colour) {
  const y = (value) => size.height - ((value - scale.least) / (scale.most - scale.least)) * size.height;
  if (content.line) drawLine(canvas, content, view, size, y, colour);
  else if (content.columns) drawColumns(canvas, content.columns, size, y, colour);
}

function drawLine(canvas, content, view, size, y, colour) {
  const { times, values } = content.line;
  const x = (time) => ((time - view.start) / (view.stop - view.start)) * size.width;
  canvas.strokeStyle = colour;
  canvas.lineWidth = 1.2;
  canvas.beginPath();
  let connected = false;
  for (let sample = 0; sample < times.length; sample += 1) {
    const broken = values[sample] !== values[sample] || (sample && times[sample] - times[sample - 1] > GAP * content.usual);
    if (broken) connected = false;
    if (values[sample] !== values[sample]) continue;
    if (connected) canvas.lineTo(x(times[sample]), y(values[sample]));
    else canvas.moveTo(x(times[sample]), y(values[sample]));
    connected = true;
  }
  canvas.stroke();
  if (times.length < size.width / 6) drawPoints(canvas, times, values, x, y, colour);
}

function drawPoints(canvas, times, values, x, y, colour) {
  canvas.fillStyle = colour;
  times.forEach((time, sample) => {
    if (values[sample] === values[sample]) canvas.fillRect(x(time) - 1.5, y(values[sample]) - 1.5, 3, 3);
  });
}

// One bar for each column, at least a pixel high, that touches its neighbour.
function drawColumns(canvas, columns, size, y, colour) {
  const width = size.width / columns.low.length;
  canvas.fillStyle = colour;
  let before = null;
  for (let column = 0; column < columns.low.length; column += 1) {
    if (columns.low[column] !== columns.low[column]) {
      before = null;
      continue;
    }
    let top = y(columns.high[column]);
    let bottom = y(columns.low[column]);
    const own = { top, bottom };
    if (before) {
      top = Math.min(top, before.bottom);
      bottom = Math.max(bottom, before.top);
    }
    canvas.fillRect(column * width, top - 0.5, width, Math.max(bottom - top, 0) + 1);
    before = own;
  }
}
