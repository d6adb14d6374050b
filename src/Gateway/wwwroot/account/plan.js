// The tier, the remaining messages of today, and the upgrade.

import { explain, get, pause, send } from "../core/api.js";
import { fromNow } from "../core/countdown.js";
import { find, toast } from "../core/dom.js";
import { problemType } from "../core/error-texts.js";
import * as session from "../core/session.js";
import { say } from "../core/words.js";

const MAX_CHECKS = 20;
const CHECK_INTERVAL_MS = 1500;
const LOW = 0.25;

let usage = {};
let isWithoutPayments = false;

/** Reads the remaining messages. The meter is shown when few are left. */
export async function refreshPlan() {
  usage = await get("/user/usage").catch(() => usage);
  const { tier = "", limit, used } = usage;
  find("#tier").textContent = tier;
  find("#plan").hidden = !isLow();
  if (!isLow()) return;
  find("#left").textContent = remainingText();
  Object.assign(find("#used"), { max: limit, value: Math.min(used, limit) });
}

/** Shows no plan: nobody is signed in. */
export function clearPlan() {
  usage = {};
  find("#tier").textContent = "";
  find("#plan").hidden = true;
}

/** What the menu of the account says and offers. */
export function planItems() {
  const { tier, limit } = usage;
  const change = tier === "Pro"
    ? { icon: "card", text: say("plan.manage"), run: () => redirectTo("/payments/portal", "portal_url"), isLast: true }
    : { icon: "spark", text: say("common.upgrade"), run: upgrade, isLast: true };
  return tier ? [{ text: limit ? remainingText() : say("plan.noLimit"), isNote: true }, ...(isWithoutPayments ? [] : [change])] : [];
}

const isLow = () => Boolean(usage.limit) && usage.remaining < usage.limit * LOW;
const remainingText = () => say("plan.left", { count: usage.remaining, limit: usage.limit, when: fromNow((new Date(usage.resets_at) - Date.now()) / 1000) });

export const upgrade = () => redirectTo("/payments/subscribe/pro", "checkout_url");

/** Handles the return from a checkout. It needs a signed-in user. */
export async function returnFromCheckout() {
  const query = new URLSearchParams(location.search);
  const outcome = query.get("checkout");
  if (!outcome) return;
  history.replaceState(null, "", location.pathname + location.hash);
  if (outcome !== "success") {
    toast(say("plan.cancelled"));
    return;
  }

  toast(say("plan.confirming"));
  const signal = session.signal();
  const status = `/payments/subscription/status?session_id=${encodeURIComponent(query.get("session_id") ?? "")}`;
  for (let check = 0; check < MAX_CHECKS; check++) {
    const { subscription } = await get(status).catch(() => ({}));
    if (subscription === "Pro") {
      toast(say("plan.welcome"));
      await refreshPlan();
      return;
    }

    await pause(CHECK_INTERVAL_MS, signal);
    if (signal.aborted) return;
  }

  toast(say("plan.unconfirmed"));
}

async function redirectTo(path, member) {
  try {
    location.assign((await send("POST", path))[member]);
  } catch (error) {
    if (error.body?.portal_url) {
      location.assign(error.body.portal_url);
      return;
    }

    isWithoutPayments ||= problemType(error) === "no-payments";
    toast(explain(error));
  }
}
