// Formulas set as mathematics.

/**
 * @param {HTMLElement} box @param {string} mathml As the library makes it, names escaped. Its style attributes, which the page's policy
 * forbids, become classes.
 */
export function setMath(box, mathml) {
  box.innerHTML = mathml.replaceAll(/style="text-align:(left|right)"/g, 'class="$1"');
}
