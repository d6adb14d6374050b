// The instructions of a chat to the model: the button that shows whether there are any, and the form for them.

import { explain, get, send } from "../core/api.js";
import { announce, find } from "../core/dom.js";
import { say } from "../core/words.js";
import { askText } from "../ui/dialogs.js";

const MAX_LENGTH = 8000;
const button = find("#chat-instructions");

/** Shows whether the open chat has instructions. */
export function showInstructions(hasSome) {
  const label = say(hasSome ? "composer.changeInstructions" : "composer.giveInstructions");
  button.classList.toggle("on", hasSome);
  button.ariaLabel = button.title = label;
}

/** Asks for instructions of a chat that does not exist yet; null if the user cancels. */
export const askInstructions = (current) =>
  askText(say("common.instructions"), say("composer.instructionsNote"), current, say("common.save"), MAX_LENGTH);

/** Changes the instructions of a chat. If they cannot be saved, the text is not lost. Returns the changed room; null for none. */
export async function changeInstructions(id) {
  let { system_prompt: text = "" } = await get(`/chatroom/${id}?limit=1`);
  // The user is doing something else by now.
  if (find("dialog[open]")) return null;
  let note = say("composer.instructionsNote");
  while ((text = await askText(say("common.instructions"), note, text, say("common.save"), MAX_LENGTH)) !== null) {
    try {
      const room = await send("PATCH", `/chatroom/${id}`, { system_prompt: text || null });
      announce(say(text ? "composer.instructionsKept" : "composer.instructionsGone"));
      return room;
    } catch (error) {
      if (error.name === "AbortError") throw error;
      note = explain(error);
    }
  }

  return null;
}
