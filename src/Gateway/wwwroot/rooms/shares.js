// The shares of a room: links with which anyone can read it as it was when they were made.

import { explain, get, send, sendOnce } from "../core/api.js";
import { button, copyText, find, make, setChildren } from "../core/dom.js";
import { newIdempotencyKey } from "../core/idempotency-key.js";
import { language, say } from "../core/words.js";

const DAY_MS = 24 * 60 * 60 * 1000;

const dialog = find("#shares");
const form = find("#new-share");
const newShare = find("#made-share");
const url = find("#share-url");
const list = find("#share-list");
const note = find("#share-note");

let room = null;

/** Shows the shares of a room. */
export async function showShares(id) {
  room = id;
  newShare.hidden = true;
  note.textContent = "";
  const shares = await read(id);
  if (room !== id) return;
  show(shares);
  dialog.showModal();
}

/** Connects the dialog. */
export function startShares() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(create);
  });
  find("#copy-share").addEventListener("click", () => attempt(copyUrl));
}

// One page has all shares that a room may have.
const read = (id) => get(`/chatroom/${id}/shares`);

async function create() {
  const days = Number(form.days.value);
  const body = days ? { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() } : {};
  const share = await sendOnce(`/chatroom/${room}/shares`, body, newIdempotencyKey());
  url.value = share.url;
  newShare.hidden = false;
  url.select();
  note.textContent = say("shares.copyNow");
  show(await read(room));
}

async function copyUrl() {
  await copyText(url.value);
  note.textContent = say("shares.copied");
}

async function end(id) {
  await send("DELETE", `/chatroom/${room}/shares/${id}`);
  newShare.hidden = true;
  note.textContent = say("shares.ended");
  show(await read(room));
  find("#close-shares").focus();
}

function show(shares) {
  setChildren(list, shares.map(({ id, created_at: created, expires_at: expires }) => {
    const name = expires ? say("shares.madeUntil", { made: time(created), until: time(expires) }) : say("shares.made", { made: time(created) });
    const ending = button(say("shares.end"), () => attempt(() => end(id)), { "aria-label": `${say("shares.end")}: ${name}` });
    return make("li", { class: "row spread" }, make("span", {}, name), ending);
  }));
  find("#no-shares").hidden = shares.length > 0;
}

async function attempt(work) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  try {
    await work();
  } catch (error) {
    note.textContent = explain(error);
  } finally {
    form.ariaBusy = "false";
  }
}

const time = (value) => new Date(value).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
