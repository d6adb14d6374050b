// Where the user was in each chat. It survives a reload of the tab.

const KEY = "geminichat.scroll-positions";
const MAX_ROOMS = 100;

const positions = new Map(readStored());

/** Saves and restores the position in the open room. */
export class ScrollPosition {
  #list;
  #position;
  #isRestored = false;

  /** @param {MessageList} list The messages of the room. */
  constructor(list) {
    this.#list = list;
  }

  /** The message that was at the top of the visible part; undefined at the end of the chat. */
  get message() {
    return this.#position?.id;
  }

  /** Saves the position in a room. */
  save(room) {
    const { position } = this.#list;
    positions.delete(room);
    if (position) positions.set(room, position);
    while (positions.size > MAX_ROOMS) positions.delete(positions.keys().next().value);
    try {
      sessionStorage[KEY] = JSON.stringify([...positions]);
    } catch {
      // Without storage, the position is kept until the reload.
    }
  }

  /** Loads the saved position in a room. */
  load(room) {
    this.#position = positions.get(room);
    this.#isRestored = false;
  }

  /** Scrolls to the position, unless the user has scrolled since it was restored before. False if its message is not shown. */
  restore() {
    const hasUserScrolled = this.#isRestored && !this.#list.isHeld;
    if (!this.#position || hasUserScrolled) return true;
    return (this.#isRestored = this.#list.scrollTo(this.#position));
  }
}

function readStored() {
  try {
    return JSON.parse(sessionStorage[KEY] ?? "[]");
  } catch {
    return [];
  }
}
