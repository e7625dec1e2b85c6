// Frames of image series at the time that is looked at, and pictures such as templates, with their contrast.
import { firstAtLeast, timeText } from "./axis.js";
import { choice, make, sharpContext } from "./dom.js";

const IMAGE_WIDTH = 330;
const SHADES = 1000;

export class Images {
  constructor({ store, doc, file, view, themed, onTime }) {
    Object.assign(this, { store, doc, file, view, themed, onTime, stack: 0, frame: 0, cursor: NaN, dark: 0, bright: SHADES });
    this.canvas = make("canvas", { role: "img", "aria-label": "frame of the chosen series", className: "plane" });
    this.body = make("div", {});
    this.element = make("section", { className: "images" }, this.body);
  }

  // Called when the tab is opened, and whenever the view has changed.
  show() {
    const { stacks } = this.doc;
    if (!stacks.length) this.body.replaceChildren(make("p", {}, "This file has no image series and no pictures."));
    else if (this.built !== this.stack) this.build(stacks[this.stack]);
    else this.follow();
  }

  build(stack) {
    this.built = this.stack;
    this.frame = 0;
    const which = choice("Images of", this.doc.stacks.map(({ name }) => name), (number) => { this.stack = number; this.show(); }, this.stack);
    this.body.replaceChildren(which, ...this.parts(stack));
    this.follow();
  }

  parts(stack) {
    if (stack.external.length) return [make("p", {}, `The frames are outside of the NWB file: ${stack.external.join(", ")}. Open them with a video player.`)];
    if (stack.absent) return [make("p", {}, "The frames are not in this export. Run nwbgate browse with the NWB file to see them.")];
    const last = stack.frames - 1;
    const number = (event) => this.pick(Number(event.target.value));
    this.slider = make("input", { type: "range", min: 0, max: last, value: 0, "aria-label": "frame", oninput: number });
    this.number = make("input", { type: "number", min: 0, max: last, value: 0, "aria-label": "number of the frame", onchange: number });
    this.caption = make("p", { role: "status" });
    const limit = (name, words) => make("label", {}, `${words} `, make("input", { type: "range", min: 0, max: SHADES, value: this[name], oninput: (event) => { this[name] = Number(event.target.value); this.draw(); } }));
    const pictures = stack.names.length ? choice("Picture", stack.names, (picked) => this.pick(picked), 0) : make("p", {}, "Frame ", this.number, ` of 0 to ${last} `, this.slider);
    return [pictures, this.caption, this.canvas, limit("dark", "black below"), limit("bright", "white above")];
  }

  get timed() {
    const stack = this.doc.stacks[this.stack];
    return stack.timed && stack.frames > 0 && !stack.absent;
  }

  // The time that was clicked, or the middle of the window once that is out of view.
  get time() {
    const { start, stop } = this.view;
    return this.cursor >= start && this.cursor <= stop ? this.cursor : (start + stop) / 2;
  }

  // Shows the frame at the time that is looked at.
  async follow() {
    if (this.timed) {
      const clock = await this.store.load(`times/${this.file}/${this.stack}`).catch(() => null);
      if (clock) this.frame = frameAt(clock, this.time, this.doc.stacks[this.stack].frames);
    }
    this.draw();
  }

  // A frame that was chosen by its number; the window moves to its time.
  async pick(number) {
    this.frame = Math.min(Math.max(number || 0, 0), this.doc.stacks[this.stack].frames - 1);
    if (!this.timed) return this.draw();
    const clock = await this.store.load(`times/${this.file}/${this.stack}`);
    this.cursor = timeOf(clock, this.frame);
    return this.onTime(this.cursor);
  }

  async draw() {
    const { frame, stack, file } = this;
    const about = this.doc.stacks[stack];
    if (!about?.frames || about.absent) return;
    const content = await this.store.load(`frame/${file}/${stack}/${frame}`).catch(() => null);
    if (!content || frame !== this.frame || stack !== this.stack) return;
    this.slider.value = this.number.value = frame;
    const clock = this.timed ? this.store.cached(`times/${file}/${stack}`) : null;
    const [rows, columns] = content.size;
    const name = about.names[frame] ?? `frame ${frame}`;
    this.caption.textContent = `${name}${clock ? ` at ${timeText(timeOf(clock, frame), 10)} s` : ""}, ${content.colours > 1 ? "colours" : `values ${content.low} to ${content.high}`}`;
    this.canvas.setAttribute("aria-label", this.caption.textContent);
    const height = (IMAGE_WIDTH * rows) / columns;
    this.canvas.style.width = `${IMAGE_WIDTH}px`;
    const canvas = sharpContext(this.canvas, IMAGE_WIDTH, height);
    canvas.imageSmoothingEnabled = columns > IMAGE_WIDTH;
    canvas.drawImage(this.bitmap(content, rows, columns), 0, 0, IMAGE_WIDTH, height);
  }

  bitmap(content, rows, columns) {
    const range = content.high - content.low || 1;
    const limits = [this.dark, this.bright].map((part) => content.low + (range * part) / SHADES);
    const picture = new ImageData(shadesOf(content, ...limits), columns, rows);
    const bitmap = new OffscreenCanvas(columns, rows);
    bitmap.getContext("2d").putImageData(picture, 0, 0);
    return bitmap;
  }
}

// Bytes of red, green, blue and opacity; values up to `dark` are black, from `bright` on white.
export function shadesOf({ pixels, colours }, dark, bright) {
  const count = pixels.length / colours;
  const bytes = new Uint8ClampedArray(count * 4);
  const scale = 255 / (bright - dark || 1);
  for (let pixel = 0; pixel < count; pixel += 1) {
    for (let part = 0; part < 3; part += 1) bytes[pixel * 4 + part] = (pixels[pixel * colours + (colours > 1 ? part : 0)] - dark) * scale;
    bytes[pixel * 4 + 3] = 255;
  }
  return bytes;
}

// Number of the last frame at or before a time; the first one before all.
export function frameAt(clock, time, frames) {
  const next = clock.period === null ? firstAtLeast(clock.times, time) : Math.ceil((time - clock.start) / clock.period);
  const isExact = next < frames && timeOf(clock, next) <= time;
  return Math.min(Math.max(isExact ? next : next - 1, 0), frames - 1);
}

export function timeOf(clock, frame) {
  return clock.period === null ? clock.times[frame] : clock.start + frame * clock.period;
}
