// The signed-in user: the row at the end of the sidebar and its menu.

import { showGreeting } from "../chat/welcome.js";
import { download, explain, get, send } from "../core/api.js";
import { find, toast } from "../core/dom.js";
import { icon } from "../core/icons.js";
import * as session from "../core/session.js";
import { say } from "../core/words.js";
import { openMenu } from "../ui/menu.js";
import { showShortcuts } from "../ui/shortcuts.js";
import { planItems } from "./plan.js";
import { openSettings } from "./settings.js";

const row = find("#account");

let user = {};
let isExporting = false;

export function startAccount() {
  row.addEventListener("click", () => openMenu(row, [
    ...planItems(),
    { icon: "settings", text: say("settings.title"), run: () => openSettings(user, showUserAs) },
    { icon: "keyboard", text: say("shortcuts.title"), run: showShortcuts, keys: "?" },
    { icon: "download", text: say("account.export"), run: exportAll },
    { icon: "code", text: say("account.api"), href: "docs", isLast: true },
    { icon: "signOut", text: say("common.signOut"), run: signOut },
  ]));
}

/** Reads the user and shows the name. */
export async function showUser() {
  showUserAs(await get("/user/me"));
}

/** Shows that nobody is signed in. */
export const clearUser = () => showUserAs({});

function showUserAs(value) {
  user = value;
  const name = user.name ?? user.mobile_number ?? "";
  find("#user-name").textContent = name;
  find(".avatar", row).replaceChildren(/\p{L}/u.exec(name)?.[0].toLocaleUpperCase() ?? icon("user"));
  showGreeting(user);
}

async function exportAll() {
  if (isExporting) return;
  isExporting = true;
  toast(say("account.exporting"));
  await download("/user/me/export", "geminichat.zip").catch((error) => toast(explain(error)));
  isExporting = false;
}

async function signOut() {
  // In this browser the session ends in any case. On the server it ends when its tokens expire, at the latest.
  await send("POST", "/auth/logout").catch(() => {});
  session.clear();
}
