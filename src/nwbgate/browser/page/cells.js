// Images of a plane with the outlines of its cells; a click on a cell finds its row, and the other way round.
import { choice, make, makeTable, sharpContext } from "./dom.js";

const WIDTH = 320;

export class Cells {
  constructor({ store, doc, file, themed, onCell }) {
    Object.assign(this, { store, doc, file, themed, onCell, plane: 0, image: 0, chosen: new Set() });
    this.canvas = make("canvas", { role: "img", "aria-label": "image of the plane with the outlines of its cells", className: "plane" });
    this.body = make("div", {});
    this.element = make("section", { className: "cells" }, this.body);
    this.canvas.addEventListener("click", (event) => this.click(event));
    this.show(0);
  }

  show(plane) {
    this.plane = plane;
    if (!this.doc.planes.length) {
      this.body.replaceChildren(make("p", {}, "This file has no imaging plane."));
      return;
    }
    const planes = choice("Plane", this.doc.planes.map((each) => each.name), (number) => this.show(number), plane);
    this.images = make("span", {});
    this.list = make("div", { className: "scrolled", tabIndex: 0, role: "region", "aria-label": "cells of the plane" });
    this.body.replaceChildren(planes, this.images, this.canvas, this.list);
    this.listCells();
    this.store.load(`plane/${this.file}/${plane}`).then((content) => this.arrived(plane, content)).catch(() => {});
  }

  arrived(plane, content) {
    if (plane !== this.plane) return;
    this.content = content;
    const names = Object.keys(content.images);
    this.image = Math.min(this.image, Math.max(names.length - 1, 0));
    if (names.length) this.images.replaceChildren(choice("Image", names, (number) => { this.image = number; this.draw(); }, this.image));
    this.draw();
  }

  listCells() {
    const { name, cells } = this.doc.planes[this.plane];
    const rows = cells.map((cell, number) => [
      make("button", { type: "button", "aria-pressed": String(this.chosen.has(`${this.plane}.${number}`)), onclick: () => this.onCell(this.plane, number) }, cell),
    ]);
    this.list.replaceChildren(makeTable(`Cells of ${name}: choose one to see its traces`, ["cell_roi_id"], rows));
  }

  // Marks the chosen cells: "plane.row" texts.
  choose(chosen) {
    this.chosen = chosen;
    if (!this.list) return;
    [...this.list.querySelectorAll("button")].forEach((button, number) => button.setAttribute("aria-pressed", String(chosen.has(`${this.plane}.${number}`))));
    this.draw();
  }

  draw() {
    const { content } = this;
    if (!content || !content.size[0]) return;
    const [rows, columns] = content.size;
    const scale = WIDTH / columns;
    this.canvas.style.width = `${WIDTH}px`;
    const canvas = sharpContext(this.canvas, WIDTH, rows * scale);
    const name = Object.keys(content.images)[this.image];
    if (name) canvas.drawImage(grayBitmap(content[name], ...content.images[name]), 0, 0, WIDTH, rows * scale);
    eachMask(content, (cell, box, inside) => {
      const chosen = this.chosen.has(`${this.plane}.${cell}`);
      canvas.strokeStyle = chosen ? "#ffb000" : "#6ec1ff";
      canvas.lineWidth = chosen ? 3 : 1.2;
      outline(canvas, box, inside, scale);
    });
  }

  click(event) {
    if (!this.content) return;
    const scale = this.content.size[1] / this.canvas.clientWidth;
    const [x, y] = [Math.floor(event.offsetX * scale), Math.floor(event.offsetY * scale)];
    let hit = -1;
    eachMask(this.content, (cell, [left, top, width, height], inside) => {
      if (x >= left && y >= top && x < left + width && y < top + height && inside(x - left, y - top)) hit = cell;
    });
    if (hit >= 0) this.onCell(this.plane, hit);
  }
}

// Calls with each mask: its number, its box, and a function that says whether a pixel of the box is inside.
export function eachMask(content, use) {
  let place = 0;
  const { boxes, bits } = content;
  for (let cell = 0; boxes && cell < boxes.length / 4; cell += 1) {
    const box = boxes.subarray(cell * 4, cell * 4 + 4);
    const [, , width, height] = box;
    const first = place;
    const inside = (x, y) => {
      if (x < 0 || y < 0 || x >= width || y >= height) return false;
      const bit = y * width + x;
      return ((bits[first + (bit >> 3)] >> (7 - (bit & 7))) & 1) === 1;
    };
    if (width) use(cell, box, inside);
    place += Math.ceil((width * height) / 8);
  }
}

function outline(canvas, [left, top, width, height], inside, scale) {
  canvas.beginPath();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!inside(x, y)) continue;
      const edges = [[!inside(x, y - 1), 0, 0, 1, 0], [!inside(x, y + 1), 0, 1, 1, 1], [!inside(x - 1, y), 0, 0, 0, 1], [!inside(x + 1, y), 1, 0, 1, 1]];
      for (const [open, fromX, fromY, toX, toY] of edges) {
        if (!open) continue;
        canvas.moveTo((left + x + fromX) * scale, (top + y + fromY) * scale);
        canvas.lineTo((left + x + toX) * scale, (top + y + toY) * scale);
      }
    }
  }
  canvas.stroke();
}

function grayBitmap(shades, rows, columns) {
  const picture = new ImageData(columns, rows);
  const pixels = new Uint32Array(picture.data.buffer);
  for (let number = 0; number < shades.length; number += 1) {
    const shade = shades[number];
    pixels[number] = (255 << 24) | (shade << 16) | (shade << 8) | shade;
  }
  const bitmap = new OffscreenCanvas(columns, rows);
  bitmap.getContext("2d").putImageData(picture, 0, 0);
  return bitmap;
}
