// The chosen optimizer: its rule, its formula with mistakes and as mathematics, its sliders.

import { debounce, element } from "./app.js";
import { Hypers } from "./hypers.js";
import { Marked } from "./marked.js";
import { setMath } from "./math.js";
import { color, onTheme } from "./theme.js";

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
    this.listen();
  }

  /** @param {{name: string, summary: string, link: boolean}[]} rules What there is to choose from. */
  list(rules) {
    element("rules").append(...rules.filter((rule) => !rule.link).map((rule) => new Option(rule.summary, rule.name)));
  }

  listen() {
    const check = debounce(() => this.check(true), 120);
    this.formula.input.addEventListener("input", () => {
      this.edit(this.formula.value);
      check();
    });
    // An empty field lists every rule; what was there comes back unless one is chosen.
    this.select.addEventListener("focus", () => (this.select.value = ""));
    this.select.addEventListener("blur", () => (this.select.value = this.app.runner.rule));
    this.select.addEventListener("change", () => this.take(this.select.value.trim()));
    element("restore").addEventListener("click", () => {
      Object.assign(this.app.runner, { text: null, name: this.app.runner.rule });
      this.check(true);
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
    const { runner } = this.app;
    if (!name) return;
    const reply = await this.app.ask("rule", { rule: name });
    if (!reply || this.app.runner !== runner) return;
    if (reply.error) return this.app.say(brief(reply.error).message);
    Object.assign(runner, { rule: name, name, text: null, hypers: {} });
    this.select.value = name;
    if (reply.hypers.some((hyper) => hyper.name === "lr" && hyper.default < 1)) return this.tune(); // 1 is right for those that find their rate
    await this.show();
    this.app.change(this.topic);
  }

  /** @param {string} text The formula as typed; the built-in one again ends the editing. */
  edit(text) {
    const runner = this.app.runner;
    const original = text === this.original;
    runner.text = original ? null : text;
    runner.name = original ? runner.rule : `${runner.rule} (edited)`;
    element("restore").hidden = original;
  }

  /** Has the library check the formula, and shows what it says. @param {boolean} [edited] Whether to tell the others. */
  async check(edited = false) {
    const runner = this.app.runner;
    if (runner.rule !== this.originalRule && runner.text !== null) {
      const original = await this.app.ask("rule", { rule: runner.rule }, "original");
      if (!original || this.app.runner !== runner) return;
      this.know(runner.rule, original);
    }
    const rule = await this.app.ask("rule", runner.text === null ? { rule: runner.rule } : { text: runner.text });
    if (!rule || this.app.runner !== runner) return;
    this.describe(runner, rule);
    if (edited) this.app.change(this.topic);
  }

  /** Keeps the text of a built-in rule, to see where it is edited. */
  know(name, rule) {
    this.originalRule = name;
    this.original = rule.error ? "" : body(rule.text);
  }

  describe(runner, rule) {
    if (runner.text === null && !rule.error) {
      this.know(runner.rule, rule);
      this.formula.value = this.original;
    }
    this.formula.show(rule.error ? brief(rule.error) : null);
    element("restore").hidden = runner.text === null;
    element("formula-math").classList.toggle("old", Boolean(rule.error));
    if (rule.error) return;
    const written = runner.text === null && rule.text === "";
    this.formula.input.disabled = written;
    element("rule-summary").textContent = summary(runner, rule, written);
    setMath(element("formula-math"), rule.mathml);
    this.reconcile(runner, new Map(rule.hypers.map((hyper) => [hyper.name, hyper.default])));
    this.hypers.show(rule.hypers, runner.hypers);
  }

  /** Drops values of hyperparameters that the formula has no more, or whose default has just been typed anew. */
  reconcile(runner, defaults) {
    const before = this.described === runner && runner.text !== null ? this.defaults : defaults;
    Object.assign(this, { described: runner, defaults });
    const kept = ([name]) => defaults.has(name) && (before.get(name) ?? defaults.get(name)) === defaults.get(name);
    runner.hypers = Object.fromEntries(Object.entries(runner.hypers).filter(kept));
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
  }

  /** Gives the runner the learning rate that ends lowest. */
  async tune() {
    const { runner } = this.app;
    const found = await this.tuned(runner);
    if (found?.error) this.app.say(found.error.message);
    else if (found) runner.hypers.lr = found.lr;
    await this.show();
    this.app.change(this.topic);
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
