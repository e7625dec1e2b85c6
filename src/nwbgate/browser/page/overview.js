// A strip with the whole session, and the window that is looked at in it.
import { make, sharpContext } from "./dom.js";
import { drawEvents, drawIntervals } from "./draw_rows.js";
import { contentExtremes, drawTrace, traceContent } from "./draw_trace.js";
import { drawHeat } from "./draw_heat.js";

const HEIGHT = 46;

export class Overview {
  constructor({ store, doc, file, view, themed }) {
    Object.assign(this, { store, doc, file, view, themed });
    this.canvas = make("canvas", { role: "img", "aria-label": "the whole session, with the window in view" });
    this.track = firstOf(doc);
    const shown = doc.tracks[this.track]?.name ?? "";
    this.element = make("div", { className: "track overview" }, make("div", { className: "label" }, make("span", { className: "group" }, "whole session"), shown), make("div", { className: "picture" }, this.canvas));
    this.backdrop = null;
    const go = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const time = doc.start + ((event.clientX - box.left) / box.width) * (doc.stop - doc.start);
      view.show({ start: time - view.span / 2, stop: time + view.span / 2 });
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      go(event);
    });
    this.canvas.addEventListener("pointermove", (event) => event.buttons & 1 && go(event));
  }

  draw() {
    const size = { width: this.canvas.clientWidth || 1, height: HEIGHT };
    const theme = this.themed();
    const canvas = sharpContext(this.canvas, size.width, size.height);
    this.drawTrack(canvas, size, theme);
    const whole = this.doc.stop - this.doc.start;
    const left = ((this.view.start - this.doc.start) / whole) * size.width;
    const right = ((this.view.stop - this.doc.start) / whole) * size.width;
    canvas.fillStyle = theme.surface;
    canvas.globalAlpha = 0.65;
    canvas.fillRect(0, 0, left, HEIGHT);
    canvas.fillRect(right, 0, size.width - right, HEIGHT);
    canvas.globalAlpha = 1;
    canvas.strokeStyle = theme.accent;
    canvas.lineWidth = 2;
    canvas.strokeRect(Math.min(left + 1, size.width - 4), 1, Math.max(right - left - 2, 2), HEIGHT - 2);
  }

  // The track of the strip changes only while its levels arrive; then it is copied.
  drawTrack(canvas, size, theme) {
    const key = `${size.width} ${theme.trace} ${theme.surface}`;
    if (this.backdrop?.key === key) {
      canvas.drawImage(this.backdrop.picture, 0, 0, size.width, size.height);
      return;
    }
    if (this.track < 0) return;
    const complete = this.drawWhole(canvas, size, theme);
    if (complete) {
      const picture = new OffscreenCanvas(canvas.canvas.width, canvas.canvas.height);
      picture.getContext("2d").drawImage(canvas.canvas, 0, 0);
      this.backdrop = { key, picture };
    }
  }

  drawWhole(canvas, size, theme) {
    const whole = { start: this.doc.start, stop: this.doc.stop };
    const name = `${this.file}/${this.track}`;
    const { kind } = this.doc.tracks[this.track];
    if (kind === "heatmap") {
      const order = Array.from({ length: this.doc.tracks[this.track].rows.length }, (_, row) => row);
      return !drawHeat(canvas, this.store, name, whole, size, order).missing;
    }
    if (kind === "intervals" || kind === "events") {
      const rows = this.store.peek(`rows/${name}`);
      if (rows) (kind === "events" ? drawEvents : drawIntervals)(canvas, rows, whole, size, theme);
      return Boolean(rows);
    }
    const content = traceContent(this.store, name, this.doc.raw, whole, Math.round(size.width));
    const ends = contentExtremes(content);
    if (ends) drawTrace(canvas, content, whole, size, { least: ends.least, most: ends.most === ends.least ? ends.most + 1 : ends.most }, theme.trace);
    return !content.missing && !content.coarse?.includes("%");
  }
}

// What stands for the whole session: its first trace, else trials, else activity; of a file on a server, tables.
function firstOf({ tracks, remote }) {
  for (const kind of remote ? ["intervals", "events"] : ["trace", "intervals", "heatmap", "events"]) {
    const found = tracks.findIndex((track) => track.shown && track.kind === kind);
    if (found >= 0) return found;
  }
  return -1;
}
