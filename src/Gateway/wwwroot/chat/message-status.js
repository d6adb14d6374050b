// The status of a message.

import { reasonText } from "../core/error-texts.js";
import { say } from "../core/words.js";

/** Whether a reply waits or is being written. */
export const isUnfinished = (message) => message?.status === "queued" || message?.status === "generating";

/** The status of a reply in words; empty if it is complete. `ahead` is the number of replies that are written before a queued one. */
export function statusText({ sender, status, content, error }, ahead) {
  switch (sender === "user" ? "completed" : status) {
    case "queued":
      return ahead === 0 ? say("message.waiting") : say("message.queued", { count: ahead });
    case "generating":
      return say("message.writing");
    case "stopped":
      return say(content ? "message.stopped" : "message.stoppedEmpty");
    case "incomplete":
      return say("message.incomplete", { why: reasonText(error) });
    case "failed":
      return say("message.failed", { why: reasonText(error) });
    default:
      return "";
  }
}
