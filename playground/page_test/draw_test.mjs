import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.matchMedia = () => ({ matches: false, addEventListener() {} }); // theme.js asks for it
globalThis.document = {};
const { enlarge } = await import("../page/contour.js");
const { range } = await import("../page/marked.js");
const { nearest } = await import("../page/hover.js");
const { position } = await import("../page/paths.js");
const { Plane } = await import("../page/plane.js");

const packed = (numbers) => Buffer.from(Float32Array.from(numbers).buffer).toString("base64");

test("a plane shows its window whole, with one scale, and goes back", () => {
  const plane = new Plane([-2, 2, -1, 3], 800, 400);
  assert.equal(plane.scale, 100);
  assert.deepEqual(plane.window, [-4, 4, -1, 3]);
  assert.deepEqual(plane.at(plane.px(1), plane.py(2)), [1, 2]);
});

test("enlarging a grid keeps a linear function (but for its edges), the top row first", () => {
  const values = [0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33]; // x + 10y
  const big = enlarge({ nx: 4, ny: 4, values: packed(values) }, 12, 12);
  const at = (x, y) => big[y * 12 + x];
  assert.ok(at(0, 0) > 25 && at(11, 11) < 8, "the top is where y is large");
  const steps = [4, 5, 6].map((x) => at(x + 1, 6) - at(x, 6));
  for (const step of steps) assert.ok(Math.abs(step - 3 / 12) < 1e-5, `a step of ${step}`);
});

test("a mistake's place counts characters, not code units", () => {
  assert.deepEqual(range("a\nlr = 𝛽 + x", { line: 2, column: 10, length: 1 }), [12, 13]);
  assert.deepEqual(range("w = ", { line: 1, column: 5, length: 1 }), [4, 4]);
});

test("the nearest point is found among those that there are already", () => {
  const plane = new Plane([0, 10, 0, 10], 1000, 1000);
  const paths = [{ x: [1, 2, 3], y: [1, 1, 1] }, { error: {} }, { x: [9, 3.05], y: [9, 1] }];
  assert.deepEqual(nearest(paths, plane, 306, 900, 2), { i: 2, k: 1 });
  assert.deepEqual(nearest(paths, plane, 300, 900, 0), null);
  assert.equal(nearest(paths, plane, 500, 500, 2), null);
});

test("between steps a path is between their points, after its end at it", () => {
  const path = { x: [0, 1, 3], y: [0, 2, 2] };
  assert.deepEqual(position(path, 1.5), [2, 2]);
  assert.deepEqual(position(path, 9), [3, 2]);
  assert.deepEqual(position(path, Infinity), [3, 2]);
});
