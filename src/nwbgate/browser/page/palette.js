// Colours: Okabe and Ito's for categories, cividis for values, and those of the page by theme.

// Okabe, M. & Ito, K. (2008), Color Universal Design; yellow last, as it needs an outline on white.
export const OKABE_ITO = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#7f7f7f", "#f0e442"];
const FIXED = {
  hit: "#009e73", miss: "#d55e00", "false alarm": "#cc79a7", "correct reject": "#0072b2", aborted: "#9a9a9a",
  "auto-rewarded": "#e69f00", earned: "#009e73", omitted: "", other: "#9a9a9a", 
};

// Colour of a category; the empty text for one that is drawn as an outline alone.
export function categoryColour(name, number) {
  if (name.startsWith("no image: ")) return FIXED.other;
  return Object.hasOwn(FIXED, name) ? FIXED[name] : OKABE_ITO[number % OKABE_ITO.length];
}

// Points of cividis (Nunez, Anderton & Renslow 2018): perceptually uniform, the same to people with colour blindness.
const CIVIDIS = [
  [0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115],
  [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56],
];

// Colour of each byte as RGBA in one number; 0 is without a value and transparent.
export function heatColours() {
  const colours = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte += 1) {
    const place = ((byte - 1) / 254) * (CIVIDIS.length - 1);
    const below = Math.min(Math.floor(place), CIVIDIS.length - 2);
    const [red, green, blue] = [0, 1, 2].map((part) =>
      Math.round(CIVIDIS[below][part] + (CIVIDIS[below + 1][part] - CIVIDIS[below][part]) * (place - below)),
    );
    colours[byte] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  return colours;
}

const THEME_NAMES = ["text", "muted", "grid", "trace", "accent", "error", "warning", "surface", "outline"];

// Colours of the page as the style sheet gives them, for light or dark.
export function themeColours(root) {
  const style = getComputedStyle(root);
  return Object.fromEntries(THEME_NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}
