import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, Stale, TooSlow } from "../page/client.js";

/** A worker that answers when told to. */
class Fake {
  sent = [];

  postMessage(message) {
    if ("module" in message) queueMicrotask(() => this.onmessage({ data: { module: "compiled" } }));
    else this.sent.push(message);
  }

  answer(reply) {
    this.onmessage({ data: { id: this.sent.shift().id, reply } });
  }

  terminate() {
    this.ended = true;
  }
}

function fresh(limit = 1000) {
  const workers = [];
  const client = new Client(() => workers[workers.push(new Fake()) - 1], limit);
  return { client, workers };
}

const tick = () => new Promise((done) => setTimeout(done));

test("requests run one at a time, in order", async () => {
  const { client, workers } = fresh();
  const replies = [client.call("a", {}), client.call("b", {})];
  await tick();
  assert.deepEqual(workers[0].sent.map((m) => m.name), ["a"]);
  workers[0].answer(1);
  workers[0].answer(2);
  assert.deepEqual(await Promise.all(replies), [1, 2]);
});

test("a newer request of the same key replaces older ones, running or waiting", async () => {
  const { client, workers } = fresh();
  await tick();
  const running = client.call("race", { n: 1 });
  const waiting = client.call("race", { n: 2 });
  const newest = client.call("race", { n: 3 });
  await assert.rejects(waiting, Stale);
  workers[0].answer("old");
  await assert.rejects(running, Stale);
  assert.deepEqual(workers[0].sent.map((m) => m.request.n), [3]);
  workers[0].answer("new");
  assert.equal(await newest, "new");
});

test("a late reply is given where it is wanted", async () => {
  const { client, workers } = fresh();
  await tick();
  const running = client.call("race", {}, "race", true);
  const newest = client.call("race", {}, "race", true);
  workers[0].answer("first");
  assert.equal(await running, "first");
  workers[0].answer("second");
  assert.equal(await newest, "second");
});

test("a request that takes too long ends the worker; the next ones run on a spare one", async () => {
  const { client, workers } = fresh(20);
  await tick();
  const endless = client.call("a", {});
  const next = client.call("b", {});
  await assert.rejects(endless, TooSlow);
  assert.ok(workers[0].ended);
  assert.equal(client.ended, 1);
  await tick();
  workers[1].answer("fine");
  assert.equal(await next, "fine");
});

test("a request that breaks the worker fails; the next ones run on a spare one", async () => {
  const { client, workers } = fresh();
  await tick();
  const breaking = client.call("a", {});
  workers[0].onerror({ message: "unreachable" });
  await assert.rejects(breaking, /more memory than there is/);
  assert.ok(workers[0].ended);
  assert.equal(client.ended, 1);
  const next = client.call("b", {});
  await tick();
  workers[1].answer("fine");
  assert.equal(await next, "fine");
});

test("a spare worker that could not be loaded is not used", async () => {
  const { client, workers } = fresh(20);
  await tick();
  workers[1].onerror({});
  await assert.rejects(client.call("a", {}), TooSlow);
  await tick();
  const next = client.call("b", {});
  workers[2].answer("fine");
  assert.equal(await next, "fine");
});

test("a library that does not load fails what is asked", async () => {
  const { client, workers } = fresh();
  const said = [];
  client.onfail = (error) => said.push(error.message);
  workers[0].postMessage = () => {};
  const asked = client.call("a", {});
  workers[0].onmessage({ data: { failed: "404" } });
  await assert.rejects(asked, /404/);
  await assert.rejects(client.call("b", {}), /404/);
  assert.deepEqual(said, ["404"]);
});
