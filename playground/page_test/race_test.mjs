import assert from "node:assert/strict";
import { test } from "node:test";

import { Race } from "../page/race.js";
import { initial } from "../page/state.js";

test("good learning rates go to the optimizers that they were looked for", async () => {
  const said = [];
  const app = { state: initial(), ask: async (_, { runner }) => ({ lr: runner.hypers.momentum ? 2 : 1 }), say: (text) => said.push(text), change() {} };
  const [sgd, momentum, ...others] = app.state.runners;
  const done = new Race(app).tuneAll();
  app.state.runners.shift();
  await done;
  assert.deepEqual([sgd, momentum, ...others].map((r) => r.hypers.lr), [1, 2, 1, 1]);
  assert.equal(said.at(-1), "");
});

test("what stopped a search stays said", async () => {
  const app = { state: initial(), say: (text) => (app.said = text), change() {} };
  app.ask = async () => (app.say("too slow"), null);
  await new Race(app).tuneAll();
  assert.equal(app.said, "too slow");
});
