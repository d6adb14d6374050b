// Connects the parts of the page: the session, the open room, and the events.

import { clearUser, showUser, startAccount } from "./account/account.js";
import { clearPlan, refreshPlan, returnFromCheckout, upgrade } from "./account/plan.js";
import { startSettings } from "./account/settings.js";
import { releasePictures } from "./chat/attachments.js";
import { Conversation } from "./chat/conversation.js";
import { startWelcome } from "./chat/welcome.js";
import { Composer } from "./composer/composer.js";
import { readOptions, startOptions } from "./composer/options.js";
import { showTemporary, startTemporary } from "./composer/temporary-chat.js";
import { explain } from "./core/api.js";
import { announce, find, toast } from "./core/dom.js";
import { fillIcons } from "./core/icons.js";
import * as session from "./core/session.js";
import { fillWords, say, setLanguage } from "./core/words.js";
import * as chatCache from "./offline/chat-cache.js";
import { startOffline } from "./offline/offline.js";
import { closeDrawer, startDrawer, toggleDrawer } from "./rooms/drawer.js";
import { openRoomMenu, startRoomMenu } from "./rooms/room-menu.js";
import { Rooms } from "./rooms/rooms.js";
import { resetSearch, startSearch } from "./rooms/search.js";
import { startShares } from "./rooms/shares.js";
import { resumeSignIn, showSignIn, startSignIn } from "./sign-in/sign-in.js";
import { closeDialogs, startDialogs } from "./ui/dialogs.js";
import { startMenus } from "./ui/menu.js";
import { startShortcuts } from "./ui/shortcuts.js";
import { startTheme } from "./ui/theme.js";
import { followEvents } from "./user-events.js";

const menuButton = find("#room-menu");

let isAbsent = false;

const rooms = new Rooms(showHeader, openRoomMenu);
const composer = new Composer({
  isTemporary: (room) => Boolean(rooms.get(room)?.temporary),
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
  gone: (id) => {
    showAbsent(id === openRoom());
    rooms.take("deleted", { id });
  },
  changed: () => refreshPlan(),
  read: (room) => {
    rooms.know(room);
    composer.know(room);
  },
  recalled: (room) => rooms.get(room.id) || rooms.know(room),
  shown: (id, messages) => chatCache.saveRoom(rooms.get(id), messages),
  posting: () => composer.clear(),
  refused: (problem) => composer.refuse(problem),
});

let life = null;

/** The room in the address, and a message to scroll to. They are not secret, and a reload opens the room again. */
function place() {
  const [, room = null, message] = /^#\/([0-9a-f-]{36})(?:\/(\d{1,15}))?$/.exec(location.hash) ?? [];
  return { room, message: message ? Number(message) : null, isUnknown: !room && location.hash.length > 2 };
}

const openRoom = () => place().room;

function go(room, message) {
  location.hash = room ? `#/${room}` : "#/";
  if (message) toast(message);
}

function showRoom() {
  const { room, message, isUnknown } = place();
  // The same message can be looked for again.
  if (message) history.replaceState(null, "", `#/${room}`);
  closeDrawer();
  showAbsent(isUnknown);
  rooms.select(room);
  composer.open(room);
  conversation.open(room, message);
}

/** Shows what the list says about the open room. */
function showHeader() {
  const id = openRoom();
  const room = rooms.get(id);
  const name = isAbsent ? say("shell.absentTitle") : room?.temporary ? say("shell.temporary") : room?.name ?? (id ? "" : say("shell.newChat"));
  find("#title").textContent = name;
  document.title = life && name && (id || isAbsent) ? `${name} · GeminiChat` : "GeminiChat";
  showTemporary(id !== null || isAbsent, room);
  menuButton.hidden = !id || isAbsent;
}

/** Tells that there is no such chat, or shows the chat. */
function showAbsent(value) {
  isAbsent = value;
  find("#chat").classList.toggle("without-chat", isAbsent);
  find("#absent").hidden = !isAbsent;
  showHeader();
  if (isAbsent) announce(find("#absent h2").textContent);
}

/** A room is gone. The user may be reading it. */
function removeRoom(room, message = say("shell.deleted")) {
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
  rooms.recall();
  followEvents(life.signal, { rooms, conversation, openRoom, removeRoom, showConnection });
  showRoom();
  refreshPlan();
  readOptions();
  returnFromCheckout();
  try {
    await showUser();
  } catch (error) {
    if (life && navigator.onLine) toast(explain(error));
  }
}

function leave() {
  if (!life) return;
  life.abort();
  life = null;
  conversation.open(null);
  composer.forget();
  releasePictures();
  closeDialogs();
  resetSearch();
  rooms.clear();
  clearUser();
  clearPlan();
  chatCache.clear();
  find("#app").hidden = true;
  find("#sign-in").hidden = false;
  history.replaceState(null, "", location.pathname);
  showSignIn(say("shell.signedOut"));
}

/** Shows an error of the connection; without a text, hides it. */
function showConnection(trouble = "") {
  const line = find("#connection");
  if (line.textContent === trouble) return;
  line.textContent = trouble;
  line.hidden = !trouble;
  announce(trouble || say("shell.connected"));
}

function onEscape(event) {
  if (event.key !== "Escape" || event.isComposing || !life || find("dialog[open]") || find("#menu:popover-open")) return;
  conversation.stop();
}

setLanguage();
fillWords();
fillIcons();
startTheme();
startDialogs();
startMenus();
startDrawer();
startSignIn(enter);
startAccount();
startSettings();
startTemporary(() => composer.saveSoon());
startOptions();
startShares();
startWelcome();
startSearch(openRoom, () => rooms.recent);
startRoomMenu({
  changed: (room) => {
    rooms.take("updated", room);
    composer.know(room);
  },
  deleted: (room) => removeRoom(room),
});
startShortcuts({
  newChat: () => (openRoom() || place().isUnknown ? go(null) : find("#text").focus()),
  toggleSidebar: toggleDrawer,
});
startOffline((trouble) => life && showConnection(trouble));
session.watch({ onStart: enter, onEnd: leave });
menuButton.addEventListener("click", () => openRoomMenu(menuButton, { name: find("#title").textContent, ...rooms.get(openRoom()), id: openRoom() }));
find("#skip").addEventListener("click", () => find("#text").focus());
addEventListener("hashchange", () => life && showRoom());
addEventListener("keydown", onEscape);
enter();
