// From the surface's coordinates to the canvas's pixels and back, with one scale for x and y so that angles are true.

export class Plane {
  /** @param {number[]} window x0, x1, y0, y1 that must be seen. @param {number} width @param {number} height In CSS pixels. */
  constructor([x0, x1, y0, y1], width, height) {
    Object.assign(this, { width, height });
    /** Pixels a unit. */
    this.scale = Math.min(width / (x1 - x0), height / (y1 - y0));
    this.left = (x0 + x1) / 2 - width / 2 / this.scale;
    this.bottom = (y0 + y1) / 2 - height / 2 / this.scale;
  }

  /** What is seen: x0, x1, y0, y1. */
  get window() {
    return [this.left, this.left + this.width / this.scale, this.bottom, this.bottom + this.height / this.scale];
  }

  px(x) {
    return (x - this.left) * this.scale;
  }

  py(y) {
    return this.height - (y - this.bottom) * this.scale;
  }

  /** @returns {number[]} The x and y that a pixel shows. */
  at(px, py) {
    return [this.left + px / this.scale, this.bottom + (this.height - py) / this.scale];
  }
}

/**
 * Fits a canvas to its place on the page.
 * @param {HTMLCanvasElement} canvas
 * @returns {{width: number, height: number, ratio: number}} Its size in CSS pixels, and device pixels in each.
 */
export function fit(canvas) {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const { clientWidth: width, clientHeight: height } = canvas;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  return { width, height, ratio };
}

/** @param {string} text Base64 of little-endian float32. @returns {Float32Array} */
export function floats(text) {
  return new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

/** @param {string} hex As in #0072b2. @returns {number[]} Red, green, blue. */
export function rgb(hex) {
  const full = hex.length === 4 ? hex.replace(/\w/g, "$&$&") : hex;
  return [1, 3, 5].map((i) => parseInt(full.slice(i, i + 2), 16));
}
