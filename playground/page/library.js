// Loads the library, before and while the rest of the page loads.

import { Client } from "./client.js";

export const client = new Client(() => new Worker("./worker.js", { type: "module" }));
