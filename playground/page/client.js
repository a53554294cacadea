// Asks the worker. One request runs at a time; one that takes too long ends the worker, not the page.

/** What a request that was given up fails with: replaced by a newer one of the same key. */
export class Stale extends Error {}

/** What a request that took too long fails with. */
export class TooSlow extends Error {}

export class Client {
  /** @param {() => Worker} start Makes a worker. @param {number} limit Milliseconds that a request may take. */
  constructor(start, limit = 5000) {
    this.start = start;
    this.limit = limit;
    /** @type {Map<string, Job>} what waits, the newest of each key */
    this.waiting = new Map();
    /** @type {?Job} what runs */
    this.running = null;
    this.restart();
  }

  /**
   * @typedef {{id: number, key: string, name: string, request: Object, resolve: Function, reject: Function}} Job
   * @param {string} name What to call. @param {Object} request
   * @param {string} key Requests of one key replace each other: only the newest is answered, the others fail with Stale.
   * @param {boolean} late Whether the reply to one that runs already is wanted still: then what is shown goes on while one drags.
   * @returns {Promise<Object>}
   */
  call(name, request, key = name, late = false) {
    if (this.broken) return Promise.reject(this.broken);
    if (!late && this.running?.key === key) this.running.stale = true;
    this.waiting.get(key)?.reject(new Stale(key));
    this.waiting.delete(key);
    return new Promise((resolve, reject) => {
      this.waiting.set(key, { id: ++this.last, key, name, request, resolve, reject });
      this.next();
    });
  }

  last = 0;

  /** How many workers have been ended; what an ended one kept is lost. */
  ended = 0;

  /** Ends the worker, if there is one, and takes the spare one. */
  restart() {
    this.worker?.terminate();
    this.ready = false;
    this.worker = this.spare ?? this.start();
    this.spare = null;
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => this.broke(event.message);
    this.worker.postMessage({ module: this.module ?? null });
  }

  receive(message) {
    if (message.module) {
      this.ready = true;
      this.module = message.module; // compiled once, for later workers too
      this.spare ??= this.start(); // so that a new beginning needs no network
      this.spare.onerror = () => (this.spare = null);
      return this.next();
    }
    if (message.failed) return this.fail(new Error(message.failed));
    const job = this.running;
    if (!job || message.id !== job.id) return;
    this.finish();
    if (job.stale) job.reject(new Stale(job.key));
    else job.resolve(message.reply);
    this.next();
  }

  next() {
    if (!this.ready || this.running || !this.waiting.size) return;
    const [key, job] = this.waiting.entries().next().value;
    this.waiting.delete(key);
    this.running = job;
    this.timer = setTimeout(() => this.giveUp(), this.limit);
    this.worker.postMessage({ id: job.id, name: job.name, request: job.request });
  }

  giveUp(why = new TooSlow(`This took more than ${this.limit / 1000} s and was stopped. Try fewer steps or a simpler formula.`)) {
    const job = this.running;
    this.finish();
    this.ended++;
    this.restart();
    job.reject(why);
  }

  /** What runs has broken the worker, as by all memory taken; a worker that breaks without cannot be loaded. */
  broke(message) {
    if (this.running) this.giveUp(new Error("This took more memory than there is and was stopped. Try smaller numbers or a simpler formula."));
    else this.fail(new Error(message || "The worker could not be loaded."));
  }

  /** The worker cannot run: everything asked fails, from now on at once. */
  fail(error) {
    this.broken = error;
    this.onfail?.(error);
    this.running?.reject(error);
    this.finish();
    for (const job of this.waiting.values()) job.reject(error);
    this.waiting.clear();
  }

  finish() {
    clearTimeout(this.timer);
    this.running = null;
  }
}
