// The numbers of the point of a path that is nearest to the pointer.

import { show } from "./scale.js";
import { color } from "./theme.js";

const reach = 22; // pixels

/**
 * @param {import("./paths.js").Path[]} paths @param {import("./plane.js").Plane} plane @param {number} px @param {number} py
 * @param {number} moment Points after it are not there yet.
 * @returns {?{i: number, k: number}} The path and its point; null where none is near.
 */
export function nearest(paths, plane, px, py, moment) {
  let best = null;
  let least = reach ** 2;
  paths.forEach((path, i) => {
    if (path.error) return;
    for (let k = 0; k <= moment && k < path.x.length; k++) {
      const distance = (plane.px(path.x[k]) - px) ** 2 + (plane.py(path.y[k]) - py) ** 2;
      if (distance <= least) [best, least] = [{ i, k }, distance];
    }
  });
  return best;
}

/** Fills the box with what path's point k is and puts it beside the pointer. */
export function tell(box, path, k, px, py) {
  const dot = document.createElement("span");
  dot.textContent = "● ";
  dot.style.color = color(path.runner.color);
  const name = document.createElement("b");
  name.textContent = path.runner.name;
  box.replaceChildren(dot, name, `  step ${k}\n${lines(path, k).join("\n")}`);
  box.hidden = false;
  const { offsetWidth, offsetHeight, parentElement } = box;
  const x = px + 18 + offsetWidth > parentElement.clientWidth ? px - 18 - offsetWidth : px + 18;
  const y = Math.min(Math.max(6, py - offsetHeight / 2), parentElement.clientHeight - offsetHeight - 6);
  box.style.transform = `translate(${Math.max(6, x)}px, ${y}px)`;
}

function lines(path, k) {
  const rows = [
    ["x, y", path.x[k], path.y[k]],
    ["loss", path.loss[k]],
    ["gradient", path.gx[k], path.gy[k]],
  ];
  if (k < path.rateX.length) {
    rows.push(["step", path.x[k + 1] - path.x[k], path.y[k + 1] - path.y[k]]);
    rows.push(["step size", path.rateX[k], path.rateY[k]]);
  }
  for (const [name, { x, y }] of Object.entries(path.states)) rows.push([name, x[k], ...(y.length ? [y[k]] : [])]);
  return rows.map(([name, ...numbers]) => `${name.padEnd(9)} ${numbers.map((v) => show(v).padStart(9)).join(" ")}`);
}
