// Sign-in: by a one-time code, by password, with a forgotten password, and as a new user. One step is shown at a time.

import { send } from "../core/api.js";
import { countDown, formatClock } from "../core/countdown.js";
import { announce, button, find } from "../core/dom.js";
import { problemType, retryDelay } from "../core/error-texts.js";
import * as session from "../core/session.js";
import { say } from "../core/words.js";
import { clearErrors, findMistakes, readFields, resetFields, showFields, showProblem, startFields } from "./sign-in-fields.js";

// The step of this tab. It is stored, so that it survives a reload; the password is not in it.
const STEP_KEY = "geminichat.sign-in";
const CODE_INTERVAL_SECONDS = 60; // The server makes no second code before.

const STEPS = {
  number: { fields: ["number"], action: "common.sendCode", links: [["signIn.usePassword", "password"], ["signIn.signUp", "signUp"]] },
  code: { fields: ["code"], action: "signIn.signIn", links: [["signIn.otherNumber", "number"]] },
  password: { fields: ["number", "password"], action: "signIn.signIn", links: [["signIn.forgot", "forgot"], ["signIn.useCode", "number"]] },
  forgot: { fields: ["number"], action: "common.sendCode", links: [["signIn.back", "password"]] },
  reset: { fields: ["code", "password"], action: "signIn.setPassword", links: [["signIn.otherNumber", "forgot"]] },
  signUp: { fields: ["name", "number", "password"], action: "signIn.create", links: [["signIn.haveAccount", "number"]] },
};

const form = find("#sign-in-form");
const useCode = find("#use-code");
const sendAgain = find("#send-again");

let state = { step: "number", number: "" };
let offeredCode = null;
let stopCountdown = () => {};
let onSignedIn;

/** Connects the form. The callback runs after a sign-in. */
export function startSignIn(callback) {
  onSignedIn = callback;
  startFields(() => (state.step === "code" ? attempt(submitStep) : form.elements.password.focus()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(submitStep);
  });
  sendAgain.addEventListener("click", () => sendAgain.ariaDisabled === "true" || attempt(sendCode));
  useCode.addEventListener("click", () => {
    form.elements.code.value = offeredCode;
    if (state.step === "code") attempt(submitStep);
    else form.elements.password.focus();
  });
}

/** Shows the step that was shown before a reload. */
export function resumeSignIn() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STEP_KEY));
    if (stored?.step in STEPS) state = stored;
  } catch {
    // The first step is shown.
  }

  render();
}

/** Shows the first step, with a note. */
export function showSignIn(note = "") {
  resetFields();
  showStep("number", { number: "" });
  find("#sign-in-note").textContent = note;
}

function showStep(step, more = {}) {
  const { number = form.elements.number.value.trim() } = more;
  state = { step, number, ...more };
  sessionStorage.setItem(STEP_KEY, JSON.stringify(state));
  render();
}

function render() {
  const { fields, action, links } = STEPS[state.step];
  clearErrors();
  find("#sign-in-note").textContent = "";
  find("#sign-in-title").textContent = say(`signIn.title.${state.step}`);
  find("#sign-in-lead").textContent = say(`signIn.lead.${state.step}`);
  find("#sign-in-go").textContent = say(action);
  find("#sent-to").textContent = state.number;
  form.elements.number.value = state.number;
  form.elements.code.value = "";
  useCode.hidden = true;
  const shownLinks = state.signup && state.step === "code" ? [["signIn.otherNumber", "signUp"]] : links;
  find("#sign-in-ways").replaceChildren(sendAgain, ...shownLinks.map(([text, step]) => button(say(text), () => showStep(step), { class: "plain" })));
  sendAgain.hidden = !fields.includes("code");
  showCodeCountdown();
  showFields(state.step, fields);
}

// How long until another code can be sent.
function showCodeCountdown() {
  stopCountdown();
  const rest = Math.max(0, ((state.until ?? 0) - Date.now()) / 1000);
  const wait = (left) => {
    sendAgain.ariaDisabled = "true";
    sendAgain.textContent = say("signIn.sendAgainIn", { time: formatClock(left) });
  };
  stopCountdown = countDown(rest, wait, () => {
    sendAgain.ariaDisabled = "false";
    sendAgain.textContent = say("signIn.sendAgain");
  });
}

async function attempt(work) {
  if (form.ariaBusy === "true" || find("#sign-in-go").ariaDisabled === "true") return;
  if (work === submitStep && findMistakes(STEPS[state.step].fields, state.step)) return;
  form.ariaBusy = "true";
  clearErrors();
  try {
    await work();
  } catch (problem) {
    showProblem(problem, STEPS[state.step].fields);
  } finally {
    form.ariaBusy = null;
  }
}

const submitStep = () => actions[state.step]();

const actions = {
  number: sendCode,
  forgot: sendCode,
  password: login,
  async signUp() {
    const { name, number, password } = readFields();
    const { signup_token: signup } = await send("POST", "/auth/signup", { name, mobile_number: number, password });
    state = { ...state, signup };
    await sendCode();
  },
  async code() {
    const { code } = readFields();
    const body = { mobile_number: state.number, otp_code: code, request_id: state.request, signup_token: state.signup };
    finishSignIn(await send("POST", "/auth/verify-otp", body));
  },
  async reset() {
    const { code, password } = readFields();
    await send("POST", "/auth/reset-password", { mobile_number: state.number, otp_code: code, new_password: password, request_id: state.request });
    try {
      await login();
    } catch (problem) {
      // The code is used up. Only the sign-in is left.
      showStep("password");
      throw problem;
    }
  },
};

async function login() {
  const { number, password } = readFields();
  finishSignIn(await send("POST", "/auth/login", { mobile_number: number || state.number, password, device_token: session.deviceToken() }));
}

async function sendCode() {
  const isReset = state.step === "forgot" || state.step === "reset";
  const number = form.elements.number.value.trim() || state.number;
  const next = { number, signup: state.signup, until: Date.now() + CODE_INTERVAL_SECONDS * 1000 };
  try {
    const body = { mobile_number: number, device_token: session.deviceToken() };
    const sent = await send("POST", isReset ? "/auth/forgot-password" : "/auth/send-otp", body);
    showStep(isReset ? "reset" : "code", { ...next, request: sent.request_id });
    offerCode(sent.otp);
    announce(sent.otp ? say("signIn.theCodeIs", { code: sent.otp }) : say("signIn.onItsWay"));
  } catch (problem) {
    if (problemType(problem) !== "too-many-codes") throw problem;
    // The last code is still good. It can be typed, whoever asked for it.
    const request = number === state.number ? state.request : undefined;
    showStep(isReset ? "reset" : "code", { ...next, request, until: Date.now() + retryDelay(problem) * 1000 });
    find("#sign-in-note").textContent = say("errors.too-many-codes");
  }
}

// In Development, the answer contains the code.
function offerCode(code) {
  offeredCode = code;
  useCode.hidden = !code;
  useCode.textContent = code ? say("signIn.takeCode", { code }) : "";
}

function finishSignIn(tokens) {
  session.save(tokens);
  showSignIn();
  sessionStorage.removeItem(STEP_KEY);
  stopCountdown();
  onSignedIn();
}
