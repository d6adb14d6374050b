// A scroller that keeps its end in view as it grows. If the user scrolls up, it stops until the user scrolls to the end.

const NEAR = 80;

export class AutoScroll {
  #scroller;
  #content;
  #sticks = true;
  #top = 0;
  #onMove;
  #go = null;

  /**
   * @param {Element} content What grows in the scroller.
   * @param {(isAtEnd: boolean) => void} onMove Runs when the user or the content moves.
   */
  constructor(scroller, content, onMove) {
    this.#scroller = scroller;
    this.#content = content;
    this.#onMove = onMove;
    scroller.addEventListener("scroll", () => this.#note(), { passive: true });
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      addEventListener(type, () => (this.#go = null), { passive: true, capture: true });
    }

    // Messages get their real height only when they come near the visible part.
    new ResizeObserver(() => this.#settle()).observe(content);
    new ResizeObserver(() => this.#settle()).observe(scroller);
  }

  /** Keeps the end in view from now on. */
  stick() {
    this.#go = null;
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

  /** Adds content above. The visible part does not move. */
  growAbove(add) {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    add();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  /** The first visible element of the content, and how far its start is above the visible part; null at the end. */
  get place() {
    if (this.#sticks) return null;
    const top = this.#scroller.getBoundingClientRect().top;
    for (const element of this.#content.children) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) return { element, above: top - box.top };
    }

    return null;
  }

  /** Scrolls to a place. */
  goTo({ element, above }) {
    this.hold(() => {
      const top = this.#scroller.getBoundingClientRect().top;
      this.#scroller.scrollTop += element.getBoundingClientRect().top - top + above;
    });
  }

  /** Scrolls with a function, and again while what is near gets its real height, until the user does something. */
  hold(go) {
    this.#sticks = false;
    this.#go = go;
    go();
  }

  /** Whether the user has done nothing since then. */
  get isHeld() {
    return this.#go !== null;
  }

  #settle() {
    this.#go?.();
    this.follow();
    this.#onMove(this.#isAtEnd);
  }

  #note() {
    const { scrollTop: top } = this.#scroller;
    if (top < this.#top) this.#sticks = false;
    if (this.#isAtEnd) this.#sticks = true;
    this.#top = top;
    this.#onMove(this.#isAtEnd);
  }

  get #isAtEnd() {
    const { scrollTop: top, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - top - clientHeight < NEAR;
  }
}
