// The page without a network, and new versions of the page: registers the service worker (sw.js) and tells what it brings.

import { announce, button, find, make, workerUrl } from "../core/dom.js";
import { say } from "../core/words.js";

const HOUR = 3_600_000;
const workers = navigator.serviceWorker;

// A page that no worker has brought is of the newest version.
let hadWorker = Boolean(workers?.controller);
let isReloading = false;

/** @param {(trouble?: string) => void} showConnection Shows what is wrong with the connection; without a text, nothing. */
export function startOffline(showConnection) {
  addEventListener("offline", () => showConnection(say("offline.note")));
  addEventListener("online", () => showConnection());
  // Browsers have workers only with TLS or on localhost.
  if (!workers) return;
  workers.addEventListener("controllerchange", onControllerChange);
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}

// After the first view, so that it costs nothing of it.
async function register() {
  const registration = await workers.register(workerUrl()).catch(() => null);
  if (!registration) return;
  const offerUpdate = () => registration.waiting && hadWorker && showUpdate(registration);
  offerUpdate();
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing.addEventListener("statechange", () => installing.state === "installed" && offerUpdate());
  });
  // The browser looks for a new version at each load. Some pages stay open for days.
  setInterval(() => registration.update().catch(() => {}), HOUR);
}

// The user wants the new version, here or in another tab. A first worker brings no other version.
function onControllerChange() {
  if (isReloading) location.reload();
  else if (hadWorker) showUpdate();
  hadWorker = true;
}

function showUpdate(registration) {
  find("#update")?.remove();
  const text = say("offline.update");
  const note = make("section", { id: "update", class: "row", "aria-label": text }, make("span", {}, text),
    button(say("offline.reload"), () => reload(registration), { class: "primary" }),
    button(say("offline.later"), () => note.remove(), { class: "plain" }));
  document.body.append(note);
  announce(text);
}

function reload(registration) {
  isReloading = true;
  if (registration?.waiting) registration.waiting.postMessage("start");
  else location.reload();
}
