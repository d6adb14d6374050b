// Connects the parts of the page: the session, the open room, and the events.

import { showUser, startAccount } from "./account.js";
import { explain } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { forgetPictures } from "./attachments.js";
import { announce, find, toast } from "./dom.js";
import { followEvents } from "./events.js";
import { fillIcons } from "./icons.js";
import { readOptions, startOptions } from "./options.js";
import { refreshPlan, returnFromCheckout, startPlan, upgrade } from "./plan.js";
import { startRoomMenu } from "./room-menu.js";
import { Rooms } from "./rooms.js";
import { forgetSearch, startSearch } from "./search.js";
import * as session from "./session.js";
import { closeShares, startShares } from "./shares.js";
import { resumeSignIn, showSignIn, startSignIn } from "./sign-in.js";
import { isWanted, showTemporary, startTemporary } from "./temporary.js";
import { fillWords, setLanguage } from "./words.js";

const drawer = find("#drawer");
const opener = find("#open-drawer");

const rooms = new Rooms(showHeader);
const composer = new Composer({
  settings: () => (isWanted() ? { temporary: true } : {}),
  // The message belongs to the branch that the user has chosen.
  sending: () => conversation.choice,
  created: (room) => {
    rooms.know(room);
    go(room.id);
  },
  sent: (room, answer) => room === openRoom() && conversation.sent(answer),
  limited: () => refreshPlan(),
  upgrade,
});
const conversation = new Conversation({
  gone: (id) => removeRoom({ id }, "This chat is not there any more."),
  changed: () => refreshPlan(),
  read: (room) => rooms.know(room),
  posting: () => composer.clear(),
  refused: (problem) => composer.refuse(problem),
});

let life = null;

/** The room in the address, and a message to scroll to. They are not secret, and a reload opens the room again. */
function place() {
  const [, room = null, message] = /^#\/([0-9a-f-]{36})(?:\/(\d{1,15}))?$/.exec(location.hash) ?? [];
  return { room, message: message ? Number(message) : null };
}

const openRoom = () => place().room;

function go(room, message) {
  location.hash = room ? `#/${room}` : "#/";
  if (message) toast(message);
}

function showRoom() {
  const { room, message } = place();
  // The same message can be looked for again.
  if (message) history.replaceState(null, "", `#/${room}`);
  setDrawer(false);
  rooms.select(room);
  composer.open(room);
  find("#room-menu").hidden = !room;
  find("#room-menu").open = false;
  conversation.open(room, message);
}

/** Shows what the list says about the open room. */
function showHeader() {
  const id = openRoom();
  const room = rooms.get(id);
  const name = room?.temporary ? "Temporary chat" : room?.name ?? "New chat";
  find("#title").textContent = name;
  document.title = life && id ? `${name} · GeminiChat` : "GeminiChat";
  showTemporary(id !== null, room);
}

/** A room is gone. The user may be reading it. */
function removeRoom(room, message = "This chat was deleted.") {
  rooms.take("deleted", room);
  if (room.id === openRoom()) go(null, message);
}

/** Shows the chats of the signed-in user, or the sign-in form. */
async function enter() {
  if (life) return;
  const isSignedIn = session.read() !== null;
  find("#sign-in").hidden = isSignedIn;
  find("#app").hidden = !isSignedIn;
  if (!isSignedIn) {
    resumeSignIn();
    return;
  }

  life = new AbortController();
  showConnection();
  followEvents(life.signal, { rooms, conversation, openRoom, removeRoom, showConnection });
  showRoom();
  refreshPlan();
  readOptions();
  returnFromCheckout();
  try {
    await showUser();
  } catch (error) {
    if (life) toast(explain(error));
  }
}

function leave() {
  if (!life) return;
  life.abort();
  life = null;
  conversation.open(null);
  composer.forget();
  forgetPictures();
  forgetSearch();
  closeShares();
  rooms.clear();
  find("#app").hidden = true;
  find("#sign-in").hidden = false;
  history.replaceState(null, "", location.pathname);
  showSignIn("You are signed out.");
}

/** Shows an error of the connection; without a text, hides it. */
function showConnection(trouble = "") {
  const line = find("#connection");
  if (line.textContent === trouble) return;
  line.textContent = trouble;
  line.hidden = !trouble;
  announce(trouble || "Connected again.");
}

function setDrawer(isOpen) {
  drawer.classList.toggle("open", isOpen);
  opener.setAttribute("aria-expanded", String(isOpen));
}

function onEscape(event) {
  if (event.key !== "Escape" || event.isComposing || find("dialog[open]")) return;
  if (drawer.classList.contains("open")) {
    setDrawer(false);
    opener.focus();
  } else if (life) {
    conversation.stop();
  }
}

setLanguage();
fillWords();
fillIcons();
startSignIn(enter);
startPlan();
startAccount();
startTemporary();
startOptions();
startShares();
startSearch(openRoom);
startRoomMenu(() => ({ name: find("#title").textContent, ...rooms.get(openRoom()), id: openRoom() }), {
  changed: (room) => rooms.take("updated", room),
  deleted: (room) => removeRoom(room),
});
session.watch({ onStart: enter, onEnd: leave });
opener.addEventListener("click", () => {
  setDrawer(true);
  find("#close-drawer").focus();
});
find("#close-drawer").addEventListener("click", () => {
  setDrawer(false);
  opener.focus();
});
find("#skip").addEventListener("click", () => find("#text").focus());
addEventListener("hashchange", () => life && showRoom());
addEventListener("keydown", onEscape);
enter();
