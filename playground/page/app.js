// What all parts of the page share: the state, the library, and word of changes.

import { Stale } from "./client.js";
import { client } from "./library.js";
import { fromHash, toHash } from "./state.js";

/**
 * Topics of change:
 * - "state": all of it, from the address;
 * - "view": another view;
 * - "runners": a rule, a formula, a hyperparameter, or the list of them;
 * - "chosen": another runner in the editor;
 * - "network": other points or another network;
 * - "learner": the network's rule; "learning": a hyperparameter of it.
 */
export class App extends EventTarget {
  constructor() {
    super();
    this.state = fromHash(location.hash);
    client.onfail = (error) => this.fail(error);
    if (client.broken) this.fail(client.broken);
    addEventListener("hashchange", () => this.open());
  }

  /** @returns {import("./state.js").Runner} The runner that the editor shows. */
  get runner() {
    return this.state.view === "network" ? this.state.learner : this.state.runners[this.state.chosen];
  }

  /** @param {string} topic @param {() => void} listener */
  on(topic, listener) {
    this.addEventListener(topic, listener);
  }

  /** @param {string[]} topics What has changed. */
  change(...topics) {
    for (const topic of topics) this.dispatchEvent(new Event(topic));
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 300);
  }

  /** Asks the library, as Client.call does. @returns {Promise<?Object>} The reply; null: a newer request has replaced this one, or it was stopped. */
  async ask(name, request, key = name, late = false) {
    try {
      return await client.call(name, request, key, late);
    } catch (error) {
      if (!(error instanceof Stale)) this.say(error.message);
      return null;
    }
  }

  /** @param {string} text Said for some seconds at the bottom, and to screen readers. */
  say(text) {
    const status = document.getElementById("status");
    status.textContent = text;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => (status.textContent = ""), 6000);
  }

  /** Says for good that the library does not run. */
  fail(error) {
    const notice = document.getElementById("notice");
    notice.textContent = `The optimizers could not be started: ${error.message}. Reload the page to try again.`;
    notice.hidden = false;
  }

  /** Writes the state into the address. */
  save() {
    clearTimeout(this.saving);
    const hash = toHash(this.state);
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }

  /** Shows what the address says. */
  open() {
    this.state = fromHash(location.hash);
    this.change("state");
  }
}

/** @param {string} id @returns {HTMLElement} */
export const element = (id) => document.getElementById(id);

/** @param {Function} action @param {number} wait Milliseconds. @returns {Function} Does action, as last called, once calls have ceased for wait. */
export function debounce(action, wait) {
  let timer;
  return (...parts) => {
    clearTimeout(timer);
    timer = setTimeout(action, wait, ...parts);
  };
}
