// Moves the start by mouse, finger or keys.

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const threshold = 3; // pixels that a press may move and still be none
const tapping = 10; // the same of a finger

/**
 * @typedef {Object} Mover
 * @property {() => import("./plane.js").Plane} plane
 * @property {() => number[]} where The start now.
 * @property {() => void} begin @property {(start: number[]) => void} move
 * @property {(moved: boolean) => void} end
 * @property {(event: PointerEvent) => boolean} tell Tells of what a finger has tapped; false: there is nothing to tell.
 *
 * @param {HTMLElement} stage Where the start can be put. @param {HTMLElement} handle @param {Mover} mover
 */
export function movable(stage, handle, mover) {
  let finger = null; // where one has come down
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || !mover.plane()) return;
    // A finger drags the handle; beside it, it scrolls the page, and a tap on a path tells of it, elsewhere puts the start there.
    finger = event.pointerType === "touch" && !handle.contains(event.target) ? event : null;
    if (finger) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    drag(stage, event, mover);
  });
  stage.addEventListener("pointercancel", () => (finger = null)); // the page scrolls
  stage.addEventListener("pointerup", (event) => {
    const tapped = finger && Math.hypot(event.clientX - finger.clientX, event.clientY - finger.clientY) < tapping;
    finger = null;
    if (!tapped || mover.tell(event)) return;
    mover.begin();
    mover.move(there(stage, event, mover));
    mover.end(true);
  });
  handle.addEventListener("keydown", (event) => {
    const way = arrows[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const by = (event.shiftKey ? 20 : 4) / mover.plane().scale;
    mover.begin();
    mover.move(mover.where().map((v, i) => v + way[i] * by));
    mover.end(false);
  });
}

function drag(stage, down, mover) {
  stage.setPointerCapture(down.pointerId);
  const ending = new AbortController();
  const put = (event) => mover.move(there(stage, event, mover));
  let moved = false;
  mover.begin();
  put(down);
  const move = (event) => {
    moved ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > threshold;
    if (moved) put(event);
  };
  const end = () => {
    ending.abort();
    mover.end(true);
  };
  stage.addEventListener("pointermove", move, { signal: ending.signal });
  stage.addEventListener("pointerup", end, { signal: ending.signal });
  stage.addEventListener("pointercancel", end, { signal: ending.signal });
}

/** @returns {number[]} The x and y of the surface under the pointer. */
function there(stage, event, mover) {
  const { left, top } = stage.getBoundingClientRect();
  return mover.plane().at(event.clientX - left - stage.clientLeft, event.clientY - top - stage.clientTop);
}
