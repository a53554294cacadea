// Starts the page: loads the library, builds the parts and wires them.

import { App, element } from "./app.js";
import { Editor } from "./editor.js";
import { shortcuts } from "./keys.js";
import { NetworkView } from "./network.js";
import { Runners } from "./runners.js";
import { SurfaceView } from "./surface.js";

const app = new App();
const editor = new Editor(app, (runner) => tuners[app.state.view].tune(runner));
const refuse = (fault) => editor.refuse(fault);
const runners = new Runners(app, (name) => editor.take(name), () => views.surface.race.tuneAll());
const views = {
  surface: new SurfaceView(app, (losses) => runners.tell(losses), refuse),
  network: new NetworkView(app, refuse),
};
const tuners = { surface: views.surface.race, network: views.network };
const prefix = { surface: "", network: "net-" }; // of the ids of the views' buttons

app.on("view", show);
app.on("state", () => {
  for (const view of Object.values(views)) view.opened = false;
  runners.show();
  editor.show();
  show();
});
tabs();
share();
shortcuts((name) => element(prefix[app.state.view] + name)?.click(), (i) => app.state.view === "surface" && runners.choose(i), dialog());
globalThis.descentPlayground = { surface: views.surface, state: () => structuredClone(app.state) }; // for tests
await show(); // the picture first
editor.show();
const lists = await app.ask("start", {});
if (lists) {
  editor.list(lists.rules);
  views.surface.list(lists.surfaces);
}

/** Shows the state's view; the other one pauses. */
async function show() {
  const { view } = app.state;
  document.body.dataset.view = view;
  element("race").hidden = view === "network";
  for (const name of Object.keys(views)) {
    element(`${name}-view`).hidden = name !== view;
    element(`view-${name}`).setAttribute("aria-selected", String(name === view));
    element(`view-${name}`).tabIndex = name === view ? 0 : -1;
    if (name !== view) views[name].pause();
  }
  if (views[view].opened) return;
  views[view].opened = true;
  await views[view].arrive();
}

function tabs() {
  const names = ["surface", "network"];
  for (const name of names) {
    const tab = element(`view-${name}`);
    const open = (view) => {
      app.state.view = view;
      app.change("view");
    };
    tab.addEventListener("click", () => open(name));
    tab.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const other = names[1 - names.indexOf(name)];
      open(other);
      element(`view-${other}`).focus();
    });
  }
}

function share() {
  element("share").addEventListener("click", async () => {
    app.save();
    try {
      await navigator.clipboard.writeText(location.href);
      app.say("Link copied: it shows what you see now.");
    } catch {
      app.say("The browser does not let the page copy. The link is in the address bar.");
    }
  });
}

/** @returns {() => void} Opens the help. */
function dialog() {
  const help = element("help-dialog");
  element("help").addEventListener("click", () => help.showModal());
  element("help-close").addEventListener("click", () => help.close());
  return () => help.showModal();
}
