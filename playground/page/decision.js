// Draws what a network thinks of the plane, and the points that it learns.

import { rgb } from "./plane.js";
import { color, themed } from "./theme.js";

/** Colours of the labels 0 and 1: orange and blue. */
const hues = [1, 0];

/**
 * @param {CanvasRenderingContext2D} context @param {number} size In CSS pixels, of a square.
 * @param {Float32Array} chances Of label 1, row 0 at the bottom, of as many rows as columns. @param {Object} points @param {number[]} window
 */
export function drawDecision(context, size, chances, points, window) {
  const side = Math.sqrt(chances.length);
  Object.assign(context, { imageSmoothingEnabled: true, imageSmoothingQuality: "high" });
  const margin = size / (side - 1) / 2; // the outermost values lie on the window's edges
  context.drawImage(shades(chances, side), -margin, -margin, size + 2 * margin, size + 2 * margin);
  context.strokeStyle = themed("ink");
  context.lineWidth = 2;
  context.stroke(boundary(chances, side, size));
  drawPoints(context, size, points, window);
}

/** @returns {OffscreenCanvas} A pixel for each chance. */
function shades(chances, side) {
  const picture = new OffscreenCanvas(side, side);
  const context = picture.getContext("2d");
  const image = context.createImageData(side, side);
  const ground = rgb(themed("card"));
  const inks = hues.map((hue) => rgb(color(hue)));
  chances.forEach((chance, i) => {
    const at = 4 * ((side - 1 - Math.floor(i / side)) * side + (i % side));
    const ink = inks[chance > 0.5 ? 1 : 0];
    const share = Number.isNaN(chance) ? 0 : 0.08 + 0.7 * Math.abs(chance - 0.5);
    for (let c = 0; c < 3; c++) image.data[at + c] = ground[c] + (ink[c] - ground[c]) * share;
    image.data[at + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  return picture;
}

/** @returns {Path2D} Where the chance is one half, by marching squares. */
function boundary(chances, side, size) {
  const way = new Path2D();
  const cell = size / (side - 1);
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const crossings = edges(chances, row * side + column, side);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const [[ax, ay], [bx, by]] = [crossings[i], crossings[i + 1]];
        way.moveTo((column + ax) * cell, size - (row + ay) * cell);
        way.lineTo((column + bx) * cell, size - (row + by) * cell);
      }
    }
  }
  return way;
}

const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** @returns {number[][]} Where the edges of the cell at i cross one half, going round. */
function edges(chances, i, side) {
  const values = [i, i + 1, i + side + 1, i + side].map((k) => chances[k] - 0.5);
  return corners.flatMap(([x, y], k) => {
    const [from, to] = [values[k], values[(k + 1) % 4]];
    if (!(from < 0 !== to < 0)) return [];
    const [nextX, nextY] = corners[(k + 1) % 4];
    const part = from / (from - to);
    return [[x + (nextX - x) * part, y + (nextY - y) * part]];
  });
}

function drawPoints(context, size, { x, y, label }, [x0, x1, y0, y1]) {
  context.strokeStyle = themed("halo");
  context.lineWidth = 1.4;
  label.forEach((which, i) => {
    const px = ((x[i] - x0) / (x1 - x0)) * size;
    const py = size - ((y[i] - y0) / (y1 - y0)) * size;
    const mark = new Path2D();
    if (which) mark.rect(px - 3.6, py - 3.6, 7.2, 7.2); // a shape too, for those who do not see the colour
    else mark.arc(px, py, 4.2, 0, 2 * Math.PI);
    context.fillStyle = color(hues[which]);
    context.fill(mark);
    context.stroke(mark);
  });
}
