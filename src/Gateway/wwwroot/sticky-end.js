// A scroller whose end stays in view as it grows, unless the user scrolls up, until they come back to it.

const NEAR = 80;

export class StickyEnd {
  #scroller;
  #sticks = true;
  #isDue = false;
  #top = 0;

  constructor(scroller) {
    this.#scroller = scroller;
    scroller.addEventListener("scroll", () => this.#note(), { passive: true });
  }

  /** Shows the end from now on. */
  stick() {
    this.#sticks = true;
  }

  /** Has grown. */
  follow() {
    if (this.#sticks) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Has grown, and may again soon: measuring the page after each word would make it slow, once a frame is enough. */
  followSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.follow();
    });
  }

  /** Adds something above; what is in view stays there. */
  growAbove(add) {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    add();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  #note() {
    const { scrollTop: top, scrollHeight, clientHeight } = this.#scroller;
    if (top < this.#top) this.#sticks = false;
    if (scrollHeight - top - clientHeight < NEAR) this.#sticks = true;
    this.#top = top;
  }
}
