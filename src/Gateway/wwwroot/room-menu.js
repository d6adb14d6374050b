// The actions of the open room.

import { download, explain, get, send } from "./api.js";
import { ask, askLong, confirm } from "./dialogs.js";
import { find, toast } from "./dom.js";
import { showShares } from "./shares.js";

const PROMPT_LENGTH = 8000;

const menu = find("#room-menu");

/**
 * Wires the menu.
 * @param {() => object} current Gives the open room.
 * @param {{changed(room): void, deleted(room): void}} done Runs after an action. Temporary rooms have no events.
 */
export function startRoomMenu(current, done) {
  on("#rename", async ({ id, name }) => {
    const wanted = await ask("Rename this chat", name, "Rename");
    if (wanted) await change(id, { name: wanted });
  });
  on("#instructions", ({ id }) => instruct(id));
  on("#pin", ({ id, pinned }) => change(id, { pinned: !pinned }));
  on("#archive-room", async ({ id, archived }) => {
    await change(id, { archived: !archived });
    toast(archived ? "This chat is in the list again." : "This chat is now among the archived chats.");
  });
  on("#share-room", ({ id }) => showShares(id));
  on("#delete", async ({ id, name }) => {
    const isSure = await confirm("Delete this chat?", `“${name}” and all its messages will be gone for good.`, "Delete");
    if (!isSure) return;
    await send("DELETE", `/chatroom/${id}`);
    done.deleted({ id });
  });
  on("#export-markdown", ({ id }) => download(`/chatroom/${id}/export?format=markdown`, "chat.md"));
  on("#export-json", ({ id }) => download(`/chatroom/${id}/export?format=json`, "chat.json"));

  addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("toggle", () => menu.open && describe(current()));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    close();
  });

  async function change(id, patch) {
    done.changed(await send("PATCH", `/chatroom/${id}`, patch));
  }

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

function describe({ pinned, archived, temporary }) {
  find("#pin").textContent = pinned ? "Unpin" : "Pin";
  find("#archive-room").textContent = archived ? "Unarchive" : "Archive";
  for (const selector of ["#rename", "#pin", "#archive-room"]) find(selector).hidden = Boolean(temporary);
}

// The system prompt. If it cannot be saved, the text is not lost.
async function instruct(id) {
  let { system_prompt: text = "" } = await get(`/chatroom/${id}?limit=1`);
  let note = "The model follows them in this chat, from the next answer on.";
  while ((text = await askLong("Instructions", note, text, "Save", PROMPT_LENGTH)) !== null) {
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
