// Errors in plain words, by their type. The texts of the server are for programmers: they name fields and routes.

import { fromNow } from "./countdown.js";
import { hasWords, language, say } from "./words.js";

const URN = "urn:geminichat:problem:";

/** The type of the problem; null if only its status says something. */
export function problemType(error) {
  const type = error.body?.type?.startsWith(URN) ? error.body.type.slice(URN.length) : null;
  return type && hasWords(`errors.${type}`) ? type : null;
}

/** The seconds until it can be tried again; 0 if that is not known. A server without payments will not have them soon. */
export const retryDelay = (error) => (error.retryAfter > 0 && problemType(error) !== "no-payments" ? error.retryAfter : 0);

/** The text of an error for the user, with the wait if there is one. */
export function explain(error) {
  const seconds = retryDelay(error);
  return seconds ? `${errorMessage(error)} ${retryText(error, seconds)}` : errorMessage(error);
}

/** What is wrong; empty if the session has ended, which the user is told by the sign-in form. */
export function errorMessage(error) {
  if (error.name === "AbortError") return "";
  if (error.name === "TimeoutError") return say("errors.slow");
  // fetch throws a TypeError if the connection fails.
  if (error instanceof TypeError) return say(navigator.onLine ? "errors.unreachable" : "errors.offline");
  if (!error.status) return say("errors.other");
  const { limit, used } = error.body;
  const type = problemType(error);
  if (type === "daily-limit" && used < limit) return say("errors.daily-limit-of-tries");
  if (type === "no-answer" && error.body.reason) return reasonText(error.body);
  if (type) return say(`errors.${type}`, { limit: limit ?? "" });
  return say(hasWords(`errors.${error.status}`) ? `errors.${error.status}` : "errors.other");
}

/** Why a reply failed or ends early; empty if there is no reason. */
export const reasonText = (error) => (hasWords(`errors.reason.${error?.reason}`) ? say(`errors.reason.${error.reason}`) : error?.detail ?? "");

/** When it can be tried again. */
export const retryText = (error, seconds) => say(problemType(error) === "daily-limit" ? "errors.moreIn" : "errors.againIn", { when: fromNow(seconds) });

/** The same as an exact time, if it is far away. */
export function retryTime(seconds) {
  return new Date(Date.now() + seconds * 1000).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}
