// The list of files, with a search over all that is said of them.
import { make } from "./dom.js";

const HEADS = ["file", "kind", "session", "subject", "length", "findings", "quality"];

export class Files {
  constructor({ transport, onOpen }) {
    Object.assign(this, { transport, onOpen, lines: [], current: -1 });
    this.search = make("input", { type: "search", placeholder: "search", "aria-label": "Search the files", oninput: () => this.filter() });
    this.body = make("tbody", {});
    const head = make("thead", {}, make("tr", {}, ...HEADS.map((name) => make("th", { scope: "col" }, name))));
    this.count = make("span", { role: "status" });
    this.summary = make("summary", {}, "Files");
    this.element = make("details", { className: "files" }, this.summary, make("p", {}, this.search, " ", this.count), make("div", { className: "scrolled", tabIndex: 0, role: "region", "aria-label": "list of files" }, make("table", {}, head, this.body)));
  }

  async load() {
    const answer = await this.transport.get("files");
    this.files = JSON.parse(new TextDecoder().decode(answer));
    this.lines = this.files.map((file, number) => this.line(file, number));
    this.body.replaceChildren(...this.lines);
    this.element.open = this.files.length > 1 && this.current < 0;
    this.filter();
    return this.files;
  }

  line(file, number) {
    const open = make("button", { type: "button", title: file.source, onclick: () => this.onOpen(number) }, file.name);
    return make("tr", {}, make("td", {}, open), ...HEADS.slice(1).map(() => make("td", {})));
  }

  // Facts of each file arrive one after the other; a file that cannot be read says so in its line.
  async describe() {
    for (const [number, line] of this.lines.entries()) {
      let cells;
      try {
        const about = JSON.parse(new TextDecoder().decode(await this.transport.get(`about/${number}`)));
        cells = HEADS.slice(1).map((name) => about[name] ?? "");
      } catch (error) {
        cells = HEADS.slice(1).map((_, place) => (place ? "" : error.message.split("\n")[0]));
      }
      cells.forEach((words, place) => { line.children[place + 1].textContent = words; });
    }
    this.filter();
  }

  filter() {
    const words = this.search.value.toLowerCase();
    for (const line of this.lines) line.hidden = !line.textContent.toLowerCase().includes(words);
    const shown = this.lines.filter((line) => !line.hidden).length;
    this.count.textContent = `${shown} of ${this.lines.length} files`;
  }

  mark(number) {
    this.current = number;
    this.lines.forEach((line, place) => line.setAttribute("aria-current", String(place === number)));
  }
}
