// The part of a canvas that tracks draw with, as SVG: the same functions draw both.

const escapeText = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
const short = (number) => String(Math.round(number * 100) / 100);

export class SvgCanvas {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], path: [], fillStyle: "#000", strokeStyle: "#000", lineWidth: 1 });
    Object.assign(this, { globalAlpha: 1, font: "11px sans-serif", textAlign: "left", textBaseline: "alphabetic" });
  }

  get fill_() {
    return `fill="${escapeText(this.fillStyle)}"${this.globalAlpha < 1 ? ` fill-opacity="${this.globalAlpha}"` : ""}`;
  }

  get stroke_() {
    return `fill="none" stroke="${escapeText(this.strokeStyle)}" stroke-width="${this.lineWidth}"`;
  }

  fillRect(x, y, width, height) {
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ${this.fill_}/>`);
  }

  strokeRect(x, y, width, height) {
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ${this.stroke_}/>`);
  }

  beginPath() {
    this.path = [];
  }

  moveTo(x, y) {
    if (Number.isFinite(x + y)) this.path.push(`M${short(x)} ${short(y)}`);
  }

  lineTo(x, y) {
    if (Number.isFinite(x + y)) this.path.push(`${this.path.length ? "L" : "M"}${short(x)} ${short(y)}`);
  }

  closePath() {
    this.path.push("Z");
  }

  stroke() {
    this.parts.push(`<path d="${this.path.join("")}" ${this.stroke_}/>`);
  }

  fill() {
    this.parts.push(`<path d="${this.path.join("")}" ${this.fill_}/>`);
  }

  fillText(text, x, y) {
    this.parts.push(this.text(text, x, y, this.fill_));
  }

  strokeText(text, x, y) {
    this.parts.push(this.text(text, x, y, `${this.stroke_} stroke-linejoin="round"`));
  }

  text(text, x, y, style) {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const size = parseFloat(this.font);
    const down = { middle: size * 0.35, top: size * 0.85, bottom: -size * 0.2 }[this.textBaseline] ?? 0;
    return `<text x="${short(x)}" y="${short(y + down)}" font-family="system-ui, sans-serif" font-size="${size}" text-anchor="${anchor}" ${style}>${escapeText(text)}</text>`;
  }

  measureText(text) {
    return { width: text.length * parseFloat(this.font) * 0.55 };
  }

  // Bitmaps of heatmaps are put in as pictures; the part drawn is cut out.
  drawImage(bitmap, fromX, fromY, fromWidth, fromHeight, x, y, width, height) {
    this.parts.push({ bitmap, from: [fromX, fromY, fromWidth, fromHeight], to: [x, y, width, height] });
  }

  // The drawing as the content of a group; pictures are made while it is written.
  async content() {
    const parts = await Promise.all(this.parts.map((part) => (typeof part === "string" ? part : pictureOf(part))));
    return parts.join("\n");
  }
}

async function pictureOf({ bitmap, from, to }) {
  const cut = new OffscreenCanvas(Math.max(from[2], 1), Math.max(from[3], 1));
  cut.getContext("2d").drawImage(bitmap, ...from, 0, 0, cut.width, cut.height);
  const bytes = new Uint8Array(await (await cut.convertToBlob({ type: "image/png" })).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  const [x, y, width, height] = to.map(short);
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${btoa(letters)}"/>`;
}

// A whole SVG file of groups, each moved down to its place and cut at its edges.
export async function svgFile(width, height, background, groups) {
  const parts = [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`];
  parts.push(`<rect width="${width}" height="${height}" fill="${escapeText(background)}"/>`);
  for (const [number, { canvas, left, top }] of groups.entries()) {
    parts.push(`<clipPath id="cut${number}"><rect width="${short(canvas.width)}" height="${short(canvas.height)}"/></clipPath>`);
    parts.push(`<g transform="translate(${short(left)} ${short(top)})" clip-path="url(#cut${number})">${await canvas.content()}</g>`);
  }
  return `${parts.join("\n")}\n</svg>\n`;
}
