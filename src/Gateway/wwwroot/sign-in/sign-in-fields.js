// The fields of the sign-in form: which are shown, what is wrong with them, and what they hold.

import { MAX_COUNTDOWN_SECONDS, showCountdown } from "../core/countdown.js";
import { find, isTouch } from "../core/dom.js";
import { errorMessage, explain, problemType, retryDelay, retryText } from "../core/error-texts.js";
import { say } from "../core/words.js";

const CODE_LENGTH = 6;
const MIN_PASSWORD = 8;
const MIN_DIGITS = 7;
const CODE = /(?<!\p{Nd})(?:\p{Nd}[\s-]*){5}\p{Nd}(?!\p{Nd})/u;
const FIELD_OF_PROBLEM = {
  "bad-number": "number",
  "number-taken": "number",
  "wrong-code": "code",
  "wrong-password": "password",
  "common-password": "password",
};

const form = find("#sign-in-form");
const showPassword = find("#show-password");
const submitButton = find("#sign-in-go");
const error = find("#sign-in-error");
let stopCountdown = () => {};

/** Connects the fields. `onCode` runs when the code has all its digits. */
export function startFields(onCode) {
  const { code } = form.elements;
  code.addEventListener("input", () => digitsOf(code.value).length === CODE_LENGTH && onCode());
  code.addEventListener("paste", (event) => {
    // The text around the code may be pasted with it.
    const found = CODE.exec(event.clipboardData.getData("text"));
    if (!found) return;
    event.preventDefault();
    code.value = found[0];
    onCode();
  });
  showPassword.addEventListener("click", () => setPasswordVisible(form.elements.password.type === "password"));
  form.addEventListener("input", ({ target }) => setError(target.name, ""));
}

/** Shows the fields of a step, and sets the focus to the first one that is empty. */
export function showFields(step, names) {
  for (const field of form.querySelectorAll("[data-field]")) field.hidden = !names.includes(field.dataset.field);
  const isNew = step !== "password";
  find("#password-label").textContent = say(isNew ? "common.newPassword" : "common.password");
  find("#password-hint").textContent = isNew ? say("signIn.passwordHint", { min: MIN_PASSWORD }) : "";
  form.elements.password.autocomplete = isNew ? "new-password" : "current-password";
  form.elements.number.autocomplete = names.includes("password") ? "username" : "tel";
  if (!names.includes("password")) form.elements.password.value = "";
  setPasswordVisible(false);
  const first = names.map((name) => form.elements[name]).find((field) => !field.value) ?? form.elements[names[0]];
  if (!isTouch()) first.focus();
}

/** What the user has typed. */
export function readFields() {
  const { name, number, code, password } = formFields();
  return { name: name.trim(), number: number.trim(), code: code.trim(), password };
}

export function resetFields() {
  form.reset();
}

/** Shows what can be seen to be wrong before anything is sent. Whether there is something. */
export function findMistakes(names, step) {
  clearErrors();
  const values = readFields();
  const mistakes = {
    name: !values.name && "signIn.nameMissing",
    number: !isLikeNumber(values.number) && "errors.bad-number",
    code: digitsOf(values.code).length !== CODE_LENGTH && "signIn.codeLength",
    password: passwordMistake(values.password, step),
  };
  const wrong = names.filter((name) => mistakes[name]);
  for (const name of wrong) setError(name, say(mistakes[name], { min: MIN_PASSWORD }));
  if (wrong.length > 0) form.elements[wrong[0]].focus();
  return wrong.length > 0;
}

/** Shows the answer of the server, beside its field if it is about one. A short wait is counted down. */
export function showProblem(problem, names) {
  const field = FIELD_OF_PROBLEM[problemType(problem)];
  if (names.includes(field)) {
    setError(field, explain(problem));
    form.elements[field].select();
    form.elements[field].focus();
    return;
  }

  const seconds = retryDelay(problem);
  error.textContent = explain(problem);
  if (!seconds || seconds > MAX_COUNTDOWN_SECONDS) return;
  submitButton.ariaDisabled = "true";
  stopCountdown = showCountdown(error, errorMessage(problem), seconds, (rest) => retryText(problem, rest), clearErrors);
}

export function clearErrors() {
  stopCountdown();
  submitButton.ariaDisabled = "false";
  error.textContent = "";
  for (const { dataset } of form.querySelectorAll("[data-field]")) setError(dataset.field, "");
}

const formFields = () => Object.fromEntries(["name", "number", "code", "password"].map((name) => [name, form.elements[name].value]));

// Digits of any script. The server knows the numbers of all countries.
const isLikeNumber = (text) => /^[\p{Cf}\s]*[+＋]/u.test(text) && digitsOf(text).length >= MIN_DIGITS;

const digitsOf = (text) => text.match(/\p{Nd}/gu) ?? [];

function passwordMistake(password, step) {
  if (!password) return "signIn.passwordMissing";
  return step !== "password" && password.length < MIN_PASSWORD && "signIn.passwordHint";
}

function setError(name, text) {
  const field = form.elements[name];
  find(`#${field.id}-error`).textContent = text;
  field.ariaInvalid = text ? "true" : null;
  field.closest(".field").classList.toggle("invalid", text !== "");
}

function setPasswordVisible(isVisible) {
  form.elements.password.type = isVisible ? "text" : "password";
  showPassword.textContent = say(isVisible ? "signIn.hide" : "signIn.show");
  showPassword.ariaLabel = say(isVisible ? "signIn.hidePassword" : "signIn.showPassword");
}
