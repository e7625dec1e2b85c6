// One track of the page: its label, its controls and its picture.
import { scaledUnit, tickText, ticks } from "./axis.js";
import { make } from "./dom.js";
import { contentExtremes, drawTrace, traceContent, wholeExtremes } from "./draw_trace.js";
import { drawEvents, drawIntervals, hasLanes, LANE, rowCount } from "./draw_rows.js";
import { categoryColour } from "./palette.js";
import { drawHeat, rowOrder, SORTS } from "./draw_heat.js";
import { qualityButton } from "./quality.js";

const HEIGHTS = { trace: 84, intervals: 36 };
const MARGIN = 0.06;
const LETTER = "11px system-ui, sans-serif";

export function heightOf(track, rows) {
  if (track.kind === "heatmap") return Math.min(Math.max(track.rows.length * 2, 84), 190);
  if (rows && hasLanes(rows)) return LANE.top + rows.categories.length * LANE.height + 4;
  if (track.kind === "events") return rows ? Math.min(Math.max(rowCount(rows) * 9, 26), 170) : 26;
  return HEIGHTS[track.kind];
}

export class TrackRow {
  constructor(number, track, store, file, doc, actions) {
    Object.assign(this, { number, track, store, doc, sort: 0, fitted: false, scale: null });
    this.name = `${file}/${number}`;
    this.canvas = make("canvas", { role: "img", "aria-label": `${track.group}: ${track.name}` });
    this.note = make("span", { className: "coarse" });
    this.legend = make("span", { className: "legend" });
    const results = (track.quality ?? []).map((result) => doc.quality[result]);
    this.element = make(
      "div",
      { className: `track ${track.kind}`, "data-track": String(number) },
      make("div", { className: "label" }, make("strong", {}, track.name), ...this.controls(actions), this.legend, qualityButton(results, `${track.group} ${track.name}`, actions.quality, true), this.note),
      make("div", { className: "picture" }, this.canvas),
    );
  }

  controls(actions) {
    const { track } = this;
    const hide = make("button", { type: "button", title: `Hide ${track.name}`, "aria-label": `Hide ${track.group} ${track.name}`, onclick: () => actions.hide(this.number) }, "\u00d7");
    const own = [hide, make("span", { className: "group" }, track.group)];
    if (track.kind === "trace") {
      own.push(make("button", { type: "button", "aria-pressed": "false", title: "Scale to what is in view", "aria-label": `Fit the scale of ${track.group} ${track.name}`, onclick: (event) => this.fit(event, actions) }, "fit y"));
    }
    if (track.kind === "heatmap") {
      const select = make("select", { "aria-label": `Order of the rows of ${track.group} ${track.name}`, onchange: () => this.resort(select.selectedIndex, actions) }, ...SORTS.map((sort) => make("option", {}, sort)));
      own.push(select);
    }
    return own;
  }

  fit(event, actions) {
    this.fitted = !this.fitted;
    event.currentTarget.setAttribute("aria-pressed", String(this.fitted));
    actions.redraw();
  }

  resort(index, actions) {
    this.sort = index;
    this.order = null;
    actions.redraw();
  }

  get rows() {
    return this.track.kind === "events" || this.track.kind === "intervals" ? this.store.peek(`rows/${this.name}`) : null;
  }

  // Draws onto a canvas context of a size; returns whether data are still missing.
  draw(canvas, view, size, theme) {
    if (this.track.kind === "trace") return this.drawTrace(canvas, view, size, theme);
    if (this.track.kind === "heatmap") return this.drawHeat(canvas, view, size, theme);
    const { rows } = this;
    if (!rows) return true;
    (this.track.kind === "events" ? drawEvents : drawIntervals)(canvas, rows, view, size, theme);
    if (!this.legend.childElementCount && hasLanes(rows)) this.legend.append(...legendOf(rows.categories));
    this.element.classList.toggle("lanes", hasLanes(rows));
    return false;
  }

  drawTrace(canvas, view, size, theme) {
    const content = traceContent(this.store, this.name, this.doc.raw, view, Math.max(Math.round(size.width), 1));
    this.content = content;
    this.note.textContent = content.coarse ?? "";
    if (!content.grid) return true;
    const scale = this.scaleFor(content);
    if (!scale) return content.missing;
    this.scale = scale;
    drawValueAxis(canvas, scale, this.track.unit, size, theme);
    drawLines(canvas, this.track.lines ?? [], scale, size, theme);
    drawTrace(canvas, content, view, size, scale, theme.trace);
    drawValueTexts(canvas, scale, this.track.unit, size, theme);
    return content.missing;
  }

  scaleFor(content) {
    const ends = (this.fitted && contentExtremes(content)) || wholeExtremes(this.store, this.name, content.grid, this.doc.remote) || contentExtremes(content);
    if (!ends) return this.scale;
    const room = (ends.most - ends.least) * MARGIN || Math.abs(ends.most) * MARGIN || 1;
    return { least: ends.least - room, most: ends.most + room };
  }

  drawHeat(canvas, view, size) {
    if (!this.order) this.order = rowOrder(this.store, this.name, this.track.rows.length, SORTS[this.sort]);
    const order = this.order ?? Array.from({ length: this.track.rows.length }, (_, row) => row);
    const found = drawHeat(canvas, this.store, this.name, view, size, order);
    this.note.textContent = found.coarse ?? "";
    if (found.grid && !this.legend.textContent) this.legend.textContent = `colours: ${rangeWords(found.grid, this.track.unit)}`;
    return found.missing || !this.order;
  }

  // Row of a heatmap at a height of its picture.
  rowAt(y, height) {
    const place = Math.floor((y / height) * this.track.rows.length);
    return this.order?.[place] ?? place;
  }
}

// Names of the lanes with their colours, each beside its lane.
function legendOf(categories) {
  return categories.map((category, number) => {
    const swatch = make("i", {});
    swatch.style.background = categoryColour(category, number) || "none";
    return make("span", { title: category }, swatch, category);
  });
}

// Values of the darkest and the brightest colour of a heatmap.
function rangeWords({ low, high }, unit) {
  const step = 10 ** Math.floor(Math.log10((high - low) / 20 || 1));
  return `${tickText(low, step)} to ${tickText(high, step)}${unit ? ` ${unit}` : ""}`;
}

function valueTicks(scale, unit) {
  const shown = scaledUnit(unit, Math.max(Math.abs(scale.least), Math.abs(scale.most)));
  const { step, values } = ticks(scale.least * shown.factor, scale.most * shown.factor, 3);
  return { shown, step, values };
}

function drawValueAxis(canvas, scale, unit, size, theme) {
  const { shown, values } = valueTicks(scale, unit);
  canvas.fillStyle = theme.grid;
  for (const value of values) canvas.fillRect(0, Math.round(heightOfValue(value / shown.factor, scale, size)), size.width, 1);
}

function drawValueTexts(canvas, scale, unit, size, theme) {
  const { shown, step, values } = valueTicks(scale, unit);
  canvas.font = LETTER;
  canvas.textBaseline = "middle";
  canvas.textAlign = "left";
  canvas.lineWidth = 3;
  canvas.strokeStyle = theme.surface;
  canvas.fillStyle = theme.text;
  values.forEach((value, place) => {
    const words = tickText(value, step) + (place === values.length - 1 && shown.unit ? ` ${shown.unit}` : "");
    const y = Math.min(Math.max(heightOfValue(value / shown.factor, scale, size), 7), size.height - 7);
    canvas.strokeText(words, 4, y);
    canvas.fillText(words, 4, y);
  });
}

function drawLines(canvas, lines, scale, size, theme) {
  canvas.font = LETTER;
  for (const [value, name] of lines) {
    const y = heightOfValue(value, scale, size);
    canvas.fillStyle = theme.accent;
    for (let x = 0; x < size.width; x += 8) canvas.fillRect(x, y - 0.5, 5, 1);
    canvas.textAlign = "right";
    canvas.textBaseline = "bottom";
    canvas.fillText(name, size.width - 4, y - 1);
  }
}

function heightOfValue(value, scale, size) {
  return size.height - ((value - scale.least) / (scale.most - scale.least)) * size.height;
}
