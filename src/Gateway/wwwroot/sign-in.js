// Sign-in with mobile number and one-time code.

import { explain, send } from "./api.js";
import { announce, find } from "./dom.js";
import * as session from "./session.js";

const numberForm = find("#number-form");
const codeForm = find("#code-form");
const error = find("#sign-in-error");
const useCode = find("#use-code");

// The request of this tab. It is stored, so that it survives a reload between the two steps.
const SENT_KEY = "geminichat.sent";

let offered = null;

/** Shows the form for the number, or the form for the code if one was sent before a reload. */
export function resumeSignIn() {
  const sent = readSent();
  if (!sent) return showSignIn();
  numberForm.number.value = sent.number;
  showCodeForm(sent.number);
}

/** Shows the form for the number. */
export function showSignIn(message = "") {
  sessionStorage.removeItem(SENT_KEY);
  codeForm.hidden = true;
  numberForm.hidden = false;
  codeForm.reset();
  error.textContent = message;
  numberForm.number.focus();
}

/** Connects the forms. The callback runs after a sign-in. */
export function startSignIn(onSignedIn) {
  numberForm.addEventListener("submit", (event) => attempt(event, numberForm, askForCode));
  find("#send-again").addEventListener("click", (event) => attempt(event, codeForm, askForCode));
  find("#other-number").addEventListener("click", () => showSignIn());
  codeForm.addEventListener("submit", (event) => attempt(event, codeForm, async () => {
    const code = { mobile_number: number(), otp_code: codeForm.code.value.trim(), request_id: readSent()?.request };
    session.save(await send("POST", "/auth/verify-otp", code));
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

function readSent() {
  try {
    return JSON.parse(sessionStorage.getItem(SENT_KEY));
  } catch {
    return null;
  }
}

async function askForCode() {
  const body = { mobile_number: number(), device_token: session.deviceToken() };
  const { otp, request_id: request } = await send("POST", "/auth/send-otp", body);
  sessionStorage.setItem(SENT_KEY, JSON.stringify({ number: number(), request }));
  showCodeForm(number(), otp);
  announce(otp ? `The code is ${otp}.` : "The code is on its way.");
}

function showCodeForm(sentTo, otp) {
  numberForm.hidden = true;
  codeForm.hidden = false;
  find("#sent-to").textContent = sentTo;
  // In Development, the answer contains the code.
  offered = otp;
  useCode.hidden = !otp;
  useCode.textContent = otp ? `Use the code ${otp}` : "";
  codeForm.code.value = "";
  codeForm.code.focus();
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
