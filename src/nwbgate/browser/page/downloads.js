// Downloads: the window as a picture (PNG, SVG) or as numbers (CSV, Parquet), and the file itself.
import { SvgCanvas, svgFile } from "./canvas_svg.js";
import { csvOf } from "./csv.js";
import { make } from "./dom.js";
import { heightOf } from "./track_row.js";
import { zipOf } from "./zip.js";

const LABEL_WIDTH = 180;
const AXIS = 30;
const SPACE = 6;
const TITLES = { csv: "CSV", parquet: "Parquet" };

export function save(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// Where each track stands in a picture, with its label beside it.
function layout(timeline) {
  let top = AXIS;
  const places = timeline.rows.map((row) => {
    const size = { width: timeline.width, height: heightOf(row.track, row.rows) };
    const place = { row, size, top };
    top += size.height + SPACE;
    return place;
  });
  return { places, width: LABEL_WIDTH + timeline.width, height: top };
}

function drawLabel(canvas, row, height, theme) {
  canvas.font = "12px system-ui, sans-serif";
  canvas.textAlign = "left";
  canvas.textBaseline = "top";
  canvas.fillStyle = theme.text;
  canvas.fillText(row.track.unit ? `${row.track.name} (${row.track.unit})` : row.track.name, 6, 4);
  canvas.fillStyle = theme.muted;
  if (height >= 36) canvas.fillText(row.track.group, 6, 20);
}

export async function pngOf(timeline, ratio) {
  await timeline.complete();
  const theme = timeline.themed();
  const { places, width, height } = layout(timeline);
  const picture = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
  const canvas = picture.getContext("2d");
  canvas.scale(ratio, ratio);
  canvas.fillStyle = theme.surface;
  canvas.fillRect(0, 0, width, height);
  const drawAt = (left, top, size, use) => {
    canvas.save();
    canvas.translate(left, top);
    canvas.beginPath();
    canvas.rect(0, 0, size.width, size.height);
    canvas.clip();
    use(canvas);
    canvas.restore();
  };
  const axis = { width: timeline.width, height: AXIS - 4 };
  drawAt(LABEL_WIDTH, 0, axis, (context) => timeline.drawAxis(context, axis, theme));
  for (const { row, size, top } of places) {
    drawAt(0, top, { width: LABEL_WIDTH, height: size.height }, (context) => drawLabel(context, row, size.height, theme));
    drawAt(LABEL_WIDTH, top, size, (context) => {
      timeline.drawGrid(context, size, theme);
      row.draw(context, timeline.view, size, theme);
    });
  }
  return picture.convertToBlob({ type: "image/png" });
}

export async function svgOf(timeline) {
  await timeline.complete();
  const theme = timeline.themed();
  const { places, width, height } = layout(timeline);
  const groups = [];
  const group = (left, top, size, use) => {
    const canvas = new SvgCanvas(size.width, size.height);
    use(canvas);
    groups.push({ canvas, left, top });
  };
  const axis = { width: timeline.width, height: AXIS - 4 };
  group(LABEL_WIDTH, 0, axis, (canvas) => timeline.drawAxis(canvas, axis, theme));
  for (const { row, size, top } of places) {
    group(0, top, { width: LABEL_WIDTH, height: size.height }, (canvas) => drawLabel(canvas, row, size.height, theme));
    group(LABEL_WIDTH, top, size, (canvas) => {
      timeline.drawGrid(canvas, size, theme);
      row.draw(canvas, timeline.view, size, theme);
    });
  }
  return svgFile(width, height, theme.surface, groups);
}

export class Downloads {
  constructor({ timeline, store, doc, file, transport, say }) {
    Object.assign(this, { timeline, store, doc, file, transport, say });
    this.list = make("div", {});
    this.element = make("section", {}, this.pictures(), this.list, this.whole());
  }

  get name() {
    return this.doc.name.replace(/\.nwb$/i, "");
  }

  // A button that says on the page what went wrong.
  button(words, use, label = words) {
    return make("button", { type: "button", "aria-label": label, onclick: () => use().catch((error) => this.say(error.message)) }, words);
  }

  pictures() {
    const { timeline } = this;
    return make(
      "p",
      {},
      "Picture of the window: ",
      this.button("PNG", async () => save(`${this.name}.png`, await pngOf(timeline, 1))),
      this.button("PNG 2\u00d7", async () => save(`${this.name}@2x.png`, await pngOf(timeline, 2))),
      this.button("SVG", async () => save(`${this.name}.svg`, await svgOf(timeline), "image/svg+xml")),
    );
  }

  // Parquet is written by a server or a notebook only.
  get formats() {
    return this.transport.live ? ["csv", "parquet"] : ["csv"];
  }

  // One line for each track that is shown, and one for all of them.
  show() {
    const title = ({ track }) => `${track.group} ${track.name}`;
    const one = (row) => this.formats.map((format) => this.button(TITLES[format], async () => save(this.fileName(row, format), new Blob([await this.content(row, format)])), `${format} of ${title(row)}`));
    const items = this.timeline.rows.map((row) => make("li", {}, `${row.track.group}: ${row.track.name} `, ...one(row)));
    const all = this.formats.map((format) => this.button(TITLES[format], () => this.saveAll(format), `${format} of all tracks, as one zip`));
    this.list.replaceChildren(make("p", {}, "Numbers of the window, as the file holds them:"), make("ul", {}, ...items), make("p", {}, "All these tracks, one table each in a zip: ", ...all));
  }

  fileName(row, format) {
    return `${this.name}_${`${row.track.group}_${row.track.name}`.replace(/[^\w-]+/g, "_")}.${format}`;
  }

  async content(row, format) {
    const { view } = this.timeline;
    if (!this.transport.live) return new TextEncoder().encode(await csvOf(row, this.store, view, this.doc.raw));
    return new Uint8Array(await this.transport.get(`${format}/${row.name}/${view.start.toFixed(9)}/${view.stop.toFixed(9)}`));
  }

  async saveAll(format) {
    const files = [];
    for (const row of this.timeline.rows) files.push([this.fileName(row, format), await this.content(row, format)]);
    save(`${this.name}_${format}.zip`, zipOf(files));
  }

  // The file comes from the server, or lies beside an export.
  whole() {
    const address = this.transport.address?.(`nwb/${this.file}`) ?? this.doc.beside;
    return address ? make("p", {}, make("a", { href: address, download: this.doc.name }, "The NWB file itself")) : null;
  }
}
