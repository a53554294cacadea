// The network: what it learns, how far it is, and its controls.

import { element } from "./app.js";
import { Chart } from "./chart.js";
import { drawDecision } from "./decision.js";
import { client } from "./library.js";
import { fit, floats } from "./plane.js";
import { show } from "./scale.js";
import { asked } from "./state.js";
import { onTheme } from "./theme.js";

const most = 20000; // updates, then the network rests
const calm = 500; // updates shown at once to who wants no motion
const side = 64; // of the grid of decisions
const kept = 1200; // moments in the charts
const rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class NetworkView {
  /** @param {import("./app.js").App} app @param {(fault: ?Object) => void} refuse Told what is wrong with the learner. */
  constructor(app, refuse) {
    Object.assign(this, { app, refuse });
    this.canvas = element("net-canvas");
    this.charts = [new Chart(element("net-loss-chart")), new Chart(element("net-accuracy-chart"), { percent: true })];
    this.playing = false;
    this.turn = 0; // counts what was begun
    /** @type {?Promise<boolean>} The network in the making or made; null: there is none. */
    this.made = null;
    this.listen();
  }

  listen() {
    const { app } = this;
    const settings = { "net-data": "data", "net-noise": "noise", "net-hidden": "hidden", "net-batch": "batch", "net-speed": "pace" };
    for (const [id, key] of Object.entries(settings)) {
      element(id).addEventListener("change", ({ target }) => this.set(key, key === "data" ? target.value : Number(target.value)));
    }
    element("net-seed").addEventListener("click", () => this.set("netseed", app.state.netseed + 1));
    element("net-play").addEventListener("click", () => this.toggle());
    element("net-step").addEventListener("click", () => this.step());
    element("net-reset").addEventListener("click", () => this.reset());
    app.on("network", () => this.arrive());
    app.on("learner", () => this.begin());
    app.on("learning", () => this.adjust());
    onTheme(() => this.draw());
    new ResizeObserver(() => this.draw()).observe(element("net-stage"));
  }

  set(key, value) {
    this.app.state[key] = value;
    this.app.state.updates = null;
    if (key === "pace") this.app.change();
    else this.app.change("network");
  }

  controls() {
    const { state } = this.app;
    for (const [id, key] of [["net-data", "data"], ["net-noise", "noise"], ["net-hidden", "hidden"], ["net-batch", "batch"], ["net-speed", "pace"]]) {
      element(id).value = String(state[key]);
    }
  }

  /** Makes the network of the state and shows it as far as the state says, or trains it. */
  async arrive() {
    if (this.app.state.view !== "network") return;
    const { updates } = this.app.state;
    this.controls();
    this.pause();
    const { turn } = this;
    if (!(await this.begin()) || turn !== this.turn) return; // or something was pressed meanwhile
    if (updates === null && !still.matches) this.play();
    else if (await this.train(updates ?? calm, 100)) this.rest();
  }

  /** Makes a new network. @returns {Promise<boolean>} Whether there is one; where another is begun meanwhile, whether there is that. */
  begin() {
    const made = this.make().then((there) => {
      if (made !== this.made) return this.made ?? false;
      if (!there) this.made = null;
      return there;
    });
    return (this.made = made);
  }

  /** @returns {Promise<boolean>} Whether there is a network; one in the making is waited for, without one a new one is made. */
  ready() {
    return this.made ?? this.begin();
  }

  /** Asks for a new network. @returns {Promise<boolean>} Whether it is there. */
  async make() {
    while (this.tuning) await this.tuning; // which trains networks of its own
    const { learner } = this.app.state;
    const net = await this.app.ask("net", this.course(asked(learner)));
    if (!net) return false;
    if (net.error) {
      this.pause();
      this.refuse(net.error);
      return false;
    }
    this.refuse(null);
    this.ended = client.ended;
    this.points = net.points;
    this.window = net.window;
    this.sent = { ...learner.hypers };
    this.history = { step: [], loss: [], accuracy: [] };
    this.take(net);
    return true;
  }

  /** @param {import("./state.js").Runner} runner @returns {Promise<?Object>} The learning rate that learns most in some updates. */
  async tune(runner) {
    const tuning = this.tryRates(runner);
    this.tuning = tuning;
    this.begin(); // after it, since the library keeps one network
    const best = await tuning;
    if (this.tuning === tuning) this.tuning = null;
    return best;
  }

  async tryRates(runner) {
    let best = null;
    for (const lr of rates) {
      const net = await this.app.ask("net", this.course({ ...asked(runner), hypers: { ...runner.hypers, lr } }), "tune");
      const tried = net && !net.error ? await this.app.ask("netStep", { steps: 150, grid: 0 }, "tune") : net;
      if (!tried || tried.error) break; // the rule's range ends here
      if (tried.loss !== null && (!best || tried.loss < best.loss)) best = { lr, loss: tried.loss };
    }
    return best;
  }

  /** @param {Object} runner As requests name it. @returns {Object} The request for a new network. */
  course(runner) {
    const { data, noise, hidden, batch, netseed: seed } = this.app.state;
    return { data, points: 200, noise, seed, hidden, batch, runner };
  }

  /** Changes hyperparameters while the network learns; makes a new one where that cannot be done. */
  async adjust() {
    if (!(await this.ready())) return;
    const { hypers } = this.app.state.learner;
    const changed = Object.fromEntries(Object.entries(hypers).filter(([name, value]) => this.sent[name] !== value));
    const reply = await this.app.ask("netSet", { hypers: changed });
    if (reply?.error) await this.begin();
    else if (reply) {
      Object.assign(this.sent, changed);
      this.refuse(null);
    }
  }

  /** @param {number} steps Updates to make. @returns {Promise<boolean>} Whether they were made. */
  async advance(steps) {
    const net = await this.app.ask("netStep", { steps, grid: side });
    const lost = client.ended !== this.ended; // with its worker
    if (net?.error && lost) return this.begin();
    if (!net && !lost) return true; // a newer request goes on
    if (net && !net.error) {
      this.take(net);
      return true;
    }
    if (net) this.refuse(net.error);
    this.made = null;
    return false;
  }

  take(net) {
    this.net = net;
    this.chances = floats(net.grid);
    const { step, loss, accuracy } = this.history;
    step.push(net.step);
    loss.push(net.loss);
    accuracy.push(100 * net.accuracy);
    if (step.length > kept) for (const [key, list] of Object.entries(this.history)) this.history[key] = list.filter((_, i) => i % 2 === 0);
    this.draw();
  }

  draw() {
    if (!this.net || !this.canvas.clientWidth) return;
    const { width, ratio } = fit(this.canvas);
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawDecision(context, width, this.chances, this.points, this.window);
    const { step, loss, accuracy } = this.history;
    const hue = this.app.state.learner.color;
    this.charts[0].show(step, [{ name: "loss", color: hue, values: loss, thick: true }]);
    this.charts[1].show(step, [{ name: "accuracy", color: hue, values: accuracy, thick: true }]);
    this.note();
  }

  note() {
    const { step, loss, accuracy, diverged } = this.net;
    element("net-count").textContent = String(step);
    element("net-loss").textContent = diverged ? "diverged" : show(loss);
    element("net-accuracy").textContent = `${(100 * accuracy).toFixed(1)} %`;
    element("net-text").textContent = diverged ? "The weights left all bounds. A smaller lr?" : "";
    document.body.dataset.ready = "true";
  }

  /**
   * Goes on training until so many updates are made, or something else is begun.
   * @param {number} pace Updates a picture; 0: as the state says. @returns {Promise<boolean>} Whether nothing else was begun.
   */
  async train(until, pace) {
    const turn = ++this.turn;
    while ((await this.ready()) && turn === this.turn && this.net.step < until && !this.net.diverged) {
      const steps = Math.min(pace || this.app.state.pace, until - this.net.step);
      if (!(await this.advance(steps))) break;
      await new Promise(requestAnimationFrame);
    }
    return turn === this.turn;
  }

  async play() {
    if (this.playing) return;
    this.playing = true; // also while a network is in the making
    this.rest();
    if (await this.train(most, 0)) this.pause();
  }

  pause() {
    this.turn++;
    if (!this.playing) return;
    this.playing = false;
    this.rest();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  async step() {
    this.pause();
    if ((await this.ready()) && (await this.advance(1))) this.rest();
  }

  async reset() {
    this.pause();
    await this.begin();
    this.rest();
  }

  /** Keeps in the address where learning has come to rest. */
  rest() {
    const button = element("net-play");
    button.setAttribute("aria-pressed", String(this.playing));
    button.setAttribute("aria-label", this.playing ? "Pause" : "Train");
    this.app.state.updates = this.playing ? null : this.net?.step ?? null;
    this.app.change();
  }
}
