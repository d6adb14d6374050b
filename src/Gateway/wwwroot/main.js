// Connects the parts of the page: the session, the open room, and the events.

import { explain, get, send } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { ask } from "./dialogs.js";
import { announce, find, toast } from "./dom.js";
import { refreshPlan, returnFromCheckout, startPlan, upgrade } from "./plan.js";
import { startRoomMenu } from "./room-menu.js";
import { Rooms } from "./rooms.js";
import * as session from "./session.js";
import { resumeSignIn, showSignIn, startSignIn } from "./sign-in.js";
import { follow } from "./sse.js";

const drawer = find("#drawer");
const opener = find("#open-drawer");

const rooms = new Rooms(showTitle);
const composer = new Composer({
  sending: () => conversation.showNewest(),
  created: (room) => go(room),
  sent: (room, answer) => room === openRoom() && conversation.sent(answer),
  limited: () => refreshPlan(),
  upgrade,
});
const conversation = new Conversation({
  gone: () => go(null, "This chat is not there any more."),
  changed: () => refreshPlan(),
  refused: (problem) => composer.refuse(problem),
});

let life = null;
let user = null;

/** The room in the address. It is not secret, and a reload opens it again. */
function openRoom() {
  return /^#\/([0-9a-f-]{36})$/.exec(location.hash)?.[1] ?? null;
}

function go(room, message) {
  location.hash = room ? `#/${room}` : "#/";
  if (message) toast(message);
}

function showRoom() {
  const room = openRoom();
  setDrawer(false);
  rooms.select(room);
  composer.open(room);
  find("#room-menu").hidden = !room;
  find("#room-menu").open = false;
  conversation.open(room);
}

function showTitle() {
  const name = rooms.nameOf(openRoom()) ?? "New chat";
  find("#title").textContent = name;
  document.title = life && openRoom() ? `${name} · GeminiChat` : "GeminiChat";
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
  followEvents(life.signal);
  showRoom();
  refreshPlan();
  returnFromCheckout();
  try {
    showUser(await get("/user/me"));
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
  rooms.clear();
  find("#app").hidden = true;
  find("#sign-in").hidden = false;
  history.replaceState(null, "", location.pathname);
  showSignIn("You are signed out.");
}

async function followEvents(signal) {
  let isRead = false;
  let list = null;
  let told = Promise.resolve();

  const onOpen = () => {
    showConnection();
    if (!isRead) readAll();
  };
  const onLost = () => showConnection("The connection is lost. Trying again…");
  // Events wait for the list of rooms, which would overwrite newer changes. The connection is read meanwhile.
  const on = (event) => {
    told = told.then(() => list).then(() => signal.aborted || takeEvent(event)).catch(reportError);
  };
  try {
    await follow("/events", { signal, onOpen, onLost, on });
  } catch (error) {
    toast(explain(error));
    showConnection("The connection is lost. Reload the page to go on.");
  }

  async function readAll() {
    list = readRooms();
    isRead = (await list) && (await readOpen());
  }

  async function readRooms() {
    try {
      await rooms.load();
      return true;
    } catch (error) {
      if (!signal.aborted) toast(explain(error));
      return false;
    }
  }

  // The room may have been read before the events were connected, so changes may be missing.
  function readOpen() {
    const room = openRoom();
    return !room || conversation.catchUp(rooms.versionOf(room));
  }

  function takeEvent({ type, data }) {
    if (type === "tier") {
      refreshPlan();
    } else if (type === "reload") {
      readAll();
      refreshPlan();
    } else {
      rooms.take(type, data);
      if (type === "queued" || type === "finished") refreshPlan();
      if (data.id !== openRoom()) return;
      if (type === "deleted") go(null, "This chat was deleted.");
      else conversation.take(type, data);
    }
  }
}

/** Shows an error of the connection; without a text, hides it. */
function showConnection(trouble = "") {
  const line = find("#connection");
  if (line.textContent === trouble) return;
  line.textContent = trouble;
  line.hidden = !trouble;
  announce(trouble || "Connected again.");
}

function showUser(value) {
  user = value;
  find("#user-name").textContent = user.name ?? user.mobile_number;
}

async function rename() {
  const name = await ask("Your name", user?.name ?? "", "Save");
  if (name) showUser(await send("PATCH", "/user/me", { name }));
}

async function signOut() {
  // In this browser the session ends in any case. On the server it ends when its tokens expire, at the latest.
  await send("POST", "/auth/logout").catch(() => {});
  session.clear();
}

function setDrawer(isOpen) {
  drawer.classList.toggle("open", isOpen);
  opener.setAttribute("aria-expanded", String(isOpen));
}

function onEscape(event) {
  if (event.key !== "Escape" || event.isComposing || find("#ask").open) return;
  if (drawer.classList.contains("open")) {
    setDrawer(false);
    opener.focus();
  } else if (life) {
    conversation.stop();
  }
}

startSignIn(enter);
startPlan();
startRoomMenu(() => ({ id: openRoom(), name: find("#title").textContent }));
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
find("#sign-out").addEventListener("click", signOut);
find("#user-name").addEventListener("click", () => rename().catch((error) => toast(explain(error))));
addEventListener("hashchange", () => life && showRoom());
addEventListener("keydown", onEscape);
enter();
