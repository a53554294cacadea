// Time: plays steps at a speed, pauses, goes a step or anywhere.

export class Player {
  /** @param {(moment: number) => void} draw Draws a moment: step 2.5 is half-way to the third. @param {() => void} changed Told of play, pause and rest. */
  constructor(draw, changed) {
    Object.assign(this, { draw, changed });
    this.moment = 0;
    this.last = 0; // the last step there is
    this.speed = 30; // steps a second
    this.playing = false;
    /** Pictures drawn since play began. */
    this.frames = 0;
  }

  /** Plays on, at the end from the start. */
  play() {
    if (this.playing) return;
    if (this.moment >= this.last) this.moment = 0;
    this.playing = true;
    this.frames = 0;
    this.before = null;
    this.request = requestAnimationFrame((now) => this.frame(now));
    this.changed();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.request);
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** @param {number} moment Where to go; pauses. */
  go(moment) {
    this.pause();
    this.moment = Math.min(this.last, Math.max(0, moment));
    this.draw(this.moment);
    this.changed();
  }

  /** @param {number} steps How many to go on, or back if negative. */
  step(steps) {
    this.go(steps > 0 ? Math.floor(this.moment) + steps : Math.ceil(this.moment) + steps);
  }

  frame(now) {
    const elapsed = Math.min(now - (this.before ?? now), 100) / 1000; // a hidden page does not leap
    this.before = now;
    this.moment = Math.min(this.last, this.moment + elapsed * this.speed);
    this.frames++;
    this.draw(this.moment);
    if (this.moment >= this.last) return this.pause();
    this.request = requestAnimationFrame((next) => this.frame(next));
  }
}
