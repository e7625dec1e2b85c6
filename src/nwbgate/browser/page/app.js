// The page: a list of files, and one file on its time axis.
import { Cells } from "./cells.js";
import { make } from "./dom.js";
import { Downloads } from "./downloads.js";
import { Files } from "./files.js";
import { followKeys } from "./gestures.js";
import { Images } from "./images.js";
import { Means } from "./means.js";
import { Overview } from "./overview.js";
import { themeColours } from "./palette.js";
import { fileLine } from "./quality.js";
import { factsTab, findingsTab, inOrder, rowsTab, Tabs, trackChooser } from "./side_panel.js";
import { Store } from "./store.js";
import { Timeline } from "./timeline.js";
import { Toolbar } from "./toolbar.js";
import { addressOf, stateOf, View } from "./view.js";

const ADDRESS_MS = 250;
const NO_TRACES = "The traces of single cells are not in this export: export again with --with-samples, or open the NWB file.";

// Shows a library in an element. With an address, the view is kept in it.
export function mountBrowser(root, transport, { address = null } = {}) {
  root.classList.add("nwbgate-browser");
  const page = new Page(root, transport, address);
  root.browserPage = page; // for scripts that drive the page
  page.begin();
  return page;
}

class Page {
  constructor(root, transport, address) {
    Object.assign(this, { root, transport, address });
    this.message = make("p", { className: "message", role: "alert" });
    this.main = make("main", {});
    this.heading = make("h1", {}, "nwbgate browse");
    this.about = make("p", { className: "about" });
    this.files = new Files({ transport, onOpen: (number) => this.open(number) });
    root.replaceChildren(make("header", {}, this.heading, this.about, this.files.element), this.message, this.main);
    this.theme = null;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    new ResizeObserver(() => this.timeline?.redraw()).observe(root);
    addEventListener("scroll", () => this.timeline?.redraw(), { capture: true, passive: true });
    address?.addEventListener?.("hashchange", () => this.follow());
  }

  async begin() {
    try {
      const files = await this.files.load();
      const state = this.address ? stateOf(this.address.location.hash) : { file: 0 };
      await this.open(state.file < files.length ? state.file : 0, state);
      if (this.address?.location.hash) this.files.element.open = false; // a link to a file
      this.files.describe();
    } catch (error) {
      this.say(error.message);
    }
  }

  say(words) {
    this.message.textContent = words;
  }

  themed() {
    this.theme ??= themeColours(this.root);
    return this.theme;
  }

  recolour() {
    this.theme = null;
    this.timeline?.redraw();
  }

  async open(file, state = {}) {
    this.say("");
    this.file = file;
    this.store?.forget();
    let doc;
    try {
      doc = JSON.parse(new TextDecoder().decode(await this.transport.get(`doc/${file}`)));
    } catch (error) {
      this.main.replaceChildren();
      this.about.replaceChildren();
      this.say(error.message);
      return;
    }
    if (file !== this.file) return;
    this.build(doc, file);
    this.files.mark(file);
    if (this.files.files.length > 1 && this.opened) this.files.element.open = false;
    this.opened = true;
    this.setTracks(state.tracks ?? doc.tracks.flatMap((track, number) => (track.shown ? [String(number)] : [])));
    if (Number.isFinite(state.start) && Number.isFinite(state.stop)) this.view.show(state);
    else if (doc.first) this.view.show({ start: doc.start, stop: doc.start + doc.first });
    this.toolbar.show();
  }

  build(doc, file) {
    this.doc = doc;
    this.heading.textContent = doc.name;
    const findings = () => this.tabs.openTitle("Findings");
    this.about.replaceChildren(...fileLine(doc, findings));
    if (this.address) document.title = `${doc.name} \u2013 nwbgate browse`;
    const { transport } = this;
    const themed = () => this.themed();
    const store = new Store(transport, () => this.arrived());
    const view = new View({ start: doc.start, stop: doc.stop }, () => this.moved());
    const parts = { store, doc, file, view, themed, say: (words) => this.say(words) };
    Object.assign(this, { store, view });
    this.timeline = new Timeline({ ...parts, onTracks: (names) => this.setTracks(names), onPick: (...pick) => this.pick(...pick), onMark: (mark) => this.openMark(mark), onQuality: findings });
    this.overview = new Overview(parts);
    this.toolbar = new Toolbar(parts);
    const go = (start, stop) => this.go(start, stop);
    this.cells = new Cells({ ...parts, onCell: (plane, cell) => this.toggleCell(plane, cell) });
    this.means = new Means({ ...parts, tracksInView: () => this.timeline.rows.filter((row) => row.track.kind === "trace" || row.track.kind === "heatmap").map((row) => ({ name: row.number, title: `${row.track.group}: ${row.track.name}` })) });
    this.images = new Images({ ...parts, onTime: (time) => this.goTo(time) });
    this.downloads = new Downloads({ ...parts, timeline: this.timeline, transport });
    this.tabs = new Tabs([
      trackChooser(doc, () => this.names, (names) => this.setTracks(names)), findingsTab(doc, go),
      { title: "Cells", element: this.cells.element, show: () => this.cells.draw() },
      { title: "Images", element: this.images.element, show: () => this.images.show() },
      { title: "Means", element: this.means.element, show: () => this.means.show() },
      rowsTab(doc, store, file, view, go),
      { title: "Download", element: this.downloads.element, show: () => this.downloads.show() },
      factsTab(doc),
    ]);
    followKeys(this.timeline.element, view, (step) => this.toolbar.jump(step));
    this.main.replaceChildren(make("div", { className: "work" }, this.toolbar.element, this.overview.element, this.timeline.element), this.tabs.element);
  }

  get names() {
    return this.timeline.rows.map((row) => row.number);
  }

  setTracks(names) {
    this.timeline.setTracks(inOrder(names));
    const chosen = this.names.filter((name) => name.includes(".")).map((name) => name.split(".").map(Number));
    this.cells.choose(new Set(chosen.map(([track, row]) => `${this.doc.tracks[track].plane}.${row}`)));
    this.tabs.refresh();
    this.moved();
  }

  // Something came from the file, or could not be had.
  arrived() {
    const [problem] = this.store.failed.values();
    if (problem) this.say(problem);
    this.overview.draw();
    this.timeline.redraw();
  }

  moved() {
    this.toolbar.show();
    this.overview.draw();
    this.timeline.redraw();
    if (this.tabs.isOpen("Images")) this.images.show();
    if (!this.address) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keepAddress(), ADDRESS_MS);
  }

  keepAddress() {
    const { start, stop } = this.view;
    const text = addressOf({ file: this.file, start, stop, tracks: this.names });
    if (this.address.location.hash !== text) this.address.history.replaceState(null, "", text);
  }

  // A link with another view was followed.
  follow() {
    const state = stateOf(this.address.location.hash);
    if (state.file !== this.file) this.open(state.file, state);
    else {
      if (state.tracks) this.setTracks(state.tracks);
      this.view.show(state);
    }
  }

  go(start, stop) {
    const span = Math.max(Math.min(this.view.span, 20), (stop - start) * 2);
    const middle = (start + stop) / 2;
    this.view.show({ start: middle - span / 2, stop: middle + span / 2 });
  }

  // Keeps the width of the window, and moves it only if a time is out of it.
  goTo(time) {
    const { start, stop, span } = this.view;
    if (time < start || time > stop) this.view.show({ start: time - span / 2, stop: time + span / 2 });
    this.pointAt(time);
  }

  // Marks a time on all tracks; image series show their frame there.
  pointAt(time) {
    this.images.cursor = this.timeline.cursor = time;
    if (this.tabs.isOpen("Images")) this.images.show();
    this.timeline.redraw();
  }

  // A click on a row of a heatmap shows the trace of the cell, or hides it.
  pick(row, event, time) {
    if (this.doc.stacks.some(({ timed }) => timed)) this.pointAt(time);
    if (row.track.kind !== "heatmap") return;
    const box = row.canvas.getBoundingClientRect();
    this.toggle(`${row.number}.${row.rowAt(event.clientY - box.top, box.height)}`);
  }

  toggle(name) {
    const [number, row] = name.split(".");
    if (row !== undefined && this.doc.tracks[number].hasTraces === false) return this.say(NO_TRACES);
    this.say("");
    return this.setTracks(this.names.includes(name) ? this.names.filter((each) => each !== name) : [...this.names, name]);
  }

  toggleCell(plane, cell) {
    const tracks = this.doc.tracks.flatMap((track, number) => (track.kind === "heatmap" && track.plane === plane && this.names.includes(String(number)) ? [number] : []));
    if (tracks.every((number) => this.doc.tracks[number].hasTraces === false)) return this.say(NO_TRACES);
    const names = tracks.map((number) => `${number}.${cell}`);
    const all = names.every((name) => this.names.includes(name));
    return this.setTracks(all ? this.names.filter((name) => !names.includes(name)) : [...new Set([...this.names, ...names])]);
  }

  openMark(mark) {
    this.tabs.openTitle("Findings");
    const item = this.tabs.panel.querySelector(`#nwbgate-finding-${this.doc.marks.indexOf(mark)}`);
    item?.scrollIntoView({ block: "nearest" });
    item?.classList.add("chosen");
  }
}
