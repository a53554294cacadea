// Lines over the last minutes, as SVG.

const left = 52, bottom = 22, top = 8, right = 10;

/** @param {string} name @param {Object} attributes @param {string} [text] @returns {SVGElement} */
function make(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** @param {number} most @returns {number} A round number that goes some three times into the largest. */
function step(most) {
  const unit = 10 ** Math.floor(Math.log10(most / 3));
  return unit * [1, 2, 5, 10].find((f) => most / (unit * f) <= 4);
}

/** @param {number} v @returns {string} Short, for an axis. */
const label = (v) => (v >= 1000 ? `${+(v / 1000).toPrecision(4)}k` : String(+v.toPrecision(4)));

/**
 * @param {SVGElement} svg Where the chart is drawn.
 * @param {number[]} at Seconds from now, not above 0, ascending.
 * @param {(number|null)[][]} lines A value for each second; null is none.
 * @param {string} what The values are, for those who cannot see them.
 */
export function chart(svg, at, lines, what) {
  const {width, height} = svg.getBoundingClientRect();
  const values = lines.flat().filter((v) => Number.isFinite(v));
  const most = (Math.max(...values, 0) || 1) * 1.05;
  const span = Math.max(60, -at[0]);
  const x = (t) => left + (1 + t / span) * (width - left - right);
  const y = (v) => height - bottom - (v / most) * (height - bottom - top);
  svg.replaceChildren();
  for (let v = 0, by = step(most); v <= most; v += by) {
    svg.append(make("line", {class: "grid", x1: left, x2: width - right, y1: y(v), y2: y(v)}));
    svg.append(make("text", {x: left - 7, y: y(v) + 4, "text-anchor": "end"}, label(v) || "0"));
  }
  const by = span > 300 ? 120 : span > 120 ? 60 : 20;
  for (let t = 0; t <= span; t += by) {
    const text = t === 0 ? "now" : by < 60 ? `−${t} s` : `−${t / 60} min`;
    svg.append(make("text", {x: x(-t), y: height - 5, "text-anchor": t === 0 ? "end" : "middle"}, text));
  }
  lines.forEach((line, i) => svg.append(make("path", {class: `line-${i}`, d: path(at, line, x, y)})));
  const now = lines.map((line) => line.at(-1)).filter((v) => Number.isFinite(v)).map(label);
  svg.setAttribute("aria-label", `${what}: ${now.join(" and ") || "nothing yet"}`);
}

/** The path of a line; it is broken where there is no value. */
function path(at, line, x, y) {
  let d = "", pen = "M";
  line.forEach((v, i) => {
    if (!Number.isFinite(v)) {
      pen = "M";
      return;
    }
    d += `${pen}${x(at[i]).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = "L";
  });
  return d;
}
