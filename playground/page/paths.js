// Draws the runners' paths up to a moment, and what the next step is made of.

import { color, themed } from "./theme.js";

/**
 * @typedef {Object} Path As the library replies, with
 * @property {import("./state.js").Runner} runner whose it is.
 * @property {Object} [error]
 * @property {number[]} x @property {number[]} y @property {number[]} loss @property {number[]} gx @property {number[]} gy
 * @property {number[][]} evalX @property {number[][]} evalY @property {number[][]} evalGX @property {number[][]} evalGY
 * @property {(?number)[]} rateX @property {(?number)[]} rateY
 * @property {Object<string, {x: number[], y: number[]}>} states @property {boolean} diverged
 * @property {number[]} [resultX] @property {number[]} [resultY] What a rule that averages its weights is judged by.
 */

/** From so many steps on, they have no dots of their own. */
const crowd = 700;

/** @param {Path} path @param {number} moment @returns {number[]} Where the path is then. */
export function position(path, moment) {
  const k = Math.min(Math.floor(moment), path.x.length - 1);
  const next = Math.min(k + 1, path.x.length - 1);
  const part = Math.min(moment - k, 1);
  return [path.x[k] + (path.x[next] - path.x[k]) * part, path.y[k] + (path.y[next] - path.y[k]) * part];
}

/**
 * @param {CanvasRenderingContext2D} context @param {import("./plane.js").Plane} plane @param {Path} path
 * @param {number} moment @param {boolean} chosen
 */
export function drawPath(context, plane, path, moment, chosen) {
  const ink = color(path.runner.color);
  const [hx, hy] = position(path, moment);
  const shown = Math.min(Math.floor(moment), path.x.length - 1);
  const way = new Path2D();
  const dots = new Path2D();
  for (let k = 0; k <= shown; k++) {
    const [x, y] = pixel(plane, path.x[k], path.y[k]);
    way.lineTo(x, y);
    if (path.x.length > crowd) continue;
    dots.moveTo(x, y);
    dots.arc(x, y, chosen ? 2.4 : 1.8, 0, 2 * Math.PI);
  }
  way.lineTo(...pixel(plane, hx, hy));
  Object.assign(context, { lineJoin: "round", lineCap: "round", globalAlpha: 1 });
  stroke(context, way, themed("halo"), chosen ? 5 : 3.6, 0.7);
  stroke(context, way, ink, chosen ? 2.6 : 1.8, 1);
  context.fillStyle = ink;
  context.fill(dots);
}

/** Draws where the path is at the moment, and the arrows of its next step. */
export function drawHead(context, plane, path, moment, chosen) {
  const ink = color(path.runner.color);
  const k = Math.min(Math.floor(moment), path.x.length - 1);
  const [x, y] = pixel(plane, ...position(path, moment));
  const moving = k < path.x.length - 1;
  if (moving && chosen) drawGradients(context, plane, path, k);
  if (moving) {
    const [dx, dy] = [path.x[k + 1] - path.x[k], path.y[k + 1] - path.y[k]];
    arrow(context, x, y, ...length(dx, -dy, plane.scale, chosen), ink, chosen ? 2.8 : 2.2, []);
  }
  disc(context, x, y, chosen ? 7 : 5.5, ink);
  if (path.resultX) square(context, ...pixel(plane, path.resultX[k], path.resultY[k]), ink);
  if (path.diverged && !moving) cross(context, x, y, ink);
}

/** The gradients that the step from point k is made of, where they were taken: elsewhere for a rule that looks ahead. */
function drawGradients(context, plane, path, k) {
  const [x, y] = pixel(plane, path.x[k], path.y[k]);
  path.evalX[k].forEach((_, i) => {
    const [ex, ey] = pixel(plane, path.evalX[k][i], path.evalY[k][i]);
    const ink = themed("ink");
    if (Math.hypot(ex - x, ey - y) > 1) {
      const way = new Path2D();
      way.moveTo(x, y);
      way.lineTo(ex, ey);
      context.setLineDash([2, 4]);
      stroke(context, way, ink, 1.4, 1);
      context.setLineDash([]);
      const ring = new Path2D();
      ring.arc(ex, ey, 6, 0, 2 * Math.PI);
      stroke(context, ring, themed("halo"), 4, 0.8);
      stroke(context, ring, ink, 1.8, 1);
    }
    arrow(context, ex, ey, ...length(-path.evalGX[k][i], path.evalGY[k][i], 6, true), ink, 1.8, [4, 3]);
  });
}

/** @returns {number[]} An arrow's pixels: the logarithm of the length, so that large and small ones are seen; 0 where nothing moves. */
function length(dx, dy, scale, chosen) {
  const size = Math.hypot(dx, dy) * scale;
  if (!(size > 1e-6)) return [0, 0];
  const long = Math.min(14 + 11 * Math.log1p(size), chosen ? 90 : 60);
  return [(dx * scale * long) / size, (dy * scale * long) / size];
}

function arrow(context, x, y, dx, dy, ink, weight, dash) {
  const size = Math.hypot(dx, dy);
  if (!size) return;
  const [ux, uy] = [dx / size, dy / size];
  const tip = 5 + weight;
  const shaft = new Path2D();
  shaft.moveTo(x, y);
  shaft.lineTo(x + dx - ux * tip, y + dy - uy * tip);
  const head = new Path2D();
  head.moveTo(x + dx, y + dy);
  head.lineTo(x + dx - ux * tip * 1.5 - uy * tip * 0.7, y + dy - uy * tip * 1.5 + ux * tip * 0.7);
  head.lineTo(x + dx - ux * tip * 1.5 + uy * tip * 0.7, y + dy - uy * tip * 1.5 - ux * tip * 0.7);
  head.closePath();
  stroke(context, shaft, themed("halo"), weight + 2.5, 0.8);
  stroke(context, head, themed("halo"), 2.5, 0.8);
  context.setLineDash(dash);
  stroke(context, shaft, ink, weight, 1);
  context.setLineDash([]);
  context.fillStyle = ink;
  context.fill(head);
}

/** Draws a surface's lowest points. */
export function drawMinima(context, plane, minima) {
  for (const [x, y] of minima) {
    const star = new Path2D();
    const [px, py] = pixel(plane, x, y);
    for (let i = 0; i < 10; i++) {
      const radius = i % 2 ? 3.4 : 8;
      star.lineTo(px + radius * Math.sin((i * Math.PI) / 5), py - radius * Math.cos((i * Math.PI) / 5));
    }
    star.closePath();
    stroke(context, star, themed("halo"), 3, 0.9);
    context.fillStyle = themed("ink");
    context.fill(star);
  }
}

function disc(context, x, y, radius, ink) {
  const round = new Path2D();
  round.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = ink;
  context.fill(round);
  stroke(context, round, themed("halo"), 2, 1);
}

function square(context, x, y, ink) {
  const outline = new Path2D();
  outline.rect(x - 5, y - 5, 10, 10);
  stroke(context, outline, themed("halo"), 4, 0.8);
  stroke(context, outline, ink, 2, 1);
}

function cross(context, x, y, ink) {
  const lines = new Path2D(`M${x - 9} ${y - 9}l18 18m0 -18l-18 18`);
  stroke(context, lines, ink, 3, 1);
}

function stroke(context, way, ink, weight, alpha) {
  context.strokeStyle = ink;
  context.lineWidth = weight;
  context.globalAlpha = alpha;
  context.stroke(way);
  context.globalAlpha = 1;
}

/** A pixel, not so far off that a canvas would lose it. */
function pixel(plane, x, y) {
  const bound = (p) => Math.min(20000, Math.max(-20000, p));
  return [bound(plane.px(x)), bound(plane.py(y))];
}
