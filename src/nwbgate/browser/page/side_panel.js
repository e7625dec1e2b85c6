// Tabs beside the tracks: which tracks, findings, cells, means, rows as a table, downloads, facts.
import { timeText } from "./axis.js";
import { choice, make, makeTable } from "./dom.js";
import { rowsWithin } from "./draw_rows.js";

const MOST_LINES = 200;

// Tabs as the ARIA practices describe them: arrows move between them.
export class Tabs {
  constructor(tabs) {
    this.tabs = tabs;
    this.list = make("div", { role: "tablist", "aria-label": "About the file" });
    this.panel = make("div", { role: "tabpanel", id: "nwbgate-panel", tabIndex: 0 });
    this.buttons = tabs.map(({ title }, number) =>
      make("button", { type: "button", role: "tab", id: `nwbgate-tab-${number}`, "aria-controls": "nwbgate-panel", onclick: () => this.open(number) }, title),
    );
    this.list.append(...this.buttons);
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.element = make("aside", { className: "side" }, this.list, this.panel);
    this.open(0);
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.open((this.current + step + this.tabs.length) % this.tabs.length);
    this.buttons[this.current].focus();
  }

  open(number) {
    this.current = number;
    this.buttons.forEach((button, place) => {
      button.setAttribute("aria-selected", String(place === number));
      button.tabIndex = place === number ? 0 : -1;
    });
    this.panel.setAttribute("aria-labelledby", `nwbgate-tab-${number}`);
    const { element, show } = this.tabs[number];
    this.panel.replaceChildren(element);
    show?.();
  }

  openTitle(title) {
    this.open(this.tabs.findIndex((tab) => tab.title === title));
  }

  isOpen(title) {
    return this.tabs[this.current].title === title;
  }

  refresh() {
    this.tabs[this.current].show?.();
  }
}

// Check boxes of all tracks, by heading.
export function trackChooser(doc, shown, onTracks) {
  const element = make("section", { className: "chooser" });
  const show = () => {
    const groups = Map.groupBy ? Map.groupBy(doc.tracks.map((track, number) => ({ track, number })), ({ track }) => track.group) : grouped(doc.tracks);
    const fieldsets = [...groups].map(([group, members]) => make("fieldset", {}, make("legend", {}, group), ...members.map(({ track, number }) => checkBox(track, number, shown, onTracks))));
    element.replaceChildren(...fieldsets);
  };
  return { title: "Tracks", element, show };
}

function grouped(tracks) {
  const groups = new Map();
  tracks.forEach((track, number) => groups.set(track.group, [...(groups.get(track.group) ?? []), { track, number }]));
  return groups;
}

function checkBox(track, number, shown, onTracks) {
  const toggle = (event) => {
    const others = shown().filter((name) => name !== String(number));
    onTracks(event.target.checked ? inOrder([...others, String(number)]) : others);
  };
  const why = track.problem ? ` (cannot be shown: ${track.problem})` : track.absent ? " (not in this export)" : "";
  return make("label", { title: track.source }, make("input", { type: "checkbox", checked: shown().includes(String(number)), disabled: Boolean(why), onchange: toggle }), ` ${track.name}${why}`);
}

// Names of tracks in the order of the file, chosen cells behind their heatmap.
export function inOrder(names) {
  return [...names].sort((one, other) => parseFloat(one) - parseFloat(other) || Number(one.split(".")[1] ?? -1) - Number(other.split(".")[1] ?? -1));
}

// Findings and results of quality control; those with a time lead to it.
export function findingsTab(doc, go) {
  const element = make("section", { className: "findings" });
  const items = gathered(doc.marks).map(({ mark, number, count }) => make("li", { className: mark.severity, id: `nwbgate-finding-${number}` }, ...findingParts(mark, go, count)));
  const quality = doc.quality.map((result) => [result.object || "file", result.metric, result.value === null ? "" : String(result.value), result.unit, result.status, result.reason]);
  element.append(
    make("h2", {}, `Check: ${doc.judged.findings}`),
    items.length ? make("ul", {}, ...items) : make("p", {}, doc.judged.findings === "not run" ? "The check was not run; nothing is known. Start with --check to see findings here." : "The check found nothing."),
    make("h2", {}, `Quality: ${doc.judged.quality}`),
    quality.length ? makeTable("Results of quality control", ["object", "metric", "value", "unit", "status", "reason"], quality) : make("p", {}, doc.judged.quality === "not measured" ? "The quality was not measured; this is not a pass. Start with --qc to measure it." : "No criterion applies."),
  );
  return { title: "Findings", element };
}

// Findings with the number of those that say the same without a time; these are one line.
export function gathered(marks) {
  const found = new Map();
  marks.forEach((mark, number) => {
    const name = mark.times.length ? `at ${number}` : JSON.stringify([mark.code, mark.message, mark.fix, mark.table]);
    const before = found.get(name);
    if (before) before.count += 1;
    else found.set(name, { mark, number, count: 1 });
  });
  return [...found.values()];
}

function findingParts(mark, go, count) {
  const shape = mark.severity === "error" ? "\u25b2 error" : "\u25c6 warning";
  const where = mark.times.length ? mark.times.slice(0, 20).map(([start, stop]) => make("button", { type: "button", onclick: () => go(start, stop) }, `${timeText(start, 100)} s`)) : [make("em", {}, "without a time")];
  return [make("strong", {}, `${shape}: `), make("code", {}, mark.code), count > 1 ? ` ${count} times` : "", make("p", {}, mark.message), mark.fix ? make("p", {}, `What to do: ${mark.fix}`) : null, make("p", {}, mark.table ? `${mark.table}, ${mark.rows} ${mark.rows === 1 ? "row" : "rows"}: ` : "file: ", ...where)];
}

// Rows in view of a track of events or intervals, as a table.
export function rowsTab(doc, store, file, view, go) {
  const tracks = doc.tracks.map((track, number) => ({ track, number })).filter(({ track }) => track.kind === "events" || track.kind === "intervals");
  let chosen = 0;
  const body = make("div", { className: "scrolled", tabIndex: 0, role: "region", "aria-label": "rows in view" });
  const element = make("section", {});
  const show = () => {
    if (!tracks.length) {
      element.replaceChildren(make("p", {}, "This file has no events or intervals."));
      return;
    }
    element.replaceChildren(choice("Rows of", tracks.map(({ track }) => track.name), (number) => { chosen = number; show(); }, chosen), body);
    store.load(`rows/${file}/${tracks[chosen].number}`).then((rows) => body.replaceChildren(rowTable(rows, tracks[chosen].track.name, view, go))).catch(() => {});
  };
  return { title: "Table", element, show };
}

function rowTable(rows, name, view, go) {
  const [first, last] = rowsWithin(rows, view);
  const lines = [];
  for (let row = first; row < Math.min(last, first + MOST_LINES); row += 1) {
    const stop = rows.stop ? rows.stop[row] : rows.start[row];
    lines.push([
      make("button", { type: "button", onclick: () => go(rows.start[row], stop) }, timeText(rows.start[row], 1)),
      rows.stop ? timeText(stop, 1) : "", rows.categories[rows.category[row]] ?? "", rows.label[row] ?? "",
    ]);
  }
  const more = last - first > MOST_LINES ? `, the first ${MOST_LINES}` : "";
  return makeTable(`${name}: ${last - first} in view${more}`, ["start (s)", "stop (s)", "category", "label"], lines);
}

export function factsTab(doc) {
  const element = make("section", {}, makeTable("Facts in the file", ["name", "value"], Object.entries(doc.facts)));
  if (doc.notes.length) element.append(make("h2", {}, "Not shown"), make("ul", {}, ...doc.notes.map((note) => make("li", {}, note))));
  return { title: "About", element };
}
