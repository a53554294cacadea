// The list of optimizers in the race.

import { element } from "./app.js";
import { show } from "./scale.js";
import { mostRunners, runner } from "./state.js";
import { color, onTheme } from "./theme.js";

/** What is added, in this order, where it does not run already. */
const next = ["rmsprop", "adagrad", "adam", "nag", "adadelta", "lion", "nadam", "sgd"];

export class Runners {
  /**
   * @param {import("./app.js").App} app @param {(name: string) => Promise<void>} take Makes the chosen runner a built-in rule.
   * @param {() => Promise<void>} tune Gives each runner a good learning rate.
   */
  constructor(app, take, tune) {
    this.app = app;
    this.list = element("runners");
    this.list.addEventListener("click", (event) => this.click(event));
    element("add-runner").addEventListener("click", () => this.add(take));
    element("tune-all").addEventListener("click", tune);
    for (const topic of ["runners", "chosen"]) app.on(topic, () => this.show());
    onTheme(() => this.show());
    this.show();
  }

  show() {
    const { runners, chosen } = this.app.state;
    while (this.list.children.length > runners.length) this.list.lastChild.remove();
    while (this.list.children.length < runners.length) this.list.append(item(this.list.children.length));
    runners.forEach((r, i) => fill(this.list.children[i], r, i === chosen, runners.length));
    element("add-runner").hidden = runners.length >= mostRunners;
  }

  /** @param {(?number|string)[]} losses Each runner's loss now, or what has become of it. */
  tell(losses) {
    losses.forEach((loss, i) => {
      const place = this.list.children[i]?.querySelector("span");
      const text = typeof loss === "string" ? loss : show(loss, 2);
      if (!place || place.textContent === text) return;
      place.textContent = text;
      place.classList.toggle("bad", typeof loss === "string");
    });
  }

  click(event) {
    const i = [...this.list.children].indexOf(event.target.closest("li"));
    if (i < 0) return;
    if (event.target.closest(".remove")) this.remove(i);
    else this.choose(i);
  }

  /** @param {number} i */
  choose(i) {
    if (i >= this.app.state.runners.length) return;
    this.app.state.chosen = i;
    this.app.change("chosen");
  }

  remove(i) {
    const { state } = this.app;
    if (state.runners.length === 1) return;
    state.runners.splice(i, 1);
    if (state.chosen > i || state.chosen === state.runners.length) state.chosen--;
    this.app.change("chosen", "runners");
    this.list.children[Math.min(i, state.runners.length - 1)].querySelector(".choose").focus();
  }

  async add(take) {
    const { state } = this.app;
    const name = next.find((rule) => !state.runners.some((r) => r.rule === rule)) ?? "adam";
    const used = new Set(state.runners.map((r) => r.color));
    const free = [...Array(mostRunners).keys()].find((i) => !used.has(i));
    state.runners.push(runner(name, name, {}, free));
    state.chosen = state.runners.length - 1;
    this.show();
    await take(name);
    element("rule-select").focus();
  }
}

function item(i) {
  const li = document.createElement("li");
  li.dataset.runner = String(i);
  li.innerHTML = `<button type="button" class="choose"><i></i><b></b><span></span><small></small></button>
    <button type="button" class="remove"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 3l4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z"/></svg></button>`;
  return li;
}

function fill(li, r, chosen, count) {
  const hypers = Object.entries(r.hypers).map(([name, value]) => `${name} ${value}`);
  li.querySelector("i").style.background = color(r.color);
  li.querySelector("b").textContent = r.name;
  li.querySelector("small").textContent = hypers.join(", ") || "defaults";
  li.querySelector(".choose").title = `${r.name}: ${hypers.join(", ") || "defaults"}`;
  li.querySelector(".choose").setAttribute("aria-pressed", String(chosen));
  const remove = li.querySelector(".remove");
  remove.setAttribute("aria-label", `Remove ${r.name}`);
  remove.title = `Remove ${r.name}`;
  remove.hidden = count === 1;
}
