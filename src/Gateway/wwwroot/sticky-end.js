// A scroller that keeps its end in view as it grows. If the user scrolls up, it stops until the user scrolls to the end.

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

  /** Keeps the end in view from now on. */
  stick() {
    this.#sticks = true;
  }

  /** Leaves the visible part where it is, until the user scrolls to the end. */
  unstick() {
    this.#sticks = false;
  }

  /** Must be called after the content has grown. */
  follow() {
    if (this.#sticks) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** The same, but at most once a frame: measuring the page after each word would be slow. */
  followSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.follow();
    });
  }

  /** Adds content above. The visible part does not move. */
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
