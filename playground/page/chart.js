// A small line chart with a veil over what has not happened yet.

import { color, onTheme, themed } from "./theme.js";

const { uPlot } = globalThis;

/**
 * @typedef {Object} Line
 * @property {string} name @property {number} color Index. @property {(?number)[]} values @property {boolean} [thick] @property {number[]} [dash]
 */

export class Chart {
  /** @param {HTMLElement} box @param {{percent?: boolean}} options A chart of percents goes from 0 to 100, others have a logarithmic scale where they can. */
  constructor(box, options = {}) {
    Object.assign(this, { box, options });
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(box);
    onTheme(() => this.rebuild());
  }

  /** @param {number[]} x @param {Line[]} lines */
  show(x, lines) {
    const values = lines.flatMap((line) => line.values).filter((v) => v !== null);
    const log = !this.options.percent && wide(values);
    const shape = JSON.stringify([log, lines.map(({ name, color: hue, thick, dash }) => [name, hue, thick, dash])]);
    this.data = [x, ...lines.map((line) => x.map((_, k) => (log && line.values[k] === 0 ? null : line.values[k] ?? null)))];
    if (this.plot && shape === this.shape) return this.plot.setData(this.data);
    Object.assign(this, { shape, lines, log });
    this.rebuild();
  }

  rebuild() {
    if (!this.lines) return;
    this.plot?.destroy();
    this.plot = new uPlot(this.settings(), this.data, this.box);
    this.veil = document.createElement("div");
    this.veil.className = "veil";
    this.plot.over.append(this.veil);
    this.cover(this.moment);
  }

  /** @param {?number} moment From where on the future is veiled; none: all is past. */
  cover(moment) {
    this.moment = moment;
    if (!this.plot) return;
    const last = this.data[0].at(-1);
    this.veil.hidden = moment === undefined || moment >= last;
    if (!this.veil.hidden) this.veil.style.transform = `scaleX(${1 - moment / last})`;
  }

  size() {
    return { width: this.box.clientWidth, height: this.box.clientHeight };
  }

  settings() {
    const filter = this.log ? powers : (_, ticks) => ticks;
    const grid = { stroke: themed("edge"), width: 1 };
    const axis = { stroke: themed("quiet"), font: "12px system-ui, sans-serif", ticks: { show: false }, grid };
    return {
      ...this.size(), padding: [6, 16, 0, 0], legend: { show: false }, cursor: { show: false }, pxAlign: 1,
      scales: { x: { time: false, range: (_, low, high) => [low, Math.max(high, low + 1)] }, y: this.yScale() },
      axes: [
        { ...axis, size: 24, gap: 3, space: 42, values: (_, ticks) => ticks },
        { ...axis, size: 50, gap: 4, space: 26, values: (_, ticks) => ticks.map((v) => (v === null ? "" : tick(v))), filter, grid: { ...grid, filter } },
      ],
      series: [{}, ...this.lines.map(series)],
    };
  }

  yScale() {
    if (this.options.percent) return { range: [0, 100] };
    return this.log ? { distr: 3, range: decades } : { range: around };
  }
}

/** Whether a logarithmic scale shows more. */
function wide(values) {
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  const low = values.reduce((a, b) => (b === 0 ? a : Math.min(a, b)), high);
  return low > 0 && high > 10 * low;
}

function series(line) {
  return { stroke: color(line.color), width: line.dash ? 1 : line.thick ? 2.4 : 1.6, dash: line.dash, auto: !line.dash, points: { show: false }, spanGaps: false };
}

/** A little more than what is drawn, so much at least that next to constant lines are straight. */
function around(_, low, high) {
  if (low === null) return [0, 1]; // nothing is drawn
  const margin = Math.max(0.06 * (high - low), 0.5 * Math.max(Math.abs(low), Math.abs(high)) - (high - low), 1e-12);
  return [low - margin, high + margin];
}

/** Whole decades around what is drawn, at most twelve from the top. */
function decades(_, low, high) {
  const top = 10 ** Math.ceil(Math.log10(high) + 1e-9);
  const bottom = 10 ** Math.floor(Math.log10(low) - 1e-9);
  return [Math.max(bottom, top * 1e-12), top];
}

/** Of a logarithmic scale's ticks the powers of ten, few enough to read. */
function powers(_, ticks) {
  const exponents = ticks.map((v) => Math.log10(v));
  const whole = exponents.filter((e) => Math.abs(e - Math.round(e)) < 1e-6);
  const every = Math.ceil((Math.max(...whole) - Math.min(...whole) + 1) / 5);
  return ticks.map((v, i) => (whole.includes(exponents[i]) && Math.round(exponents[i]) % every === 0 ? v : null));
}

/** @returns {string} As in 0.01, 100 or 10⁻⁶. */
function tick(v) {
  const size = Math.abs(v);
  if (v === 0 || (size >= 0.009 && size < 99999)) return String(Number(v.toPrecision(3))).replace("-", "−");
  const exponent = Math.round(Math.log10(size));
  if (Math.abs(size / 10 ** exponent - 1) > 1e-6) return Number(v.toPrecision(3)).toExponential().replace("e+", "e").replaceAll("-", "−");
  return `${v < 0 ? "−" : ""}10${[...String(exponent)].map((d) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(d)]).join("")}`;
}
