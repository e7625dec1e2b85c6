// A ZIP archive of several files, as they are: numbers of several tracks in one download.
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});
const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const VERSION = 20;
const UTF8 = 0x0800;
// 1 January 1980, the first date of a ZIP: equal numbers give equal archives.
const DATE = 0x0021;

function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 255] ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}

// Little-endian numbers: [value, bytes] pairs.
function packed(...numbers) {
  const bytes = [];
  for (const [value, size] of numbers) for (let place = 0; place < size; place += 1) bytes.push(Math.floor(value / 256 ** place) & 255);
  return Uint8Array.from(bytes);
}

// A Blob of [name, Uint8Array] pairs; names are made different.
export function zipOf(files) {
  const parts = [];
  const directory = [];
  let place = 0;
  for (const [name, content] of differentNames(files)) {
    const title = new TextEncoder().encode(name);
    const about = [[VERSION, 2], [UTF8, 2], [0, 2], [0, 2], [DATE, 2], [crc32(content), 4], [content.length, 4], [content.length, 4], [title.length, 2], [0, 2]];
    const head = packed([LOCAL, 4], ...about);
    parts.push(head, title, content);
    directory.push(packed([CENTRAL, 4], [VERSION, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [place, 4]), title);
    place += head.length + title.length + content.length;
  }
  const size = directory.reduce((total, part) => total + part.length, 0);
  return new Blob([...parts, ...directory, packed([END, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [place, 4], [0, 2])], { type: "application/zip" });
}

function differentNames(files) {
  const used = new Map();
  return files.map(([name, content]) => {
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return [count === 1 ? name : name.replace(/(\.[^.]*)?$/, `_${count}$1`), content];
  });
}
