// Starts the page, and connects its parts: the session, the list of rooms, the open room, the composer, and the events.

import { clearUser, showUser, startAccount } from "./account/account.js";
import { clearPlan, refreshPlan, returnFromCheckout, upgrade } from "./account/plan.js";
import { startSettings } from "./account/settings.js";
import { releasePictures } from "./chat/attachments.js";
import { Conversation } from "./chat/conversation.js";
import { showConnection, showHeader, showNotFound, startHeader } from "./chat/header.js";
import { startWelcome } from "./chat/welcome.js";
import { Composer } from "./composer/composer.js";
import { readOptions, startOptions } from "./composer/options.js";
import { startTemporary } from "./composer/temporary-chat.js";
import { currentRoom, dropMessage, goToRoom, readAddress } from "./core/address.js";
import { explain } from "./core/api.js";
import { find, toast } from "./core/dom.js";
import { fillIcons } from "./core/icons.js";
import * as session from "./core/session.js";
import { fillWords, say, setLanguage } from "./core/words.js";
import * as chatCache from "./offline/chat-cache.js";
import { startOffline } from "./offline/offline.js";
import { closeDrawer, startDrawer, toggleDrawer } from "./rooms/drawer.js";
import { openRoomMenu, startRoomMenu } from "./rooms/room-menu.js";
import { Rooms } from "./rooms/rooms.js";
import { openSearch, resetSearch, startSearch } from "./rooms/search.js";
import { startShares } from "./rooms/shares.js";
import { resumeSignIn, showSignIn, startSignIn } from "./sign-in/sign-in.js";
import { closeDialogs, startDialogs } from "./ui/dialogs.js";
import { startMenus } from "./ui/menu.js";
import { startShortcuts } from "./ui/shortcuts.js";
import { startTheme } from "./ui/theme.js";
import { followEvents } from "./user-events.js";

const rooms = new Rooms(() => showHeader(rooms.get(currentRoom())), openRoomMenu);
const composer = new Composer({
  isTemporary: (room) => Boolean(rooms.get(room)?.temporary),
  // The message belongs to the branch that the user has chosen.
  sending: () => conversation.branchChoice,
  created: (room) => {
    rooms.update(room);
    goToRoom(room.id);
  },
  sent: (room, answer) => room === currentRoom() && conversation.addSent(answer),
  limited: () => refreshPlan(),
  upgrade,
});
const conversation = new Conversation({
  gone: (id) => {
    showNotFound(id === currentRoom());
    rooms.onEvent("deleted", { id });
  },
  repliesChanged: () => refreshPlan(),
  roomRead: (room) => {
    rooms.update(room);
    composer.update(room);
  },
  cacheRead: (room) => rooms.get(room.id) || rooms.update(room),
  shown: (id, messages) => chatCache.saveRoom(rooms.get(id), messages),
  sendStarted: () => composer.clearError(),
  sendFailed: (problem) => composer.showError(problem),
});

// Whether the chats of a user are shown, or the sign-in form.
let isSignedIn = false;

/** Shows the chats of the signed-in user, or the sign-in form. */
async function onSignIn() {
  if (isSignedIn) return;
  isSignedIn = session.read() !== null;
  find("#start").hidden = isSignedIn;
  find("#app").hidden = !isSignedIn;
  if (!isSignedIn) {
    resumeSignIn();
    return;
  }

  showConnection();
  rooms.showCached();
  followEvents(session.signal(), { rooms, conversation, currentRoom, removeRoom, showConnection });
  onAddressChange();
  refreshPlan();
  readOptions();
  returnFromCheckout();
  try {
    await showUser();
  } catch (error) {
    if (navigator.onLine) toast(explain(error));
  }
}

/** Shows the sign-in form, and deletes what belongs to the user. */
function onSignOut() {
  if (!isSignedIn) return;
  isSignedIn = false;
  history.replaceState(null, "", location.pathname);
  conversation.open(null);
  composer.reset();
  releasePictures();
  closeDialogs();
  resetSearch();
  showNotFound(false);
  rooms.clear();
  clearUser();
  clearPlan();
  chatCache.clear();
  find("#app").hidden = true;
  find("#start").hidden = false;
  showSignIn(say("shell.signedOut"));
}

/** Shows what the address names. */
function onAddressChange() {
  const { room, message, isUnknown } = readAddress();
  if (message) dropMessage();
  closeDrawer();
  showNotFound(isUnknown);
  rooms.select(room);
  composer.open(room);
  conversation.open(room, message);
}

/** A room is deleted. The user may be reading it. */
function removeRoom(room) {
  rooms.onEvent("deleted", room);
  if (room.id !== currentRoom()) return;
  goToRoom(null);
  toast(say("shell.deleted"));
}

function onEscape(event) {
  if (event.key !== "Escape" || event.isComposing || !isSignedIn || find("dialog[open]") || find("#menu:popover-open")) return;
  conversation.stop();
}

function startParts() {
  startTheme();
  startDialogs();
  startMenus();
  startDrawer();
  startSignIn(onSignIn);
  startAccount();
  startSettings();
  startTemporary(() => composer.saveSoon());
  startOptions();
  startShares();
  startWelcome();
  startSearch(() => rooms.recent);
  startHeader((button, name) => openRoomMenu(button, { name, ...rooms.get(currentRoom()), id: currentRoom() }));
  startRoomMenu({
    changed: (room) => {
      rooms.onEvent("updated", room);
      composer.update(room);
    },
    deleted: removeRoom,
  });
  startShortcuts({
    newChat: () => (currentRoom() || readAddress().isUnknown ? goToRoom(null) : find("#text").focus()),
    search: () => openSearch(),
    toggleSidebar: toggleDrawer,
  });
  startOffline((trouble) => isSignedIn && showConnection(trouble));
}

setLanguage();
fillWords();
fillIcons();
startParts();
session.watch({ onStart: onSignIn, onEnd: onSignOut });
find("#skip").addEventListener("click", () => find("#text").focus());
addEventListener("hashchange", () => isSignedIn && onAddressChange());
addEventListener("keydown", onEscape);
onSignIn();
