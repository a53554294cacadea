// A race's paths as the charts' lines.

/**
 * @param {import("./paths.js").Path[]} paths @param {import("./state.js").Runner} chosen
 * @returns {import("./chart.js").Line[]} Each path's loss.
 */
export function lossLines(paths, chosen) {
  return lines(paths, chosen, (path) => path.loss);
}

/** @returns {import("./chart.js").Line[]} Each path's steps over its gradients, in norm; the chosen one's in x and y too, dashed and dotted. */
export function rateLines(paths, chosen) {
  const path = paths.find(({ runner, error }) => runner === chosen && !error);
  const norms = lines(paths, chosen, rate);
  if (!path) return norms;
  const line = (name, values, dash) => ({ name, color: chosen.color, values, dash });
  return [...norms, line("x", path.rateX, [6, 4]), line("y", path.rateY, [2, 3])];
}

function lines(paths, chosen, values) {
  const good = paths.filter((path) => !path.error);
  return good.map((path) => ({ name: path.runner.name, color: path.runner.color, values: values(path), thick: path.runner === chosen }));
}

/** Where there is next to no gradient, a step over it says nothing. */
const least = 1e-9;

function rate(path) {
  return path.rateX.map((_, k) => {
    const gradient = Math.hypot(path.gx[k], path.gy[k]);
    const step = Math.hypot(path.x[k + 1] - path.x[k], path.y[k + 1] - path.y[k]);
    return gradient > least ? step / gradient : null;
  });
}
