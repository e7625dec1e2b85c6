// Events as ticks and intervals as bars; each category has a colour, and a pattern or a row of its own.
import { firstAtLeast } from "./axis.js";
import { categoryColour } from "./palette.js";

// Categories up to which each event track has one row each; more share rows by number.
const MOST_ROWS = 60;

// Categories up to which each has a lane of its own, with its name beside it.
const MOST_LANES = 6;
export const LANE = { top: 22, height: 14 };

export function rowCount(rows) {
  return Math.min(Math.max(rows.categories.length, 1), MOST_ROWS);
}

// Whether each category has a lane with its name: never is colour all that tells them apart.
export function hasLanes(rows) {
  return rows.categories.length > 1 && rows.categories.length <= MOST_LANES;
}

// Top and height of the bar of a category.
function placeOf(rows, category, size, count) {
  if (hasLanes(rows)) return { top: LANE.top + category * LANE.height + 1, height: LANE.height - 2 };
  const height = size.height / count;
  return { top: (category % count) * height + 1, height: Math.max(height - 2, 1) };
}

// Rows of a table that a window shows: the first, and the one after the last.
export function rowsWithin(rows, view) {
  const last = firstAtLeast(rows.start, view.stop);
  let first = firstAtLeast(rows.start, view.start);
  if (rows.stop) while (first > 0 && longest(rows) > view.start - rows.start[first - 1]) first -= 1;
  return [first, last];
}

function longest(rows) {
  if (rows.longest === undefined) {
    rows.longest = 0;
    for (let row = 0; row < rows.start.length; row += 1) {
      const length = rows.stop[row] - rows.start[row];
      if (length > rows.longest) rows.longest = length;
    }
  }
  return rows.longest;
}

export function drawEvents(canvas, rows, view, size, theme) {
  const count = rowCount(rows);
  const scale = size.width / (view.stop - view.start);
  const [first, last] = rowsWithin(rows, view);
  const drawn = new Int32Array(count).fill(-1);
  for (let row = first; row < last; row += 1) {
    const place = rows.category[row] % count;
    const x = Math.round((rows.start[row] - view.start) * scale);
    if (x === drawn[place]) continue;
    drawn[place] = x;
    canvas.fillStyle = count > 8 ? theme.trace : categoryColour(rows.categories[rows.category[row]], rows.category[row]) || theme.text;
    if (rows.categories.length === 1) canvas.fillStyle = theme.trace;
    const { top, height } = placeOf(rows, place, size, count);
    canvas.fillRect(x - 0.75, top, height > 9 ? 1.5 : 1, height);
  }
}

export function drawIntervals(canvas, rows, view, size, theme) {
  const scale = size.width / (view.stop - view.start);
  const [first, last] = rowsWithin(rows, view);
  const covered = new Int32Array(rows.categories.length).fill(-1);
  for (let row = first; row < last; row += 1) {
    const stop = rows.stop[row] === rows.stop[row] ? rows.stop[row] : rows.start[row];
    const left = (rows.start[row] - view.start) * scale;
    const width = Math.max((stop - rows.start[row]) * scale, 1);
    if (width <= 1 && Math.round(left) === covered[rows.category[row]]) continue;
    covered[rows.category[row]] = Math.round(left);
    drawInterval(canvas, rows, row, left, width, size, theme);
  }
}

function drawInterval(canvas, rows, row, left, width, size, theme) {
  const category = rows.categories[rows.category[row]];
  const colour = categoryColour(category, rows.category[row]);
  const { top, height } = hasLanes(rows) ? placeOf(rows, rows.category[row], size) : { top: 6, height: size.height - 10 };
  if (colour) {
    canvas.fillStyle = colour;
    canvas.fillRect(left, top, Math.max(width - (width > 3 ? 1 : 0), 1), height);
  }
  if (width > 3) {
    canvas.strokeStyle = theme.outline;
    canvas.lineWidth = 1;
    canvas.strokeRect(left + 0.5, top + 0.5, Math.max(width - 2, 1), height - 1);
  } else if (!colour) {
    canvas.fillStyle = theme.text;
    canvas.fillRect(left, top, 1, height);
  }
  const label = rows.label[row];
  if (label === "change") drawChange(canvas, left, size, theme);
  if (width > 46 && !hasLanes(rows)) drawWords(canvas, category || label, left, width, size, colour, theme);
}

// A change of the image: a triangle above its flash.
function drawChange(canvas, left, size, theme) {
  canvas.fillStyle = theme.text;
  canvas.beginPath();
  canvas.moveTo(left - 4, 0);
  canvas.lineTo(left + 4, 0);
  canvas.lineTo(left, 6);
  canvas.closePath();
  canvas.fill();
}

function drawWords(canvas, words, left, width, size, colour, theme) {
  const first = Math.max(left, 0) + 5;
  const room = Math.min(left + width, size.width) - first - 4;
  const letters = Math.floor(room / 6.2);
  if (letters < 3) return;
  canvas.fillStyle = colour ? inkOn(colour) : theme.text;
  canvas.font = "11px system-ui, sans-serif";
  canvas.textBaseline = "middle";
  canvas.textAlign = "left";
  canvas.fillText(words.length > letters ? `${words.slice(0, letters - 1)}\u2026` : words, first, size.height / 2);
}

// Black or white, what can be read better on a colour.
export function inkOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16) / 255);
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) > 0.18 ? "#000000" : "#ffffff";
}
