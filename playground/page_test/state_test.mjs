import assert from "node:assert/strict";
import { test } from "node:test";

import { fromHash, initial, mostSteps, runner, toHash } from "../page/state.js";

test("a first visit needs no address", () => {
  assert.equal(toHash(initial()), "");
  assert.deepEqual(fromHash(""), initial());
});

test("what an address says comes back, formulas too", () => {
  const state = initial();
  Object.assign(state, { view: "network", surface: "x^2 + 10*y^2", start: [-1.5, 0.25], at: 40, chosen: 1, noise: 0.3, updates: 200 });
  state.runners = [runner("sgd", "sgd", { lr: 0.5 }, 4), { ...runner("adam (edited)", "adam", { lr: 1e-8 }, 7), text: "hyper lr = 1\n# ~;:,=&%#@'\nw = w - lr*g" }];
  state.learner = runner("a@b", "~x:y;z", {}, 2);
  assert.deepEqual(fromHash(`#${toHash(state)}`), state);
});

test("an address is a valid fragment", () => {
  const state = initial();
  state.runners[0].text = "w = w - lr*g # \"<ü>\" `a`";
  assert.match(toHash(state), /^[A-Za-z0-9\-._~%&=@:;,+/?$]*$/);
});

test("nonsense in an address shows what can be shown", () => {
  const state = fromHash(`#view=moon&at=-5&steps=1e9&speed=x&chosen=99&data=stars&start=1,&run=&run=%zz@a~1:b&run=a@b~${"9".repeat(400)}:&hidden=0&noise=7&%=&&=`);
  const first = initial();
  assert.equal(state.view, "surface");
  assert.equal(state.at, 0);
  assert.equal(state.steps, mostSteps);
  assert.equal(state.speed, first.speed);
  assert.equal(state.chosen, 0);
  assert.equal(state.data, "moons");
  assert.equal(state.start, null);
  assert.equal(state.hidden, first.hidden);
  assert.equal(state.noise, 0.5);
  assert.deepEqual(state.runners, [runner("%zz", "a", {}, 1)]);
});

test("seeds are numbers that the library takes", () => {
  const state = fromHash("#seed=-1&netseed=1e30");
  assert.equal(state.seed, 0);
  assert.equal(state.netseed, Number.MAX_SAFE_INTEGER);
  assert.equal(fromHash("#seed=1.5").seed, 2);
});

test("no more runners than the library takes", () => {
  assert.equal(fromHash("run=a@sgd~0:&".repeat(20)).runners.length, 8);
});
