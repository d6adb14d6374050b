// Errors in plain words, by their type. The texts of the server are for programmers: they name fields and routes.

import { fromNow } from "./countdown.js";
import { language, say } from "./words.js";

const URN = "urn:geminichat:problem:";

const KINDS = new Set([
  "answer-running", "bad-number", "busy", "chat-gone", "codes-used-up", "common-password", "daily-limit", "export-running", "file-empty",
  "file-gone", "file-in-use", "file-name", "file-too-large", "file-type", "file-unsuitable", "key-reused", "model-missing",
  "model-not-allowed", "no-answer", "no-password", "no-payments", "no-subscription", "nothing-to-share", "number-taken", "payments-down",
  "queue-full", "request-rate", "restarting", "search-limit", "search-slow", "search-words", "session-ended", "settings-changed",
  "share-ended", "sign-in-again", "sign-up-expired", "storage-full", "streams-limit", "subscribed", "too-long-to-copy", "too-many-chats",
  "too-many-codes", "too-many-passwords", "too-many-shares", "too-many-versions", "uploads-limit", "wrong-code", "wrong-password",
]);
const REASONS = new Set([
  "empty", "file_refused", "interrupted", "length", "model_config", "model_error", "model_quota", "model_timeout", "model_unavailable",
  "safety", "too_long", "truncated",
]);
const STATUSES = new Set([400, 401, 403, 404, 408, 409, 410, 413, 415, 429, 500, 502, 503, 504]);

/** What kind of problem it is; null if only its status says something. */
export function kindOf(error) {
  const kind = error.body?.type?.startsWith(URN) ? error.body.type.slice(URN.length) : null;
  return KINDS.has(kind) ? kind : null;
}

/** The seconds until it can be tried again; 0 if that is not known. A server without payments will not have them soon. */
export const waitOf = (error) => (error.retryAfter > 0 && kindOf(error) !== "no-payments" ? error.retryAfter : 0);

/** The text of an error for the user, with the wait if there is one. */
export function explain(error) {
  const seconds = waitOf(error);
  return seconds ? `${sentence(error)} ${again(error, seconds)}` : sentence(error);
}

/** What is wrong. */
export function sentence(error) {
  if (error.name === "TimeoutError") return say("errors.slow");
  if (!error.status) return say(navigator.onLine ? "errors.unreachable" : "errors.offline");
  const { limit, used } = error.body;
  const kind = kindOf(error);
  if (kind === "daily-limit" && used < limit) return say("errors.daily-limit-of-tries");
  if (kind === "no-answer" && error.body.reason) return explainReason(error.body);
  if (kind) return say(`errors.${kind}`, { limit: limit ?? "" });
  return say(STATUSES.has(error.status) ? `errors.${error.status}` : "errors.other");
}

/** Why a reply failed or ends early; empty if there is no reason. */
export const explainReason = (error) => (REASONS.has(error?.reason) ? say(`errors.reason.${error.reason}`) : error?.detail ?? "");

/** When it can be tried again. */
export const again = (error, seconds) => say(kindOf(error) === "daily-limit" ? "errors.moreIn" : "errors.againIn", { when: fromNow(seconds) });

/** The same as an exact time, if it is far away. */
export function againAt(seconds) {
  return new Date(Date.now() + seconds * 1000).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}
