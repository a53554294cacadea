// Colours for what is drawn: those of theme.css, and the runners'.

/** Okabe and Ito's colours, which colour-blind people tell apart; on dark ground black becomes white and the darker ones lighter. */
const light = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#000000", "#a79b00"];
const dark = ["#3d9be0", "#e69f00", "#00b386", "#f0743a", "#d98fb8", "#8fd0f5", "#ffffff", "#f0e442"];

const night = matchMedia("(prefers-color-scheme: dark)");
const read = new Map();
night.addEventListener("change", () => read.clear());

/** @param {number} i @returns {string} A runner's colour. */
export const color = (i) => (night.matches ? dark : light)[i % light.length];

/** @param {() => void} listener Called when the theme changes. */
export const onTheme = (listener) => night.addEventListener("change", listener);

/** @param {string} name @returns {string} A colour of theme.css. */
export function themed(name) {
  if (!read.has(name)) read.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return read.get(name);
}
