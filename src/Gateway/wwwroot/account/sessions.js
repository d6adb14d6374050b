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

function toRow({ id, started_at: started, last_used_at: used, is_current: isCurrent }, attempt) {
  const title = say(isCurrent ? "settings.thisSession" : "settings.otherSession", { started: when(started) });
  const end = ({ currentTarget }) => attempt(currentTarget, async () => {
    await send("DELETE", `/user/sessions/${id}`);
    await listSessions(attempt);
    find("#sessions-part summary").focus();
    return say("settings.sessionEnded");
  });
  return make("li", { class: "row spread" },
    make("p", {}, make("strong", {}, title), make("br"), make("span", { class: "quiet" }, say("settings.lastUsed", { used: when(used) }))),
    isCurrent ? "" : button(say("common.signOut"), end, { "aria-label": `${say("common.signOut")}: ${title}` }));
}
