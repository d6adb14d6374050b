// The actions of the open room.

import { download, explain, get, send } from "./api.js";
import { ask, askLong, confirm } from "./dialogs.js";
import { find, toast } from "./dom.js";

const menu = find("#room-menu");

/** Wires the menu; `current` gives the open room's id and name. */
export function startRoomMenu(current) {
  on("#rename", async ({ id, name }) => {
    const wanted = await ask("Rename this chat", name, "Rename");
    if (wanted) await send("PATCH", `/chatroom/${id}`, { name: wanted });
  });
  on("#instructions", ({ id }) => instruct(id));
  on("#delete", async ({ id, name }) => {
    const isSure = await confirm("Delete this chat?", `“${name}” and all its messages will be gone for good.`, "Delete");
    if (isSure) await send("DELETE", `/chatroom/${id}`);
  });
  on("#export-markdown", ({ id }) => download(`/chatroom/${id}/export?format=markdown`, "chat.md"));
  on("#export-json", ({ id }) => download(`/chatroom/${id}/export?format=json`, "chat.json"));

  addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    close();
  });

  function on(selector, work) {
    find(selector).addEventListener("click", async () => {
      close();
      try {
        await work(current());
      } catch (error) {
        toast(explain(error));
      }
    });
  }
}

// The system prompt. If it cannot be saved, the text is not lost.
async function instruct(id) {
  let { system_prompt: text = "" } = await get(`/chatroom/${id}?limit=1`);
  let note = "The model follows them in this chat, from the next answer on.";
  while ((text = await askLong("Instructions", note, text, "Save")) !== null) {
    try {
      await send("PATCH", `/chatroom/${id}`, { system_prompt: text || null });
      return;
    } catch (error) {
      note = explain(error);
    }
  }
}

function close() {
  menu.open = false;
  menu.firstElementChild.focus();
}
