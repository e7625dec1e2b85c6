// Times to type, and buttons for what keys and the wheel do, too.
import { firstAtLeast, moveWindow, parseTime, timeText, zoomWindow } from "./axis.js";
import { make } from "./dom.js";

const AROUND = 0.5;

export class Toolbar {
  constructor({ view, doc, file, store, say }) {
    Object.assign(this, { view, doc, file, store, say });
    this.from = make("input", { size: 10, "aria-label": "from (seconds)", onchange: () => this.typed() });
    this.to = make("input", { size: 10, "aria-label": "to (seconds)", onchange: () => this.typed() });
    this.events = doc.tracks.map((track, number) => ({ track, number })).filter(({ track }) => track.kind === "events" || track.kind === "intervals");
    this.select = make("select", { "aria-label": "events to go to" }, ...this.events.map(({ track }) => make("option", {}, track.name)));
    const middle = () => (view.start + view.stop) / 2;
    const button = (words, label, use) => make("button", { type: "button", "aria-label": label, title: label, onclick: use }, words);
    this.element = make(
      "div",
      { className: "toolbar", role: "toolbar", "aria-label": "window" },
      make("label", {}, "from ", this.from), make("label", {}, "to ", this.to),
      button("\u25c0", "Move left", () => view.show(moveWindow(view, -view.span / 2, view.whole))),
      button("\u25b6", "Move right", () => view.show(moveWindow(view, view.span / 2, view.whole))),
      button("+", "Zoom in", () => view.show(zoomWindow(view, 0.5, middle(), view.whole))),
      button("\u2212", "Zoom out", () => view.show(zoomWindow(view, 2, middle(), view.whole))),
      button("all", "Show the whole session", () => view.show(view.whole)),
      button("undo", "Back to the window before", () => view.undo()),
      ...(this.events.length ? [this.select, button("\u2039 event", "Previous event", () => this.jump(-1)), button("event \u203a", "Next event", () => this.jump(1))] : []),
    );
  }

  show() {
    this.from.value = timeText(this.view.start, this.view.span);
    this.to.value = timeText(this.view.stop, this.view.span);
  }

  typed() {
    const [start, stop] = [parseTime(this.from.value), parseTime(this.to.value)];
    if (stop > start) this.view.show({ start, stop });
    else this.say("Type two times, the first before the second: seconds, or minutes:seconds.");
    this.show();
  }

  // Moves to the next event behind the middle of the window, or the one before it.
  async jump(step) {
    const chosen = this.events[this.select.selectedIndex];
    if (!chosen) return;
    const { start } = await this.store.load(`rows/${this.file}/${chosen.number}`);
    const middle = (this.view.start + this.view.stop) / 2;
    const nudge = this.view.span * 1e-6;
    const place = step > 0 ? firstAtLeast(start, middle + nudge) : firstAtLeast(start, middle - nudge) - 1;
    if (place < 0 || place >= start.length) this.say("There is no further event.");
    else this.view.show({ start: start[place] - this.view.span * AROUND, stop: start[place] + this.view.span * (1 - AROUND) });
  }
}
