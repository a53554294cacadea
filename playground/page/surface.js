// The surface: its picture, the race over it, and their controls.

import { debounce, element } from "./app.js";
import { Chart } from "./chart.js";
import { contours } from "./contour.js";
import { movable } from "./drag.js";
import { nearest, tell } from "./hover.js";
import { Marked } from "./marked.js";
import { setMath } from "./math.js";
import { drawHead, drawMinima, drawPath } from "./paths.js";
import { fit, Plane } from "./plane.js";
import { Player } from "./player.js";
import { Race } from "./race.js";
import { show } from "./scale.js";
import { mostSteps, speeds } from "./state.js";
import { onTheme, themed } from "./theme.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class SurfaceView {
  /**
   * @param {import("./app.js").App} app
   * @param {(losses: (?number|string)[]) => void} tellLosses @param {(fault: ?Object) => void} refuse Told what is wrong with the chosen runner.
   */
  constructor(app, tellLosses, refuse) {
    Object.assign(this, { app, tellLosses, refuse });
    this.canvas = element("canvas");
    this.text = new Marked(element("surface-text"), element("surface-backdrop"), element("surface-error"), "surface-mark");
    this.player = new Player((moment) => this.draw(moment), () => this.rest());
    this.charts = [new Chart(element("loss-chart")), new Chart(element("rate-chart"))];
    this.race = new Race(app);
    element("surface-select").append(new Option("your own", ""));
    element("speed").append(...speeds.map((s) => new Option(`${s} steps/s`, String(s))));
    this.listen();
    movable(element("stage"), element("start"), {
      plane: () => this.plane,
      where: () => this.start,
      begin: () => this.hold(),
      move: (start) => this.move(start),
      end: (dragged) => this.release(dragged),
      tell: (event) => this.hover(event),
    });
  }

  /** @param {{name: string}[]} presets The surfaces to choose from. */
  list(presets) {
    element("surface-select").prepend(...presets.map((s) => new Option(s.name, s.name)));
    element("surface-select").value = this.surface?.name ?? "";
  }

  get start() {
    return this.app.state.start ?? this.surface.start;
  }

  listen() {
    const { app, player } = this;
    element("surface-select").addEventListener("change", ({ target }) => this.choose(target.value || this.text.value));
    const choose = debounce(() => this.choose(this.text.value), 150);
    this.text.input.addEventListener("input", () => {
      element("surface-select").value = "";
      choose();
    });
    element("play").addEventListener("click", () => player.toggle());
    element("step").addEventListener("click", () => player.step(1));
    element("back").addEventListener("click", () => player.step(-1));
    element("reset").addEventListener("click", () => player.go(0));
    element("scrub").addEventListener("input", ({ target }) => player.go(target.valueAsNumber));
    element("speed").addEventListener("change", ({ target }) => this.set("speed", Number(target.value)));
    element("seed").addEventListener("click", () => this.set("seed", app.state.seed + 1));
    element("steps").addEventListener("change", ({ target }) => this.set("steps", Math.round(Math.min(mostSteps, Math.max(1, target.valueAsNumber || 1)))));
    element("start-reset").addEventListener("click", () => {
      this.set("start", null);
      element("start").focus({ preventScroll: true }); // the button goes
    });
    element("stage").addEventListener("pointermove", (event) => this.hover(event));
    element("stage").addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") element("hover").hidden = true; // what a finger has tapped stays
    });
    app.on("runners", () => this.run());
    app.on("chosen", () => this.redraw());
    onTheme(() => this.paint());
    new ResizeObserver(() => this.paint()).observe(element("stage"));
  }

  set(key, value) {
    this.app.state[key] = value;
    if (key !== "speed") this.run();
    this.controls();
    this.app.change();
  }

  controls() {
    const { state } = this.app;
    this.player.speed = state.speed;
    element("speed").value = String(state.speed);
    Object.assign(element("steps"), { value: String(state.steps), max: String(mostSteps) });
    element("scrub").max = String(state.steps);
  }

  /** @param {string} surface A name, or a formula as typed. */
  async choose(surface) {
    const { state } = this.app;
    const reply = await this.app.ask("surface", { surface });
    if (!reply) return;
    if (reply.error) return this.text.show(reply.error);
    Object.assign(state, { surface, start: null, at: null });
    await this.arrive();
  }

  /** Opens the state's surface and shows the step that the state says, or plays. */
  async arrive() {
    const { at } = this.app.state;
    this.player.pause();
    this.player.moment = at ?? 0;
    await this.open();
    if (at !== null) this.player.go(at);
    else if (still.matches) this.player.go(this.player.last);
    else this.player.play();
  }

  /** Shows the surface of the state. */
  async open() {
    const { state } = this.app;
    this.controls();
    const surface = await this.app.ask("surface", { surface: state.surface });
    if (!surface) return;
    if (surface.error) {
      this.text.value = state.surface;
      element("surface-summary").textContent = "";
      return this.text.show(surface.error);
    }
    this.surface = surface;
    setMath(element("surface-math"), surface.mathml);
    element("surface-summary").textContent = surface.summary;
    element("surface-select").value = surface.name;
    this.text.show(null);
    if (document.activeElement !== this.text.input) this.text.value = surface.text;
    await Promise.all([this.paint(), this.run()]);
  }

  /** Draws the background anew. */
  async paint() {
    if (!this.surface || !this.canvas.clientWidth) return; // hidden: painted when seen again
    const { width, height, ratio } = fit(this.canvas);
    this.plane = new Plane(this.surface.window, width, height);
    const cells = 120 / Math.max(width, height); // in a pixel; cubics do the rest
    const [nx, ny] = [width, height].map((pixels) => Math.max(2, Math.round(cells * pixels)));
    const grid = await this.app.ask("grid", { surface: this.app.state.surface, nx, ny, window: this.plane.window });
    if (!grid || grid.error || !this.canvas.clientWidth) return;
    const look = { low: themed("low"), high: themed("high"), line: themed("contour") };
    this.background = contours(grid, this.canvas.width, this.canvas.height, ratio, look);
    this.redraw();
  }

  /** Runs all runners again. */
  async run() {
    if (!this.surface || !(await this.race.run())) return;
    element("hover").hidden = true; // it told of a path that is no more
    const { last } = this.race;
    this.player.last = last;
    this.player.moment = Math.min(this.player.moment, last);
    element("scrub").max = String(last);
    element("seed").hidden = !(this.surface.noise > 0 || this.race.paths.some((path) => path.random));
    this.refuse(this.race.pathOf(this.race.chosen)?.error);
    this.redraw();
  }

  graph() {
    const x = Array.from({ length: this.player.last + 1 }, (_, k) => k);
    this.charts[0].show(x, this.race.lossLines());
    this.charts[1].show(x, this.race.rateLines());
  }

  redraw() {
    this.graph();
    this.draw(this.player.moment);
  }

  /** Draws a moment. */
  draw(moment) {
    if (!this.background) return;
    const context = this.canvas.getContext("2d");
    const ratio = this.canvas.width / this.plane.width;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.background, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawMinima(context, this.plane, this.surface.minima);
    const { drawn, chosen } = this.race;
    for (const path of drawn) drawPath(context, this.plane, path, moment, path.runner === chosen);
    for (const path of drawn) drawHead(context, this.plane, path, moment, path.runner === chosen);
    this.note(moment);
  }

  /** Brings numbers and handles beside the picture up to a moment. */
  note(moment) {
    const step = Math.floor(moment);
    const { dataset } = this.canvas;
    Object.assign(dataset, { frames: this.player.frames, step, start: this.start.join(",") });
    const [x, y] = [this.plane.px(this.start[0]), this.plane.py(this.start[1])];
    element("start-reset").hidden = !this.app.state.start;
    element("start").style.transform = `translate(${x}px, ${y}px)`;
    element("scrub").value = String(step);
    element("count").textContent = String(step);
    for (const chart of this.charts) chart.cover(moment);
    this.tellLosses(this.race.losses(step));
    if (this.race.paths.length) document.body.dataset.ready = "true";
  }

  /** Keeps in the address where play has come to rest. */
  rest() {
    const { playing, moment } = this.player;
    const button = element("play");
    button.setAttribute("aria-pressed", String(playing));
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.app.state.at = playing ? null : Math.round(moment);
    if (playing) element("hover").hidden = true; // one that a finger left
    else this.speak(Math.floor(moment));
    this.app.change();
  }

  /** Tells screen readers the losses. */
  speak(step) {
    const { runners } = this.app.state;
    const told = this.race.losses(step).map((loss, i) => `${runners[i].name} ${typeof loss === "string" ? loss : show(loss, 3)}`);
    element("spoken").textContent = `Step ${step}. ${told.join(", ")}`;
  }

  /** While the start is held all paths are shown to their ends. */
  hold() {
    this.held = this.player.playing;
    this.player.go(this.player.last);
  }

  move(start) {
    this.app.state.start = start.map((v) => Number(v.toPrecision(4)));
    this.player.moment = Infinity;
    this.run();
  }

  release(dragged) {
    this.app.change();
    if (!dragged || !this.held) return;
    this.player.go(0);
    this.player.play();
  }

  pause() {
    this.player.pause();
  }

  /** Shows the numbers of the point under the pointer. @returns {boolean} Whether there is one. */
  hover(event) {
    if (!this.plane || event.buttons) return false;
    const { left, top } = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - left, event.clientY - top];
    const near = nearest(this.race.paths, this.plane, px, py, this.player.moment);
    if (near) tell(element("hover"), this.race.paths[near.i], near.k, px, py);
    else element("hover").hidden = true;
    return Boolean(near);
  }
}
