// The picture behind the paths: bands of equal height and the lines between them.

import { floats, rgb } from "./plane.js";

/**
 * @typedef {Object} Grid As the library replies: row 0 at the bottom.
 * @property {number} nx @property {number} ny @property {string} values Base64 of float32. @property {number[]} levels
 *
 * @typedef {Object} Look Colours as #rrggbb.
 * @property {string} low @property {string} high @property {string} line
 */

/**
 * @param {Grid} grid @param {number} width @param {number} height In device pixels. @param {number} weight Of a line, in device pixels.
 * @param {Look} look
 * @returns {OffscreenCanvas}
 */
export function contours(grid, width, height, weight, look) {
  const picture = new OffscreenCanvas(width, height);
  const context = picture.getContext("2d");
  const image = context.createImageData(width, height);
  const colors = bands(grid.levels.length, look);
  const line = rgb(look.line);
  const values = enlarge(grid, width, height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const value = values[i];
      const band = above(grid.levels, value);
      const slope = Math.hypot(value - values[x ? i - 1 : i + 1], value - values[y ? i - width : i + width]);
      const near = Math.min(value - (grid.levels[band - 1] ?? -Infinity), (grid.levels[band] ?? Infinity) - value);
      const share = 0.75 * Math.min(1, Math.max(0, 0.5 + weight / 2 - near / slope)) || 0;
      paint(image.data, 4 * i, colors[band], line, share);
    }
  }
  context.putImageData(image, 0, 0);
  return picture;
}

function paint(data, at, color, line, share) {
  for (let c = 0; c < 3; c++) data[at + c] = color[c] + (line[c] - color[c]) * share;
  data[at + 3] = 255;
}

/** @returns {number[][]} A colour for each band, from below the first level to above the last. */
function bands(levels, look) {
  const [low, high] = [rgb(look.low), rgb(look.high)];
  return Array.from({ length: levels + 1 }, (_, i) => low.map((c, k) => c + ((high[k] - c) * i) / (levels || 1)));
}

/** @returns {number} How many levels value is above; all, where it is not finite. */
function above(levels, value) {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < levels[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @returns {Float32Array} The grid's values at every pixel, row 0 on top, by cubics through its points (Catmull and Rom's). */
export function enlarge({ nx, ny, values }, width, height) {
  const from = floats(values);
  const wide = new Float32Array(width * ny);
  stretch(from, nx, 1, wide, width, 1, ny, nx, width);
  const to = new Float32Array(width * height);
  stretch(wide, ny, width, to, height, width, width, 1, 1);
  for (let y = 0; y < height >> 1; y++) swap(to, y * width, (height - 1 - y) * width, width);
  return to;
}

/**
 * Stretches lines of n numbers, which lie step apart, to m. There are as many lines as lines says; the first numbers of two neighbours
 * lie fromNext and toNext apart.
 */
function stretch(from, n, step, to, m, toStep, lines, fromNext, toNext) {
  for (let i = 0; i < m; i++) {
    const u = ((i + 0.5) / m) * (n - 1);
    const k = Math.min(n - 2, Math.floor(u));
    const [a, b, c, d] = weights(u - k);
    const at = [k - 1, k, k + 1, k + 2].map((j) => Math.min(n - 1, Math.max(0, j)) * step);
    for (let line = 0; line < lines; line++) {
      const base = line * fromNext;
      to[i * toStep + line * toNext] = a * from[base + at[0]] + b * from[base + at[1]] + c * from[base + at[2]] + d * from[base + at[3]];
    }
  }
}

/** @returns {number[]} What four neighbours weigh at a part of the way from the second to the third. */
function weights(p) {
  return [((2 - p) * p - 1) * p, (3 * p - 5) * p * p + 2, ((4 - 3 * p) * p + 1) * p, (p - 1) * p * p].map((w) => w / 2);
}

function swap(values, a, b, n) {
  const row = values.slice(a, a + n);
  values.copyWithin(a, b, b + n);
  values.set(row, b);
}
