// The places where the user is signed in.

import { get, send } from "../core/api.js";
import { button, find, make } from "../core/dom.js";
import { language, say } from "../core/words.js";

const list = find("#sessions");
const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const when = (time) => format.format(new Date(time));

/** Reads the sessions and shows them. `attempt` does what may fail. */
export async function listSessions(attempt) {
  list.replaceChildren(...(await get("/user/sessions")).map((session) => toRow(session, attempt)));
}

function toRow({ id, device, started_at: started, last_used_at: used, is_current: isCurrent }, attempt) {
  const since = say(isCurrent ? "settings.thisSession" : "settings.otherSession", { started: when(started) });
  const [title, ...details] = [...(device ? [nameOf(device)] : []), since, say("settings.lastUsed", { used: when(used) })];
  const end = ({ currentTarget }) => attempt(currentTarget, async () => {
    await send("DELETE", `/user/sessions/${id}`);
    await listSessions(attempt);
    find("#sessions-part summary").focus();
    return say("settings.sessionEnded");
  });
  return make("li", { class: "row spread" },
    make("p", {}, make("strong", {}, title), ...details.flatMap((detail) => [make("br"), make("span", { class: "quiet" }, detail)])),
    isCurrent ? "" : button(say("common.signOut"), end, { "aria-label": `${say("common.signOut")}: ${device ? `${title}, ` : ""}${since}` }));
}

// The server's names are English: "Chrome on Windows", or only one of the two.
function nameOf(device) {
  const [browser, system] = device.split(" on ");
  return system ? say("settings.device", { browser, system }) : device;
}
