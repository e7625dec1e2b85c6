// All tracks on one time axis, drawn once for each frame of the screen in which something changed.
import { tickText, ticks, timeText } from "./axis.js";
import { make, sharpContext } from "./dom.js";
import { followPointer } from "./gestures.js";
import { heightOf, TrackRow } from "./track_row.js";
import { drawMarks, markAt } from "./marks.js";

const AXIS_HEIGHT = 26;
const MARKS_HEIGHT = 22;
// Pixels above and below the screen within which tracks are drawn as well, so that scrolling finds them there.
const ON_SCREEN = 150;
const LOOK_MS = 50;

export class Timeline {
  constructor({ store, doc, file, view, themed, onSettled, onPick, onMark, onTracks, onQuality }) {
    Object.assign(this, { store, doc, file, view, themed, onSettled, onPick, onMark, onTracks, onQuality });
    this.rows = [];
    this.cursor = NaN; // a time that was clicked
    this.axis = make("canvas", { role: "img", "aria-label": "time axis, seconds" });
    this.marks = make("canvas", { role: "img", "aria-label": `${doc.marks.length} findings; the tab Findings lists them` });
    this.readout = make("output", { className: "readout" });
    this.list = make("div", { className: "tracks" });
    this.element = make(
      "div",
      { className: "timeline", tabIndex: 0, role: "group", "aria-label": "Tracks: arrow keys move, plus and minus zoom, Home shows all, u undoes, n and p go to the next and previous event" },
      make("div", { className: "track axis" }, make("div", { className: "label" }, this.readout), make("div", { className: "picture" }, this.axis)),
      doc.marks.some((mark) => mark.times.length) ? make("div", { className: "track marks" }, make("div", { className: "label" }, make("strong", {}, "findings")), make("div", { className: "picture" }, this.marks)) : null,
      this.list,
    );
    followPointer(this.axis, view);
    followPointer(this.marks, view, (event, time) => {
      const mark = markAt(doc.marks, time, view, this.width);
      if (mark) onMark(mark);
    });
  }

  get width() {
    return this.axis.clientWidth || 1;
  }

  // Shows the tracks of these names, in the order of the file; "6.3" is row 3 of track 6.
  setTracks(names) {
    this.list.replaceChildren();
    const before = new Map(this.rows.map((row) => [row.number, row]));
    this.rows = names.map((name) => before.get(name) ?? this.newRow(name)).filter(Boolean);
    this.list.append(...this.rows.map((row) => row.element));
    this.redraw();
  }

  newRow(name) {
    const [number, cell] = name.split(".").map(Number);
    const track = this.doc.tracks[number];
    if (!track || (cell !== undefined && (track.hasTraces === false || !(cell < (track.rows?.length ?? 0))))) return null;
    const own = cell === undefined ? track : { ...track, kind: "trace", name: `${track.name}, cell ${track.rows[cell]}`, lines: [], quality: [] };
    const actions = { redraw: () => this.redraw(), hide: (hidden) => this.hide(hidden), quality: () => this.onQuality() };
    const row = new TrackRow(name, own, this.store, this.file, this.doc, actions);
    followPointer(row.canvas, this.view, (event, time) => this.onPick(row, event, time));
    row.canvas.addEventListener("pointermove", (event) => this.read(row, event));
    row.canvas.addEventListener("pointerleave", () => this.read(null));
    return row;
  }

  hide(name) {
    this.onTracks(this.rows.map((row) => row.number).filter((each) => each !== name));
  }

  redraw() {
    if (this.asked) return;
    this.asked = true;
    this.element.dataset.settled = "false";
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  draw() {
    const { width } = this;
    const theme = this.themed();
    this.drawAxis(sharpContext(this.axis, width, AXIS_HEIGHT), { width, height: AXIS_HEIGHT }, theme);
    drawMarks(sharpContext(this.marks, width, MARKS_HEIGHT), this.doc.marks, this.view, { width, height: MARKS_HEIGHT }, theme);
    let missing = false;
    for (const row of this.rows) row.canvas.style.height = `${heightOf(row.track, row.rows)}px`;
    for (const row of this.rows.filter(isNear)) missing = this.drawRow(row, width, theme) || missing;
    if ((!missing || this.store.failed.size) && !this.store.busy) {
      this.element.dataset.settled = "true";
      this.onSettled?.();
    }
  }

  drawRow(row, width, theme) {
    const size = { width, height: heightOf(row.track, row.rows) };
    const canvas = sharpContext(row.canvas, width, size.height);
    this.drawGrid(canvas, size, theme);
    const missing = row.draw(canvas, this.view, size, theme);
    canvas.fillStyle = theme.accent;
    if (this.cursor >= this.view.start && this.cursor <= this.view.stop) canvas.fillRect(Math.round(this.x(this.cursor, width)), 0, 1, size.height);
    return missing;
  }

  drawGrid(canvas, size, theme) {
    canvas.fillStyle = theme.grid;
    for (const value of this.ticks(size.width).values) canvas.fillRect(Math.round(this.x(value, size.width)), 0, 1, size.height);
  }

  ticks(width) {
    return ticks(this.view.start, this.view.stop, width / 110);
  }

  x(time, width) {
    return ((time - this.view.start) / this.view.span) * width;
  }

  drawAxis(canvas, size, theme) {
    const { step, values } = this.ticks(size.width);
    canvas.font = "12px system-ui, sans-serif";
    canvas.textBaseline = "middle";
    canvas.fillStyle = theme.text;
    for (const value of values) {
      const x = this.x(value, size.width);
      const words = `${tickText(value, step)} s`;
      const half = canvas.measureText(words).width / 2;
      canvas.textAlign = "center";
      canvas.fillText(words, Math.min(Math.max(x, half), size.width - half), size.height / 2 - 2);
      canvas.fillRect(Math.round(x), size.height - 5, 1, 5);
    }
  }

  // Resolves when every track has all that its picture needs, those off the screen too.
  async complete() {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    const isMissing = (row) => row.draw(canvas, this.view, { width: this.width, height: heightOf(row.track, row.rows) }, this.themed());
    while (this.rows.filter(isMissing).length && !this.store.failed.size) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  // Says what is under the pointer.
  read(row, event) {
    if (!row) {
      this.readout.textContent = "";
      return;
    }
    const box = row.canvas.getBoundingClientRect();
    const time = this.view.start + ((event.clientX - box.left) / box.width) * this.view.span;
    this.readout.textContent = `${timeText(time, this.view.span)} s ${this.words(row, event, box, time)}`;
  }

  words(row, event, box, time) {
    if (row.track.kind === "heatmap") return `cell ${row.track.rows[row.rowAt(event.clientY - box.top, box.height)]}`;
    const { rows } = row;
    if (!rows?.stop) return "";
    for (let number = 0; number < rows.start.length && rows.start[number] <= time; number += 1) {
      if (rows.stop[number] >= time) return [rows.categories[rows.category[number]], rows.label[number]].filter(Boolean).join(", ");
    }
    return "";
  }
}

// Whether a track is on the screen, or nearly: of the others nothing is asked.
function isNear({ element }) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > -ON_SCREEN && top < innerHeight + ON_SCREEN;
}
