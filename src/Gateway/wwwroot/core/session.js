// The tokens of the session, which all tabs share.
//
// They are in localStorage, not sessionStorage: a refresh token works once, and its second use ends the session. A
// duplicated tab gets a copy of sessionStorage, so both tabs would use the same token at some time. With localStorage, all
// tabs have one store, and a lock lets only one of them refresh at a time. The key of an exchange is stored before the
// request, so if a reload loses the answer, a repeat with the same key gets the same answer. Tokens are never in a URL or a
// cookie. The Content-Security-Policy blocks foreign scripts, which could read them.

import { newIdempotencyKey } from "./idempotency-key.js";

const KEY = "geminichat.session";
const DEVICE_KEY = "geminichat.device";
const REFRESH_EARLY_MS = 30_000;

const events = new EventTarget();
let abortController = new AbortController();

/** Is aborted when the present session ends. */
export const signal = () => abortController.signal;

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

/** The last refresh token of this browser, valid or not. The server recognizes the device by it. */
export const deviceToken = () => read()?.refresh ?? localStorage.getItem(DEVICE_KEY) ?? undefined;

export function clear() {
  const last = deviceToken();
  if (last) localStorage.setItem(DEVICE_KEY, last);
  localStorage.removeItem(KEY);
  end();
}

function end() {
  abortController.abort();
  abortController = new AbortController();
  events.dispatchEvent(new Event("end"));
}

/** Calls back when another tab has signed in, when the session ends here or in another tab. */
export function watch({ onStart, onEnd }) {
  events.addEventListener("end", onEnd);
  addEventListener("storage", ({ key, newValue, oldValue }) => {
    if (key !== KEY && key !== null) return;
    if (!newValue) end();
    else if (!oldValue) onStart();
  });
}

/** An access token that is still valid for a while; null if nobody is signed in. */
export async function accessToken() {
  const session = read();
  return session && session.expires - Date.now() < REFRESH_EARLY_MS ? refresh(session.access) : session?.access ?? null;
}

/**
 * Exchanges the refresh token, unless another tab has exchanged it since the old access token was read.
 * @returns {Promise<string|null>} The new access token; null if the session has ended.
 * @throws {TypeError} The server could not be reached, so the session may still be live.
 * @throws {DOMException} The session has ended meanwhile (AbortError).
 */
export function refresh(oldToken) {
  return withLock(async () => {
    const session = read();
    if (!session || session.access !== oldToken) return session?.access ?? null;
    session.key ??= newIdempotencyKey();
    store(session);
    const response = await fetch("/auth/refresh", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": session.key },
      body: JSON.stringify({ refresh_token: session.refresh }),
      // The tokens of a session that has ended must not replace those of the next one.
      signal: signal(),
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

/** Replaces the session by the one that the work gives. Nobody refreshes the old one meanwhile, which may have ended. */
export const replace = (work) => withLock(async () => save(await work()));

let lastWork = Promise.resolve();

// Browsers have locks only with TLS or on localhost. Otherwise only the requests of one tab are serialized.
function withLock(work) {
  if (navigator.locks) return navigator.locks.request(KEY, work);
  const done = lastWork.then(work);
  lastWork = done.catch(() => {});
  return done;
}
