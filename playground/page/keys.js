// Shortcuts, everywhere but where one types.

import { element } from "./app.js";

/** @param {(name: "play"|"step"|"back"|"reset") => void} press @param {(i: number) => void} choose @param {() => void} help */
export function shortcuts(press, choose, help) {
  const keys = { " ": "play", ArrowRight: "step", ArrowLeft: "back", Home: "reset" };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || taken(event)) return;
    if (event.key in keys) press(keys[event.key]);
    else if (/^[1-8]$/.test(event.key)) choose(Number(event.key) - 1);
    else if (event.key === "s") element("start").focus();
    else if (event.key === "?") help();
    else return;
    event.preventDefault();
  });
}

/** Whether what has the focus uses the key itself. */
function taken({ target, key }) {
  if (target.closest("dialog, textarea, select, input:not([type=range])")) return true;
  if (target.closest("input[type=range]")) return key !== " ";
  if (target.closest("[role=tab]")) return key.startsWith("Arrow") || key === " ";
  if (target.closest("#formula-math")) return key.startsWith("Arrow");
  return target.closest("button") && key === " ";
}
