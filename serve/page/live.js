// The page: asks the service what it does, every second, and shows it.

import {chart} from "./chart.js";

const get = (id) => document.getElementById(id);
const keep = 600; // seconds that are shown
const points = []; // {time in milliseconds, learned, predictions, loss, weight}, the oldest first
let token = sessionStorage.getItem("token") ?? "";

/** Refused is thrown where the service wants a token. */
class Refused extends Error {}

/** @param {string} path @returns {Promise<any>} What the service answers. */
async function ask(path) {
  const headers = token ? {Authorization: `Bearer ${token}`} : {};
  const response = await fetch(path, {headers});
  if (response.status === 401) throw new Refused("token");
  if (!response.ok) throw new Error(`the service answers ${response.status}`);
  return response.json();
}

/** @param {string} id @param {string} text */
function say(id, text) {
  const element = get(id);
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} text Shown as what is wrong; "" is nothing. */
function notice(text) {
  say("notice", text);
  get("notice").hidden = text === "";
}

const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const short = new Intl.NumberFormat("en", {maximumSignificantDigits: 3});
const loss = (v) => (v == null || !Number.isFinite(v) ? "–" : v.toPrecision(4));
const rate = (v) => (v == null ? "–" : v < 100 ? short.format(v) : whole.format(v));

/** What was done from one point to another, a second: {learned, predicted, loss}. */
function between(a, b) {
  const seconds = (b.time - a.time) / 1000;
  return {
    learned: (b.learned - a.learned) / seconds,
    predicted: (b.predictions - a.predictions) / seconds,
    loss: b.weight > a.weight ? (b.loss - a.loss) / (b.weight - a.weight) : null,
  };
}

/** The last point that is so many seconds older than point i, or the first. */
function before(i, seconds) {
  let j = i;
  while (j > 0 && points[i].time - points[j].time < 1000 * seconds) j--;
  return points[j];
}

async function live() {
  const since = points.length ? points.at(-1).time : 0;
  points.push(...(await ask(`live?since=${since}`)));
  points.splice(0, points.length - keep - 1);
  if (points.length < 2) return;
  const last = points.length - 1;
  const now = between(before(last, 3), points[last]);
  say("learned", whole.format(points[last].learned));
  say("learning-rate", rate(now.learned));
  say("predicting-rate", rate(now.predicted));
  say("recent-loss", loss(between(before(last, 60), points[last]).loss));
  const at = points.slice(1).map((p) => (p.time - points[last].time) / 1000);
  const spans = points.slice(1).map((p, i) => between(before(i + 1, 10), p));
  const rates = points.slice(1).map((p, i) => between(points[i], p));
  chart(get("loss-chart"), at, [spans.map((s) => s.loss), points.slice(1).map((p) => p.loss / p.weight)], "Progressive loss");
  chart(get("throughput-chart"), at, [rates.map((r) => r.learned), rates.map((r) => r.predicted)], "Examples a second");
}

async function model() {
  const m = await ask("model?top=30");
  const classes = m.classes ? `, ${m.classes} classes` : "";
  say("about", `${m.rule}, ${m.loss} loss${classes}, 2^${m.bits} weights, record ${whole.format(m.records)} of its log, snapshot at ${whole.format(m.snapshot)}`);
  say("average-loss", loss(m.average_loss));
  say("nonzero", whole.format(m.nonzero));
  notice(m.learning === "yes" ? "" : `It does not learn: ${m.learning}. Predicting goes on.`);
  weights(m.strongest ?? []);
}

/** @param {{index: number, value: number, name?: string}[]} list Shown, the strongest first. */
function weights(list) {
  get("no-weights").hidden = list.length > 0;
  const most = Math.abs(list[0]?.value ?? 1);
  get("weights").replaceChildren(...list.map((w) => {
    const row = document.createElement("tr");
    row.insertCell().textContent = w.name ?? `hash ${w.index}`;
    const value = row.insertCell();
    value.className = "number";
    value.textContent = (w.value < 0 ? "−" : "") + Math.abs(w.value).toPrecision(4);
    row.insertCell().append(bar(w.value / most));
    return row;
  }));
}

/** @param {number} share Of the strongest weight, -1 to 1. @returns {SVGElement} */
function bar(share) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-1 0 2 1");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("x", Math.min(share, 0));
  rect.setAttribute("width", Math.abs(share));
  rect.setAttribute("height", 1);
  rect.setAttribute("class", share < 0 ? "minus" : "plus");
  svg.append(rect);
  return svg;
}

let turn = 0;

/** Asks and shows, every second while somebody may look. */
async function tick() {
  const paused = get("pause").getAttribute("aria-pressed") === "true";
  if (!paused && !document.hidden && get("token-form").hidden) {
    try {
      await live();
      if (turn++ % 2 === 0) await model();
      document.body.dataset.ready = "true";
    } catch (error) {
      if (error instanceof Refused) wantToken();
      else notice(`The service cannot be reached: ${error.message}.`);
    }
  }
  setTimeout(tick, 1000);
}

function wantToken() {
  notice(token ? "That is not the token." : "");
  say("about", "This service wants a token.");
  get("token-form").hidden = false;
  get("token").focus();
}

get("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  token = get("token").value.trim();
  sessionStorage.setItem("token", token);
  get("token-form").hidden = true;
  notice("");
  turn = 0;
});

get("pause").addEventListener("click", () => {
  const paused = get("pause").getAttribute("aria-pressed") !== "true";
  get("pause").setAttribute("aria-pressed", paused);
  turn = 0;
});

tick();
