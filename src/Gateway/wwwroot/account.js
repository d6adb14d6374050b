// The signed-in user: name, export of all data, sign-out.

import { download, explain, get, send } from "./api.js";
import { ask } from "./dialogs.js";
import { find, toast } from "./dom.js";
import * as session from "./session.js";

let user = null;

export function startAccount() {
  find("#user-name").addEventListener("click", () => rename().catch(report));
  find("#export-all").addEventListener("click", (event) => exportAll(event.currentTarget));
  find("#sign-out").addEventListener("click", signOut);
}

/** Reads the user and shows the name. */
export async function showUser() {
  show(await get("/user/me"));
}

function show(value) {
  user = value;
  find("#user-name").textContent = user.name ?? user.mobile_number ?? "";
}

async function rename() {
  const name = await ask("Your name", user?.name ?? "", "Save");
  if (name) show(await send("PATCH", "/user/me", { name }));
}

async function exportAll(pressed) {
  pressed.disabled = true;
  toast("Your data is being collected. The download may take a while.");
  await download("/user/me/export", "geminichat.zip").catch(report);
  pressed.disabled = false;
}

async function signOut() {
  // In this browser the session ends in any case. On the server it ends when its tokens expire, at the latest.
  await send("POST", "/auth/logout").catch(() => {});
  session.clear();
}

const report = (error) => toast(explain(error));
