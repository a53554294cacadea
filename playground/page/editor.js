// The chosen optimizer: its rule, its formula with mistakes and as mathematics, its sliders.

import { debounce, element } from "./app.js";
import { Hypers } from "./hypers.js";
import { Marked } from "./marked.js";
import { setMath } from "./math.js";
import { color, onTheme } from "./theme.js";

/** What the name of an edited rule ends with. */
const mark = " (edited)";

export class Editor {
  /**
   * @param {import("./app.js").App} app
   * @param {(runner: import("./state.js").Runner) => Promise<?{lr?: number, error?: Object}>} tuned Finds a learning rate.
   */
  constructor(app, tuned) {
    Object.assign(this, { app, tuned });
    this.formula = new Marked(element("formula"), element("formula-backdrop"), element("formula-error"), "formula-mark");
    this.hypers = new Hypers(element("hypers"), (name, value) => this.set(name, value), () => this.tune());
    this.select = element("rule-select");
    /** @type {WeakMap<import("./state.js").Runner, Object<string, number>>} What was set before an edit, which may drop some of it. */
    this.unedited = new WeakMap();
    this.listen();
  }

  /** @param {{name: string, summary: string, link: boolean}[]} rules What there is to choose from. */
  list(rules) {
    element("rules").append(...rules.filter((rule) => !rule.link).map((rule) => new Option(rule.summary, rule.name)));
  }

  listen() {
    const tell = debounce((topic) => this.tell(topic), 120);
    this.formula.input.addEventListener("input", () => {
      this.edit(this.formula.value);
      tell(this.topic);
    });
    // An empty field lists every rule; what was there comes back unless one is chosen.
    this.select.addEventListener("focus", () => (this.select.value = ""));
    this.select.addEventListener("blur", () => (this.select.value = this.app.runner.rule));
    this.select.addEventListener("change", () => this.take(this.select.value.trim()));
    element("restore").addEventListener("click", () => {
      this.edit(this.original);
      this.tell(this.topic);
    });
    for (const topic of ["chosen", "view"]) this.app.on(topic, () => this.show());
    onTheme(() => this.show());
  }

  /** Shows the runner that is chosen now. */
  async show() {
    const runner = this.app.runner;
    this.select.value = runner.rule;
    element("swatch").style.background = color(runner.color);
    if (runner.text !== null) this.formula.value = runner.text;
    await this.check();
  }

  /** Makes the runner a built-in rule, with a learning rate that suits. */
  async take(name) {
    const { app: { runner }, topic } = this;
    if (!name) return;
    const reply = await this.app.ask("rule", { rule: name }, "take");
    if (!reply) return;
    if (reply.error) return this.app.say(brief(reply.error).message);
    Object.assign(runner, { rule: name, name, text: null, hypers: {} });
    const finds = reply.hypers.every((hyper) => hyper.name !== "lr" || hyper.default >= 1); // its rate by itself, or has none
    if (finds || topic !== this.topic) await this.show();
    else await this.rate(runner);
    this.app.change(topic);
  }

  /** @param {string} text The formula as typed; the built-in one again ends the editing. */
  edit(text) {
    const runner = this.app.runner;
    const original = text === this.original;
    const name = runner.name.replace(mark, "");
    if (runner.text === null) this.unedited.set(runner, runner.hypers);
    runner.text = original ? null : text;
    runner.name = original ? name : name + mark;
    if (original) runner.hypers = { ...this.unedited.get(runner), ...runner.hypers };
    element("restore").hidden = original;
  }

  /** Checks what is edited and tells the others, also where another runner has been chosen since. @param {string} topic Of the edit. */
  async tell(topic) {
    await this.check();
    this.app.change(topic);
  }

  /** Has the library check the formula, and shows what it says. */
  async check() {
    const runner = this.app.runner;
    if (runner.rule !== this.originalRule && runner.text !== null) {
      const original = await this.app.ask("rule", { rule: runner.rule }, "original");
      if (!original || this.app.runner !== runner) return;
      this.know(runner.rule, original);
    }
    const rule = await this.app.ask("rule", runner.text === null ? { rule: runner.rule } : { text: runner.text });
    if (!rule || this.app.runner !== runner) return;
    this.describe(runner, rule);
  }

  /** Keeps the text of a built-in rule, to see where it is edited. */
  know(name, rule) {
    this.originalRule = name;
    this.original = rule.error ? "" : body(rule.text);
  }

  describe(runner, rule) {
    if (runner.text === null) {
      this.know(runner.rule, rule);
      this.formula.value = this.original;
    }
    this.formula.show(rule.error ? brief(rule.error) : null);
    element("restore").hidden = runner.text === null;
    element("formula-math").classList.toggle("old", Boolean(rule.error));
    if (rule.error && this.described === runner) return; // what it was before the mistake stays
    const written = !rule.error && runner.text === null && rule.text === "";
    this.formula.input.disabled = written;
    element("rule-summary").textContent = rule.error ? "" : summary(runner, rule, written);
    setMath(element("formula-math"), rule.mathml ?? "");
    const hypers = rule.hypers ?? [];
    if (!rule.error && this.reconcile(runner, new Map(hypers.map((hyper) => [hyper.name, hyper.default])))) this.app.change(this.topic);
    this.hypers.show(hypers, runner.hypers);
  }

  /**
   * Drops values of hyperparameters that the formula has no more, or whose default has just been typed anew.
   * @returns {boolean} Whether there were any.
   */
  reconcile(runner, defaults) {
    const was = this.described === runner && runner.text !== null ? this.defaults : defaults;
    Object.assign(this, { described: runner, defaults });
    const keep = ([name]) => defaults.has(name) && (was.get(name) ?? defaults.get(name)) === defaults.get(name);
    const given = Object.entries(runner.hypers);
    const kept = given.filter(keep);
    runner.hypers = Object.fromEntries(kept);
    return kept.length < given.length;
  }

  get topic() {
    return this.app.state.view === "network" ? "learner" : "runners";
  }

  /** Sets a hyperparameter. */
  set(name, value) {
    const { runner } = this.app;
    runner.hypers[name] = value;
    this.app.change(this.app.state.view === "network" ? "learning" : "runners");
  }

  /** @param {import("./marked.js").Fault} [fault] What the library refuses of the chosen runner. */
  refuse(fault) {
    this.hypers.refuse(fault);
    const elsewhere = fault?.name || fault?.field === "text" || fault?.field === "rule"; // beside a slider, or under the formula
    if (fault && !elsewhere) this.app.say(fault.message);
  }

  async tune() {
    const { topic } = this;
    await this.rate(this.app.runner);
    this.app.change(topic);
  }

  /** Gives a runner the learning rate that ends lowest. */
  async rate(runner) {
    const found = await this.tuned(runner);
    if (found?.error) this.app.say(found.error.message);
    else if (found) runner.hypers.lr = found.lr;
    await this.show();
  }
}

/** @returns {Object} A mistake without the list of all rules, which the page has elsewhere. */
function brief(fault) {
  return { ...fault, message: fault.message.replace(/: there is .*/, ". The list of rules has those that there are.") };
}

/** @returns {string} A rule's text without the notes on top, which the page shows elsewhere. */
const body = (text) => text.replace(/^(\s*#[^\n]*\n)+\s*/, "");

function summary(runner, rule, written) {
  if (written && rule.mathml) return "A chain of rules, run one after the other. It cannot be edited here.";
  if (written) return `${rule.summary} It is no formula over single weights but written in Go, so there is nothing to edit.`;
  if (rule.link) return `${rule.summary || ""} It moves no weights by itself: here it runs before sgd.`;
  return runner.text === null ? rule.summary : `Your formula, which began as ${runner.rule}.`;
}
