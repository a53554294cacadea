// Sliders, one for each hyperparameter of the chosen rule.

import { scale, tidy } from "./scale.js";

/**
 * @typedef {Object} Hyper As the library describes a hyperparameter.
 * @property {string} name @property {number} default @property {string} range
 * @property {string[]} [choices] @property {string} scale @property {number} min @property {number} max
 */

export class Hypers {
  /** @param {HTMLElement} box @param {(name: string, value: number) => void} changed @param {() => void} tune */
  constructor(box, changed, tune) {
    Object.assign(this, { box, changed, tune });
    this.shown = "";
  }

  /** @param {Hyper[]} hypers @param {Object<string, number>} values What is set; others have their defaults. */
  show(hypers, values) {
    const shape = JSON.stringify(hypers);
    if (shape !== this.shown) {
      this.shown = shape;
      this.setters = new Map();
      this.box.replaceChildren(...hypers.map((hyper) => this.row(hyper)));
      if (hypers.some((hyper) => hyper.name === "lr")) this.box.append(this.tuner());
    }
    for (const hyper of hypers) this.setters.get(hyper.name)(Object.hasOwn(values, hyper.name) ? values[hyper.name] : hyper.default);
  }

  /** @param {import("./marked.js").Fault} [fault] A value that the library refuses; none: all are fine. */
  refuse(fault) {
    for (const message of this.box.querySelectorAll(".mistake")) {
      message.textContent = fault?.name === message.dataset.of ? fault.message : "";
    }
  }

  row(hyper) {
    const row = make("div", { className: "hyper" });
    const label = make("label", { textContent: hyper.name, title: hyper.range ? `${hyper.name} in ${hyper.range}` : hyper.name });
    label.htmlFor = `hyper-${hyper.name}`;
    const mistake = make("p", { className: "mistake" });
    mistake.setAttribute("role", "status");
    mistake.dataset.of = hyper.name;
    row.append(label, ...(hyper.choices ? this.choice(hyper) : this.slider(hyper)), mistake);
    return row;
  }

  choice(hyper) {
    const select = make("select", { id: `hyper-${hyper.name}` });
    select.dataset.hyper = hyper.name;
    select.append(...hyper.choices.map((name, i) => new Option(name, String(i))));
    select.addEventListener("change", () => this.changed(hyper.name, Number(select.value)));
    this.setters.set(hyper.name, (value) => (select.value = String(value)));
    return [select];
  }

  slider(hyper) {
    const { value, position } = scale(hyper.scale, hyper.min, hyper.max);
    const slider = make("input", { type: "range", min: "0", max: "1", step: "0.005", id: `hyper-${hyper.name}` });
    const number = make("input", { type: "number", step: "any", placeholder: "∞" });
    slider.dataset.hyper = hyper.name;
    number.dataset.hyperValue = hyper.name;
    number.setAttribute("aria-label", `${hyper.name}, as a number`);
    const set = (v) => {
      const finite = v ?? hyper.max; // null is infinity
      slider.value = String(position(finite));
      slider.setAttribute("aria-valuetext", v === null ? "infinity" : String(v));
      if (v === null) number.value = "";
      else if (number.valueAsNumber !== v) number.value = String(v);
    };
    slider.addEventListener("input", () => {
      const v = tidy(value(Number(slider.value)));
      set(v);
      this.changed(hyper.name, v);
    });
    number.addEventListener("input", () => {
      if (!Number.isFinite(number.valueAsNumber)) return;
      slider.value = String(position(number.valueAsNumber));
      this.changed(hyper.name, number.valueAsNumber);
    });
    this.setters.set(hyper.name, set);
    return [slider, number];
  }

  tuner() {
    const button = make("button", { type: "button", id: "tune", textContent: "Find a good lr", title: "Tries learning rates and takes the one that ends lowest" });
    button.addEventListener("click", this.tune);
    return button;
  }
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
