// Downloads: the window as a picture (PNG, SVG) or as numbers (CSV, Parquet), and the file itself.
import { SvgCanvas, svgFile } from "./canvas_svg.js";
import { blocksFor } from "./columns.js";
import { make } from "./dom.js";
import { rowsWithin } from "./draw_rows.js";
import { heightOf } from "./track_row.js";

const LABEL_WIDTH = 180;
const AXIS = 30;
const SPACE = 6;

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

// CSV of a track in a window, for exports without a server; numbers in the fewest digits that read back as themselves.
export async function csvOf(row, store, view, raw) {
  const lines = [];
  if (row.rows) {
    const [first, last] = rowsWithin(row.rows, view);
    lines.push(row.rows.stop ? "start_time_s,stop_time_s,category,label" : "start_time_s,category,label");
    for (let each = first; each < last; each += 1) {
      const stop = row.rows.stop ? [row.rows.stop[each]] : [];
      lines.push([row.rows.start[each], ...stop, quoted(row.rows.categories[row.rows.category[each]]), quoted(row.rows.label[each] ?? "")].join(","));
    }
    return `${lines.join("\n")}\n`;
  }
  const grid = await store.load(`grid/${row.name}`);
  if (!raw || grid.raw === false) throw new Error("this export holds extremes, not samples; export again with --with-samples");
  lines.push(`time_s,${quoted(row.track.unit ? `${row.track.name} (${row.track.unit})` : row.track.name)}`);
  for (const number of blocksFor(grid, raw, view)) {
    const block = await store.load(`raw/${row.name}/${number}`);
    block.values.forEach((value, sample) => {
      const time = block.times ? block.times[sample] : grid.start + (block.first + sample) * grid.period;
      if (time >= view.start && time <= view.stop) lines.push(`${time},${value === value ? value : ""}`);
    });
  }
  return `${lines.join("\n")}\n`;
}

function quoted(text) {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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

  pictures() {
    const button = (words, use) => make("button", { type: "button", onclick: () => use().catch((error) => this.say(error.message)) }, words);
    const { timeline } = this;
    return make(
      "p",
      {},
      "Picture of the window: ",
      button("PNG", async () => save(`${this.name}.png`, await pngOf(timeline, 1))),
      button("PNG 2\u00d7", async () => save(`${this.name}@2x.png`, await pngOf(timeline, 2))),
      button("SVG", async () => save(`${this.name}.svg`, await svgOf(timeline), "image/svg+xml")),
    );
  }

  // One line for each track that is shown.
  show() {
    const items = this.timeline.rows.map((row) => make("li", {}, `${row.track.group}: ${row.track.name} `, ...this.formats(row)));
    this.list.replaceChildren(make("p", {}, "Numbers of the window, as the file holds them:"), make("ul", {}, ...items));
  }

  formats(row) {
    if (this.transport.live) return ["csv", "parquet"].map((format) => this.liveFormat(row, format));
    if (row.track.kind === "heatmap") return ["(choose a cell)"];
    const use = async () => save(`${this.name}_${row.track.name}.csv`, await csvOf(row, this.store, this.timeline.view, this.doc.raw), "text/csv");
    return [make("button", { type: "button", onclick: () => use().catch((error) => this.say(error.message)) }, "CSV")];
  }

  liveFormat(row, format) {
    const use = async () => {
      const { start, stop } = this.timeline.view;
      const content = await this.transport.get(`${format}/${row.name}/${start.toFixed(9)}/${stop.toFixed(9)}`);
      save(`${this.name}_${row.track.name.replace(/[^\w-]+/g, "_")}.${format}`, new Blob([content]));
    };
    return make("button", { type: "button", "aria-label": `${format} of ${row.track.group} ${row.track.name}`, onclick: () => use().catch((error) => this.say(error.message)) }, format === "csv" ? "CSV" : "Parquet");
  }

  whole() {
    if (!this.transport.address) return null;
    return make("p", {}, make("a", { href: this.transport.address(`nwb/${this.file}`), download: this.doc.name }, "The NWB file itself"));
  }
}
