// What the page shows, and its form in the address: a link shows what its sender saw.

/**
 * @typedef {Object} Runner One rule with its settings.
 * @property {string} name What the page calls it.
 * @property {string} rule The built-in rule that it is or began as.
 * @property {?string} text The formula as typed; null: the built-in one.
 * @property {Object<string, number>} hypers What is set other than by default; a choice is its index.
 * @property {number} color Index of its colour.
 *
 * @typedef {Object} State
 * @property {"surface"|"network"} view
 * @property {string} surface A preset's name or a formula of x and y.
 * @property {?number[]} start Where the descent starts; null: the surface's own start.
 * @property {number} steps
 * @property {number} seed
 * @property {?number} at The step shown, paused; null: play from the beginning.
 * @property {number} speed Steps a second.
 * @property {number} chosen Index of the runner that the editor shows.
 * @property {Runner[]} runners
 * @property {"circles"|"moons"|"spirals"} data The points that the network learns.
 * @property {number} noise
 * @property {number} hidden Units a layer.
 * @property {number} batch Points an update; 0: all.
 * @property {number} pace Updates a picture.
 * @property {?number} updates Updates made, paused; null: train from the beginning.
 * @property {number} netseed
 * @property {Runner} learner The network's optimizer.
 */

/** The most runners that the library takes. */
export const mostRunners = 8;

/** The most steps that the page asks for, so that eight runners take no seconds. */
export const mostSteps = 1000;

/** Steps a second to choose from. */
export const speeds = [5, 15, 30, 60, 120];

/** @returns {State} What a first visit shows. */
export function initial() {
  return {
    view: "surface", surface: "rosenbrock", start: null, steps: 300, seed: 1, at: null, speed: 30, chosen: 2,
    runners: [
      runner("sgd", "sgd", { lr: 0.001 }, 0),
      runner("momentum", "sgd", { lr: 0.001, momentum: 0.9 }, 1),
      runner("nag", "nag", { lr: 0.001 }, 2),
      runner("adam", "adam", { lr: 0.1 }, 3),
    ],
    data: "moons", noise: 0.1, hidden: 8, batch: 16, pace: 4, updates: null, netseed: 1,
    learner: runner("adam", "adam", { lr: 0.02 }, 3),
  };
}

/** @param {string} name @param {string} rule @param {Object<string, number>} hypers @param {number} color @returns {Runner} */
export function runner(name, rule, hypers, color) {
  return { name, rule, text: null, hypers, color };
}

/** @param {Runner} r @returns {Object} r as requests name it. */
export function asked(r) {
  return r.text === null ? { rule: r.rule, hypers: r.hypers } : { text: r.text, hypers: r.hypers };
}

const words = ["view", "surface", "data"];
const numbers = ["steps", "seed", "at", "speed", "chosen", "noise", "hidden", "batch", "pace", "updates", "netseed"];

/** @param {State} state @returns {string} The state as a fragment without #; what is as on a first visit is left out. */
export function toHash(state) {
  const first = initial();
  const parts = [...words, ...numbers]
    .filter((key) => state[key] !== first[key])
    .map((key) => `${key}=${escape(String(state[key]))}`);
  if (state.start) parts.push(`start=${state.start.map((x) => Number(x.toPrecision(5))).join(",")}`);
  if (!same(state.runners, first.runners)) parts.push(...state.runners.map((r) => `run=${runnerToText(r)}`));
  if (!same(state.learner, first.learner)) parts.push(`learn=${runnerToText(state.learner)}`);
  return parts.join("&");
}

/** @param {string} hash @returns {State} The state that a fragment describes; what it does not say is as on a first visit. */
export function fromHash(hash) {
  const state = initial();
  const runners = [];
  for (const part of hash.replace(/^#/, "").split("&")) {
    const key = part.split("=", 1)[0];
    const value = part.slice(key.length + 1);
    if (key === "run") runners.push(runnerFromText(value));
    else if (key === "learn") state.learner = runnerFromText(value) ?? state.learner;
    else if (key === "start") state.start = pair(value);
    else if (numbers.includes(key)) state[key] = number(value, state[key]);
    else if (words.includes(key)) state[key] = unescape(value);
  }
  const good = runners.filter(Boolean).slice(0, mostRunners);
  if (good.length) state.runners = good;
  return fit(state);
}

/** What the page has to choose from; of anything else in an address the first visit's is shown. */
const choices = {
  view: ["surface", "network"], data: ["circles", "moons", "spirals"], speed: speeds,
  hidden: [2, 4, 8, 16, 32], batch: [0, 1, 4, 16, 64], pace: [1, 4, 20],
};

/** What a typed address says and the page cannot show becomes what it can. */
function fit(state) {
  const first = initial();
  for (const [key, values] of Object.entries(choices)) if (!values.includes(state[key])) state[key] = first[key];
  state.chosen = whole(state.chosen, 0, state.runners.length - 1);
  state.steps = whole(state.steps, 1, mostSteps);
  for (const key of ["seed", "netseed"]) state[key] = whole(state[key], 0, Number.MAX_SAFE_INTEGER);
  state.noise = Math.min(0.5, Math.max(0, state.noise));
  if (state.at !== null) state.at = whole(state.at, 0, state.steps);
  if (state.updates !== null) state.updates = whole(state.updates, 0, 20000);
  return state;
}

const whole = (x, low, high) => Math.min(high, Math.max(low, Math.round(x)));
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// name@rule~color:lr=0.1,beta1=0.9;formula
function runnerToText(r) {
  const hypers = Object.entries(r.hypers).map(([key, value]) => `${escape(key)}=${value}`).join(",");
  const text = r.text === null ? "" : `;${escape(r.text)}`;
  return `${escape(r.name)}@${escape(r.rule)}~${r.color}:${hypers}${text}`;
}

function runnerFromText(text) {
  const match = /^([^@;]+)@([^@~:;]*)~(\d{1,3}):([^;]*)(?:;(.*))?$/.exec(text);
  if (!match) return null;
  const [, name, rule, color, list, formula] = match;
  const hypers = list.split(",").map((h) => h.split("=", 2)).map(([key, value]) => [unescape(key), number(value, NaN)]);
  return {
    name: unescape(name), rule: unescape(rule), color: Number(color) % mostRunners,
    text: formula === undefined ? null : unescape(formula),
    hypers: Object.fromEntries(hypers.filter(([key, value]) => key && Number.isFinite(value))),
  };
}

/** As encodeURIComponent, plus ~ and ', which have a meaning here or in what links are pasted into. */
function escape(text) {
  return encodeURIComponent(text).replace(/[~'()*!]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

function unescape(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that somebody typed
  }
}

function number(text = "", otherwise) {
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : otherwise;
}

function pair(text) {
  const [x, y] = text.split(",").map((part) => number(part, NaN));
  return Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null;
}
