// A text field that shows mistakes in place: the text lies a second time behind it, with a mark under what is wrong.

/**
 * @typedef {Object} Fault What the library says of a mistake; line, column and length count characters from 1.
 * @property {string} message
 * @property {string} field
 * @property {string} [name]
 * @property {number} [line]
 * @property {number} [column]
 * @property {number} [length]
 */

const token = /(#[^\n]*)|\b(hyper|state|global|scalar|row|eval)\b/g;

export class Marked {
  /**
   * @param {HTMLTextAreaElement|HTMLInputElement} input @param {HTMLElement} backdrop @param {HTMLElement} message
   * @param {string} markId
   */
  constructor(input, backdrop, message, markId) {
    Object.assign(this, { input, backdrop, message, markId });
    input.addEventListener("scroll", () => this.scroll());
    input.addEventListener("input", () => this.render(null)); // what it says stays until there is news
  }

  get value() {
    return this.input.value;
  }

  set value(text) {
    if (this.input.value !== text) this.input.value = text;
    this.show(null);
  }

  /** @param {?Fault} fault The mistake to show; null: none. */
  show(fault) {
    this.message.textContent = fault ? place(fault) + fault.message : "";
    this.input.setAttribute("aria-invalid", String(Boolean(fault)));
    this.render(fault);
  }

  render(fault) {
    const [from, to] = fault?.line ? range(this.value, fault) : [-1, -1];
    const text = from < 0 ? colored(this.value) : this.cut(from, to);
    this.backdrop.replaceChildren(...text, "\n"); // so that an empty last line has its height
    this.scroll();
  }

  cut(from, to) {
    const mark = document.createElement("mark");
    mark.id = this.markId;
    mark.textContent = this.value.slice(from, to) || " "; // at the end of a line there is nothing to mark
    return [...colored(this.value.slice(0, from)), mark, ...colored(this.value.slice(to))];
  }

  scroll() {
    this.backdrop.scrollTop = this.input.scrollTop;
    this.backdrop.scrollLeft = this.input.scrollLeft;
  }
}

/** @returns {Node[]} The text with its notes and words of the language coloured. */
function colored(text) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(token)) {
    nodes.push(text.slice(done, match.index), span(match[0], match[1] ? "note" : "word"));
    done = match.index + match[0].length;
  }
  nodes.push(text.slice(done));
  return nodes;
}

function span(text, name) {
  const node = document.createElement("span");
  node.className = name;
  node.textContent = text;
  return node;
}

const place = (fault) => (fault.line > 1 || fault.column ? `Line ${fault.line}, column ${fault.column}: ` : "");

/** @param {string} text @param {Fault} fault @returns {[number, number]} Where the mistake begins and ends in text. */
export function range(text, { line, column, length }) {
  const lines = text.split("\n");
  const begin = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  const characters = [...(lines[line - 1] ?? "")]; // code points, as the library counts
  const from = begin + characters.slice(0, column - 1).join("").length;
  return [from, from + characters.slice(column - 1, column - 1 + (length || 1)).join("").length];
}
