// Sliders' scales and how numbers are written.

/**
 * @typedef {Object} Scale Maps a slider's way, 0..1, to a hyperparameter's value and back.
 * @property {(s: number) => number} value
 * @property {(value: number) => number} position
 */

const edge = 0.04; // of a log0 slider's way is the value 0

/** @param {string} kind As the library suggests: log, log0, oneminus, linear. @param {number} min @param {number} max @returns {Scale} */
export function scale(kind, min, max) {
  switch (kind) {
    case "log": {
      const span = Math.log(max / min);
      return { value: (s) => min * Math.exp(s * span), position: (v) => (v > 0 ? clamp(Math.log(v / min) / span) : 0) };
    }
    case "log0": {
      const inner = scale("log", min, max);
      return {
        value: (s) => (s < edge ? 0 : inner.value((s - edge) / (1 - edge))),
        position: (v) => (v > 0 ? edge + (1 - edge) * inner.position(v) : 0),
      };
    }
    case "oneminus": {
      const span = Math.log((1 - max) / (1 - min));
      return { value: (s) => 1 - (1 - min) * Math.exp(s * span), position: (v) => (v < 1 ? clamp(Math.log((1 - v) / (1 - min)) / span) : 1) };
    }
    default:
      return { value: (s) => min + s * (max - min), position: (v) => clamp((v - min) / (max - min)) };
  }
}

const clamp = (s) => Math.min(1, Math.max(0, s));

/** @param {number} x @returns {number} x with as many digits as a slider's place is worth: 0.9, 0.9987, 0.0013. */
export function tidy(x) {
  if (x > 0.9 && x < 1) return Number((1 - Number((1 - x).toPrecision(2))).toFixed(9));
  return Number(x.toPrecision(2));
}

/** @param {?number} x @param {number} digits @returns {string} x for people to read, with a true minus. */
export function show(x, digits = 4) {
  if (x === null || x === undefined || Number.isNaN(x)) return "not finite";
  const size = Math.abs(x);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? x.toExponential(digits - 2).replace("e+", "e") : String(Number(x.toPrecision(digits)));
  return text.replaceAll("-", "−");
}
