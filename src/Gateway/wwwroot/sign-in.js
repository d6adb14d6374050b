// Signing in by mobile number and one-time code.

import { explain, send } from "./api.js";
import { announce, find } from "./dom.js";
import * as session from "./session.js";

const numberForm = find("#number-form");
const codeForm = find("#code-form");
const error = find("#sign-in-error");
const useCode = find("#use-code");

let offered = null;

/** Shows the form for the number. */
export function showSignIn(message = "") {
  codeForm.hidden = true;
  numberForm.hidden = false;
  codeForm.reset();
  error.textContent = message;
  numberForm.number.focus();
}

/** Wires the forms; calls back when somebody has signed in. */
export function startSignIn(onSignedIn) {
  numberForm.addEventListener("submit", (event) => attempt(event, numberForm, askForCode));
  find("#send-again").addEventListener("click", (event) => attempt(event, codeForm, askForCode));
  find("#other-number").addEventListener("click", () => showSignIn());
  codeForm.addEventListener("submit", (event) => attempt(event, codeForm, async () => {
    session.save(await send("POST", "/auth/verify-otp", { mobile_number: number(), otp_code: codeForm.code.value.trim() }));
    numberForm.reset();
    showSignIn();
    onSignedIn();
  }));
  useCode.addEventListener("click", () => {
    codeForm.code.value = offered;
    codeForm.requestSubmit();
  });
}

const number = () => numberForm.number.value.trim();

async function askForCode() {
  const { otp } = await send("POST", "/auth/send-otp", { mobile_number: number() });
  numberForm.hidden = true;
  codeForm.hidden = false;
  find("#sent-to").textContent = number();
  // A server in development answers with the code itself.
  offered = otp;
  useCode.hidden = !otp;
  useCode.textContent = otp ? `Use the code ${otp}` : "";
  codeForm.code.value = "";
  codeForm.code.focus();
  announce(otp ? `The code is ${otp}.` : "The code is on its way.");
}

async function attempt(event, form, work) {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  error.textContent = "";
  try {
    await work();
  } catch (problem) {
    error.textContent = explain(problem);
  } finally {
    form.ariaBusy = null;
  }
}
