// The race: every runner's path over the surface, asked from the library.

import { asked } from "./state.js";

export class Race {
  /** @param {import("./app.js").App} app */
  constructor(app) {
    this.app = app;
    /** @type {import("./paths.js").Path[]} */
    this.paths = [];
  }

  /** @returns {import("./state.js").Runner} The one that the editor shows. */
  get chosen() {
    return this.app.state.runners[this.app.state.chosen];
  }

  /** @returns {number} The last step that any runner makes, at least 1. */
  get last() {
    return Math.max(1, ...this.paths.map((path) => (path.error ? 0 : path.x.length - 1)));
  }

  /** @returns {import("./paths.js").Path[]} What can be drawn, the chosen one last. */
  get drawn() {
    const first = (path) => path.runner === this.chosen;
    return this.paths.filter((path) => !path.error).sort((a, b) => first(a) - first(b));
  }

  /** @param {import("./state.js").Runner} runner @returns {?import("./paths.js").Path} */
  pathOf(runner) {
    return this.paths.find((path) => path.runner === runner);
  }

  /** @returns {Object} What the library is to run on. */
  course() {
    const { surface, steps, seed, start } = this.app.state;
    return { surface, steps, seed, ...(start && { start }) };
  }

  /** Runs all runners. @returns {Promise<boolean>} Whether there are new paths. */
  async run() {
    const runners = [...this.app.state.runners];
    const reply = await this.app.ask("race", { ...this.course(), runners: runners.map(asked) }, "race", true);
    if (!reply) return false;
    if (reply.error) {
      this.app.say(reply.error.message);
      return false;
    }
    this.paths = reply.runners.map((path, i) => ({ ...path, runner: runners[i] }));
    return true;
  }

  /** @param {import("./state.js").Runner} runner @returns {Promise<?Object>} The learning rate that ends lowest. */
  tune(runner, key = "tune") {
    return this.app.ask("tune", { ...this.course(), runner: asked(runner) }, key);
  }

  /** Gives each runner the learning rate that ends lowest; one without, or that always diverges, stays as it is. */
  async tuneAll() {
    this.app.say("Trying learning rates …");
    const runners = [...this.app.state.runners]; // of which some may be removed meanwhile
    const found = await Promise.all(runners.map((runner, i) => this.tune(runner, `tune ${i}`)));
    found.forEach((tuned, i) => {
      if (tuned?.lr) runners[i].hypers.lr = tuned.lr;
    });
    if (found.every(Boolean)) this.app.say("");
    this.app.change("chosen", "runners");
  }

  /** @param {number} step @returns {(?number|string)[]} Each runner's loss then, or what has become of it. */
  losses(step) {
    return this.app.state.runners.map((runner) => {
      const path = this.pathOf(runner);
      if (!path) return "";
      if (path.error) return "mistake";
      if (path.diverged && step >= path.x.length - 1) return "diverged";
      return path.loss[Math.min(step, path.loss.length - 1)];
    });
  }

  /** @returns {import("./chart.js").Line[]} Each path's loss. */
  lossLines() {
    return this.lines((path) => path.loss);
  }

  /** @returns {import("./chart.js").Line[]} Each path's steps over its gradients, in norm; the chosen one's in x and y too, dashed and dotted. */
  rateLines() {
    const path = this.drawn.at(-1);
    const norms = this.lines(rate);
    if (path?.runner !== this.chosen) return norms;
    const line = (name, values, dash) => ({ name, color: path.runner.color, values, dash });
    return [...norms, line("x", path.rateX, [6, 4]), line("y", path.rateY, [2, 3])];
  }

  lines(values) {
    return this.drawn.map((path) => {
      const { name, color } = path.runner;
      return { name, color, values: values(path), thick: path.runner === this.chosen };
    });
  }
}

/** Where there is next to no gradient, a step over it says nothing. */
const least = 1e-9;

function rate(path) {
  return path.rateX.map((_, k) => {
    const gradient = Math.hypot(path.gx[k], path.gy[k]);
    const step = Math.hypot(path.x[k + 1] - path.x[k], path.y[k + 1] - path.y[k]);
    return gradient > least ? step / gradient : null;
  });
}
