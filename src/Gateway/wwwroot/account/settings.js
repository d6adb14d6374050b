// The settings: name, colours, password, sessions, and the end of the account.

import { explain, send } from "../core/api.js";
import { checkRadio, find } from "../core/dom.js";
import { say } from "../core/words.js";
import { setTheme, theme } from "../ui/theme.js";
import { startDeletion } from "./deletion.js";
import { startPassword } from "./password.js";
import { listSessions } from "./sessions.js";

const dialog = find("#settings");
const note = find("#settings-note");
const nameForm = find("#name-form");
const nameField = find("#own-name");
const themes = find("#theme");
const parts = [...dialog.querySelectorAll("details")];

let user;
let onUserChange;

/** Connects the dialog. */
export function startSettings() {
  nameForm.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(nameForm, rename);
  });
  themes.addEventListener("change", ({ target }) => {
    setTheme(target.value);
    checkRadio(themes, target.value);
  });
  find("#sessions-part").addEventListener("toggle", ({ target }) => target.open && attempt(target, () => listSessions(attempt)));
  for (const part of parts) part.addEventListener("toggle", () => part.open && part.scrollIntoView({ block: "nearest" }));
  startPassword(attempt, () => user.mobile_number);
  startDeletion(attempt, () => user.mobile_number);
}

/** Shows the settings of the user. `onChange` is called with the user after a change. */
export function openSettings(currentUser, onChange) {
  user = currentUser;
  onUserChange = onChange;
  note.textContent = "";
  nameField.value = user.name ?? "";
  checkRadio(themes, theme());
  for (const part of parts) part.open = false;
  // Who signs in with another service has no password here.
  find("#password-part").hidden = !user.mobile_number;
  dialog.showModal();
}

async function rename() {
  user = await send("PATCH", "/user/me", { name: nameField.value.trim() || null });
  onUserChange(user);
  return say("settings.nameSaved");
}

// Does what may fail, unless the part of the dialog is busy with it, and says how it went. The work gives the text of its success.
async function attempt(part, work) {
  if (part.ariaBusy === "true") return;
  part.ariaBusy = "true";
  note.textContent = "";
  note.classList.remove("error");
  try {
    note.textContent = (await work()) ?? "";
  } catch (error) {
    note.classList.add("error");
    note.textContent = error.text ?? explain(error);
  }

  part.ariaBusy = "false";
  note.scrollIntoView({ block: "nearest" });
}
