// Mean of a trace around a kind of event, with its standard error.
import { tickText, ticks } from "./axis.js";
import { choice, make, makeTable, sharpContext } from "./dom.js";

const SIZE = { width: 320, height: 200 };
const PAD = { left: 46, right: 10, top: 10, bottom: 30 };

export class Means {
  constructor({ store, doc, file, themed, tracksInView }) {
    Object.assign(this, { store, doc, file, themed, tracksInView, track: 0, kind: 0 });
    this.canvas = make("canvas", { role: "img", "aria-label": "mean around events, with its standard error" });
    this.words = make("p", { role: "status" });
    this.table = make("details", {}, make("summary", {}, "As a table"));
    this.choices = make("div", {});
    this.element = make("section", { className: "means" }, this.choices, this.canvas, this.words, this.table);
  }

  // The traces and heatmaps that are on the page.
  show() {
    const names = this.tracksInView();
    const { alignedTo } = this.doc;
    if (!names.length || !alignedTo.length) {
      this.choices.replaceChildren(make("p", {}, alignedTo.length ? "No trace is shown." : "This file has no events to align to."));
      return;
    }
    this.track = Math.min(this.track, names.length - 1);
    this.choices.replaceChildren(
      choice("Trace", names.map((each) => each.title), (number) => { this.track = number; this.load(); }, this.track),
      choice("Event", alignedTo.map((each) => each.replace("_", " ")), (number) => { this.kind = number; this.load(); }, this.kind),
    );
    this.load();
  }

  async load() {
    const asked = this.tracksInView()[this.track];
    if (!asked) return;
    const key = `mean/${this.file}/${asked.name}/${this.kind}`;
    this.key = key;
    this.words.textContent = "computing \u2026";
    try {
      const mean = await this.store.load(key);
      if (this.key === key) this.arrived(mean);
    } catch (error) {
      if (this.key === key) this.words.textContent = `No mean: ${error.message}`;
    }
  }

  arrived(mean) {
    const { mean: middle, sem } = acrossCells(mean);
    const cells = mean.cells > 1 ? `, mean of ${mean.cells} cells, shade: standard error of their mean` : ", shade: standard error";
    this.words.textContent = `${mean.events} events${cells}`;
    this.curve = { time: mean.time, middle, sem };
    this.draw();
    const rows = Array.from(mean.time, (time, sample) => [time.toPrecision(6), String(middle[sample]), String(sem[sample])]);
    this.table.replaceChildren(make("summary", {}, "As a table"), makeTable("Mean around the event", ["time (s)", "mean", "SEM"], rows));
  }

  draw() {
    if (!this.curve) return;
    this.canvas.style.width = `${SIZE.width}px`;
    this.canvas.style.height = `${SIZE.height}px`;
    drawCurve(sharpContext(this.canvas, SIZE.width, SIZE.height), this.curve, this.themed());
  }
}

// One trace keeps its own mean and error; of several cells, the mean over cells and its error are shown.
export function acrossCells({ cells, time, mean, sem }) {
  if (cells === 1) return { mean, sem };
  const samples = time.length;
  const middle = new Float64Array(samples);
  const error = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample += 1) {
    const values = [];
    for (let cell = 0; cell < cells; cell += 1) if (mean[cell * samples + sample] === mean[cell * samples + sample]) values.push(mean[cell * samples + sample]);
    const sum = values.reduce((total, value) => total + value, 0) / values.length;
    const squares = values.reduce((total, value) => total + (value - sum) ** 2, 0);
    middle[sample] = values.length ? sum : NaN;
    error[sample] = values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : NaN;
  }
  return { mean: middle, sem: error };
}

function drawCurve(canvas, { time, middle, sem }, theme) {
  const finite = Array.from(middle, (value, sample) => [value - (sem[sample] || 0), value + (sem[sample] || 0)]).flat().filter(Number.isFinite);
  if (!finite.length) return;
  const [least, most] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  const [first, last] = [time[0], time.at(-1)];
  const x = (value) => PAD.left + ((value - first) / (last - first || 1)) * (SIZE.width - PAD.left - PAD.right);
  const y = (value) => SIZE.height - PAD.bottom - ((value - least) / (most - least || 1)) * (SIZE.height - PAD.top - PAD.bottom);
  drawAxes(canvas, first, last, least, most, x, y, theme);
  canvas.fillStyle = theme.trace;
  canvas.globalAlpha = 0.25;
  canvas.beginPath();
  time.forEach((value, sample) => canvas.lineTo(x(value), y(middle[sample] + (sem[sample] || 0))));
  for (let sample = time.length - 1; sample >= 0; sample -= 1) canvas.lineTo(x(time[sample]), y(middle[sample] - (sem[sample] || 0)));
  canvas.fill();
  canvas.globalAlpha = 1;
  canvas.strokeStyle = theme.trace;
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  time.forEach((value, sample) => canvas.lineTo(x(value), y(middle[sample])));
  canvas.stroke();
}

function drawAxes(canvas, first, last, least, most, x, y, theme) {
  canvas.font = "11px system-ui, sans-serif";
  canvas.fillStyle = theme.text;
  const across = ticks(first, last, 5);
  canvas.textAlign = "center";
  canvas.textBaseline = "top";
  for (const value of across.values) canvas.fillText(tickText(value, across.step), x(value), SIZE.height - PAD.bottom + 5);
  canvas.fillText("time from the event (s)", (x(first) + x(last)) / 2, SIZE.height - 13);
  const up = ticks(least, most, 4);
  canvas.textAlign = "right";
  canvas.textBaseline = "middle";
  for (const value of up.values) {
    canvas.fillStyle = theme.text;
    canvas.fillText(tickText(value, up.step), PAD.left - 6, y(value));
    canvas.fillStyle = theme.grid;
    canvas.fillRect(PAD.left, y(value), SIZE.width - PAD.left - PAD.right, 1);
  }
  canvas.fillStyle = theme.accent;
  if (first <= 0 && last >= 0) canvas.fillRect(x(0), PAD.top, 1, SIZE.height - PAD.top - PAD.bottom);
}
