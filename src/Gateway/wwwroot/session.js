// The tokens of the one session that all tabs share.
//
// They are in localStorage, not sessionStorage: a refresh token works once, and its second use ends the session. A
// duplicated tab takes a copy of sessionStorage along, and the two would sooner or later use the same token. Here all
// tabs see one store, and a lock lets only one of them refresh at a time. An exchange whose answer is lost, as by a
// reload, is repeated with the key that was stored before it was asked for, and answered as it was. They are never in a
// URL or a cookie; scripts from elsewhere, which could read them, are kept out by the Content-Security-Policy.

import { newKey } from "./keys.js";

const KEY = "geminichat.session";
const DEVICE_KEY = "geminichat.device";
const EARLY = 30_000;

const ended = new EventTarget();

export function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

export function save(tokens) {
  const { access_token: access, refresh_token: refresh, expires_in: seconds } = tokens;
  store({ access, refresh, expires: Date.now() + seconds * 1000 });
}

const store = (session) => localStorage.setItem(KEY, JSON.stringify(session));

/** The last refresh token of this browser, good or not: by it the server knows the device again. */
export const deviceToken = () => read()?.refresh ?? localStorage.getItem(DEVICE_KEY) ?? undefined;

export function clear() {
  const last = deviceToken();
  if (last) localStorage.setItem(DEVICE_KEY, last);
  localStorage.removeItem(KEY);
  ended.dispatchEvent(new Event("end"));
}

/** Calls back when another tab has signed in, when the session ends here or in another tab. */
export function watch({ onStart, onEnd }) {
  ended.addEventListener("end", onEnd);
  addEventListener("storage", ({ key, newValue, oldValue }) => {
    if (key !== KEY && key !== null) return;
    if (!newValue) onEnd();
    else if (!oldValue) onStart();
  });
}

/** An access token that is good for a while yet; null when nobody is signed in. */
export async function accessToken() {
  const session = read();
  return session && session.expires - Date.now() < EARLY ? refresh(session.access) : session?.access ?? null;
}

/**
 * Exchanges the refresh token, unless a tab has done so since `spent` was read.
 * @returns {Promise<string|null>} the new access token; null when the session is over.
 * @throws {TypeError} when the server could not be asked: the session may well be alive.
 */
export function refresh(spent) {
  return alone(async () => {
    const session = read();
    if (!session || session.access !== spent) return session?.access ?? null;
    session.key ??= newKey();
    store(session);
    const response = await fetch("/auth/refresh", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": session.key },
      body: JSON.stringify({ refresh_token: session.refresh }),
    });
    if (response.ok) {
      save(await response.json());
      return read().access;
    }

    if (response.status !== 401) throw new TypeError(`The session could not be renewed: ${response.status}`);
    clear();
    return null;
  });
}

let turn = Promise.resolve();

// Locks are there only over TLS or on localhost. Elsewhere the requests of one tab still take turns.
function alone(work) {
  if (navigator.locks) return navigator.locks.request(KEY, work);
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}
