// The tier, the remaining messages of today, and the upgrade.

import { explain, get, pause, send } from "./api.js";
import { clock, find, toast } from "./dom.js";

const LOOKS = 20;
const BETWEEN_LOOKS = 1500;
const AN_HOUR = 3600;

const upgradeButton = find("#upgrade");
const manageButton = find("#manage");
const note = find("#plan-note");

let isWithoutPayments = false;

export function startPlan() {
  upgradeButton.addEventListener("click", upgrade);
  manageButton.addEventListener("click", () => leaveFor("/payments/portal", "portal_url"));
}

/** Reads the remaining messages. */
export async function refreshPlan() {
  const { tier, limit, used, remaining, resets_at: resets } = await get("/user/usage").catch(() => ({}));
  if (!tier) return;
  find("#tier").textContent = tier;
  find("#left").textContent = limit ? `${remaining} of ${limit} messages left` : "No daily limit";
  find("#left").title = limit ? `More at ${clock(resets)}` : "";
  const meter = find("#used");
  meter.hidden = !limit;
  Object.assign(meter, { max: limit || 1, value: used, high: limit * 0.8 });
  upgradeButton.hidden = tier === "Pro" || isWithoutPayments;
  manageButton.hidden = tier !== "Pro" || isWithoutPayments;
}

export const upgrade = () => leaveFor("/payments/subscribe/pro", "checkout_url");

/** Handles the return from a checkout. It needs a signed-in user. */
export async function returnFromCheckout() {
  const query = new URLSearchParams(location.search);
  const outcome = query.get("checkout");
  if (!outcome) return;
  history.replaceState(null, "", location.pathname + location.hash);
  if (outcome !== "success") {
    toast("The checkout was cancelled. Nothing was charged.");
    return;
  }

  toast("Thank you. Your payment is being confirmed…");
  const status = `/payments/subscription/status?session_id=${encodeURIComponent(query.get("session_id") ?? "")}`;
  for (let look = 0; look < LOOKS; look++) {
    const { subscription } = await get(status).catch(() => ({}));
    if (subscription === "Pro") {
      toast("Welcome to Pro.");
      await refreshPlan();
      return;
    }

    await pause(BETWEEN_LOOKS);
  }

  toast("The payment is not confirmed yet. Your plan changes as soon as it is.");
}

async function leaveFor(path, member) {
  try {
    location.assign((await send("POST", path))[member]);
  } catch (error) {
    if (error.body?.portal_url) {
      location.assign(error.body.portal_url);
      return;
    }

    // A server without payments sends a very long Retry-After.
    if (error.status === 503 && error.retryAfter >= AN_HOUR) {
      isWithoutPayments = true;
      note.textContent = explain(error);
      note.hidden = false;
      upgradeButton.hidden = manageButton.hidden = true;
    }

    toast(explain(error));
  }
}
