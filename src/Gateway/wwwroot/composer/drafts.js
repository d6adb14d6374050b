// Messages that are not sent yet, by room, in the store that all tabs share. The newest write wins. Those of temporary chats live as long
// as the page.

const KEY = "geminichat.drafts";
const NEW_ROOM = "new";
const MAX_DRAFTS = 50;
const MAX_LENGTH = 400_000;
const FILE_LIFETIME_MS = 23 * 3600_000; // The server deletes a file that is in no message after a day.

// The drafts, if they cannot be stored.
let unstored = null;

const temporaryRoomDrafts = new Map();

/**
 * The draft of a room; null for the next new one. `instructions` are those of a new chat, and `temporary` tells whether it is to be
 * temporary, if there is a draft.
 */
export function readDraft(room) {
  const { text = "", files = [], instructions = "", temporary } = temporaryRoomDrafts.get(room) ?? readStored()[room ?? NEW_ROOM] ?? {};
  return { text, files: files.filter(({ at }) => Date.now() - at < FILE_LIFETIME_MS), instructions, temporary };
}

/** Saves a draft; an empty one is deleted. */
export function writeDraft(room, draft, isTemporaryRoom = false) {
  if (isTemporaryRoom) temporaryRoomDrafts.set(room, draft);
  else temporaryRoomDrafts.delete(room);
  const { [room ?? NEW_ROOM]: stored, ...others } = readStored();
  const isEmpty = isTemporaryRoom || (!draft.text && !draft.instructions && draft.files.length === 0);
  if (isEmpty && !stored) return;
  store(isEmpty ? others : { ...others, [room ?? NEW_ROOM]: { ...draft, at: Date.now() } });
}

/** The message of this room is sent. */
export function deleteDraft(room) {
  writeDraft(room, { text: "", files: [] });
}

export function clearDrafts() {
  unstored = null;
  temporaryRoomDrafts.clear();
  localStorage.removeItem(KEY);
}

/** Calls back when another tab has changed drafts. */
export function watchDrafts(onChange) {
  addEventListener("storage", ({ key }) => key === KEY && onChange());
}

function readStored() {
  try {
    return unstored ?? JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

// The oldest drafts go first. If the store is full for other reasons, the drafts live as long as the page.
function store(drafts) {
  const kept = Object.entries(drafts).sort(([, a], [, b]) => b.at - a.at).slice(0, MAX_DRAFTS);
  while (kept.length > 1 && JSON.stringify(kept).length > MAX_LENGTH) kept.pop();
  unstored = null;
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
  } catch {
    unstored = Object.fromEntries(kept);
  }
}
