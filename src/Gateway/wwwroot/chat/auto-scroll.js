// A scroller that keeps its end in view as it grows. If the user scrolls up, it stops until the user scrolls to the end.

const NEAR = 80;

export class AutoScroll {
  #scroller;
  #content;
  #isStuck = true;
  #lastTop = 0;
  #onMove;
  #heldScroll = null;

  /**
   * @param {Element} content What grows in the scroller.
   * @param {(isAtEnd: boolean) => void} onMove Runs when the user or the content moves.
   */
  constructor(scroller, content, onMove) {
    this.#scroller = scroller;
    this.#content = content;
    this.#onMove = onMove;
    scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      addEventListener(type, () => (this.#heldScroll = null), { passive: true, capture: true });
    }

    // Messages get their real height only when they come near the visible part.
    new ResizeObserver(() => this.#onResize()).observe(content);
    new ResizeObserver(() => this.#onResize()).observe(scroller);
  }

  /** Keeps the end in view from now on. */
  stickToEnd() {
    this.#heldScroll = null;
    this.#isStuck = true;
  }

  /** Leaves the visible part where it is, until the user scrolls to the end. */
  unstick() {
    this.#isStuck = false;
  }

  /** Scrolls to the end if it is to be kept in view. Must be called after the content has grown. */
  update() {
    if (this.#isStuck) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Adds content above. The visible part does not move. */
  prepend(add) {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    add();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  /** The first visible element of the content, and how far its start is above the visible part; null at the end. */
  get position() {
    if (this.#isStuck) return null;
    const top = this.#scroller.getBoundingClientRect().top;
    for (const element of this.#content.children) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) return { element, above: top - box.top };
    }

    return null;
  }

  /** Scrolls to such a position. */
  scrollTo({ element, above }) {
    this.hold(() => {
      const top = this.#scroller.getBoundingClientRect().top;
      this.#scroller.scrollTop += element.getBoundingClientRect().top - top + above;
    });
  }

  /** Scrolls with a function, and again while what is near gets its real height, until the user does something. */
  hold(scroll) {
    this.#isStuck = false;
    this.#heldScroll = scroll;
    scroll();
  }

  /** Whether the user has done nothing since `hold`. */
  get isHeld() {
    return this.#heldScroll !== null;
  }

  #onResize() {
    this.#heldScroll?.();
    this.update();
    this.#onMove(this.#isAtEnd);
  }

  #onScroll() {
    const { scrollTop: top } = this.#scroller;
    if (top < this.#lastTop) this.#isStuck = false;
    if (this.#isAtEnd) this.#isStuck = true;
    this.#lastTop = top;
    this.#onMove(this.#isAtEnd);
  }

  get #isAtEnd() {
    const { scrollTop: top, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - top - clientHeight < NEAR;
  }
}
