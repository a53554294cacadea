import assert from "node:assert/strict";
import { test } from "node:test";

import { scale, show, tidy } from "../page/scale.js";

test("each scale begins at its lowest value, ends at its highest, and goes back", () => {
  for (const [kind, min, max, first] of [["log", 1e-5, 10, 1e-5], ["log0", 1e-6, 1, 0], ["oneminus", 0, 0.9999, 0], ["linear", -1, 3, -1]]) {
    const { value, position } = scale(kind, min, max);
    assert.ok(Math.abs(value(0) - first) < 1e-12, `${kind} begins at ${value(0)}`);
    assert.ok(Math.abs(value(1) - max) < 1e-9, `${kind} ends at ${value(1)}`);
    for (const s of [0.1, 0.5, 0.9]) assert.ok(Math.abs(position(value(s)) - s) < 1e-9, `${kind} at ${s}`);
  }
});

test("values beyond a scale are at its ends", () => {
  assert.equal(scale("log", 1e-5, 10).position(0), 0);
  assert.equal(scale("log", 1e-5, 10).position(1e6), 1);
  assert.equal(scale("oneminus", 0, 0.999).position(1), 1);
});

test("a slider's values have few digits, near 1 those that count", () => {
  assert.equal(tidy(0.0012345), 0.0012);
  assert.equal(tidy(0.99871234), 0.9987);
  assert.equal(tidy(0.5678), 0.57);
  assert.equal(tidy(0), 0);
});

test("numbers are written for people", () => {
  assert.equal(show(0), "0");
  assert.equal(show(-0.0712345), "−0.07123");
  assert.equal(show(1234567), "1.23e6");
  assert.equal(show(1.5e-7), "1.50e−7");
  assert.equal(show(null), "not finite");
});
