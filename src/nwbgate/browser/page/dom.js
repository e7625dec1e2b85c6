// Elements of the page; texts of files are always put in as text, never as HTML.

// An element with properties, attributes (aria-..., data-...) and children.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role" || name === "for" || name === "scope") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// A table with a header; cells are texts or elements.
export function makeTable(caption, heads, rows) {
  return make(
    "table",
    {},
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", { className: /^-?[\d.]+$/.test(cell) ? "number" : "" }, cell))))),
  );
}

// A canvas as sharp as the screen, cleared; sizes are those of the layout.
export function sharpContext(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export function choice(label, names, onPick, chosen = 0) {
  const select = make("select", { "aria-label": label, onchange: () => onPick(select.selectedIndex) }, ...names.map((name) => make("option", {}, name)));
  select.selectedIndex = chosen;
  return make("label", {}, `${label} `, select);
}
