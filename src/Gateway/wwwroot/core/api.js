// Requests to this server with the session's token. Errors are thrown as `Problem`. A request belongs to the session in which it began:
// when that ends, the request ends with an AbortError, which is nothing to tell the user.

import * as session from "./session.js";

export { explain } from "./error-texts.js";

const MAX_ATTEMPTS = 6;
const MAX_WAIT_MS = 8000;

/** An error answer (RFC 9457). */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/** Does work of the present session. Its signal is aborted when the session ends, or by the given signal. */
async function inSession(work, given = session.signal()) {
  const signal = AbortSignal.any([session.signal(), given]);
  try {
    return await work(signal);
  } finally {
    // The next user of the page gets neither the answer nor the error.
    signal.throwIfAborted();
  }
}

/** Sends a request. After a 401 it refreshes the session once. */
export const request = (path, options = {}) =>
  inSession(async (signal) => {
    const token = await session.accessToken();
    let response = await fetchWithToken(path, { ...options, signal }, token);
    const fresh = response.status === 401 && token && (await session.refresh(token));
    if (fresh) response = await fetchWithToken(path, { ...options, signal }, fresh);
    if (response.status === 401 && token && !path.startsWith("/auth/") && !signal.aborted) session.clear();
    return ensureOk(response);
  }, options.signal);

export const get = async (path) => (await request(path)).json();

export const send = async (method, path, body) => json(await request(path, withBody(method, body)));

/** Sends a request without the token, which then need not be valid. */
export const sendWithoutToken = (method, path, body) =>
  inSession(async (signal) => json(await ensureOk(await fetchWithToken(path, { ...withBody(method, body), signal }))));

/**
 * Posts with an idempotency key. If the connection breaks or the server restarts, it repeats the request with the same key,
 * so the server does it only once.
 */
export const sendOnce = (path, body, key) =>
  withRetries(async (signal) => json(await request(path, { ...withBody("POST", body, { "Idempotency-Key": key }), signal })), [503]);

/** Uploads a file, likewise. `onProgress` gets the part of it that is sent, which fetch could not tell. */
export const upload = (path, file, key, { onProgress, signal: given }) =>
  withRetries(async (signal) => {
    const token = await session.accessToken();
    try {
      return await postFile(path, file, key, token, onProgress, signal);
    } catch (error) {
      const fresh = error.status === 401 && (await session.refresh(token));
      if (!fresh) throw error;
      return postFile(path, file, key, fresh, onProgress, signal);
    }
  }, [429, 503], given);

const withRetries = (work, retryable, given) =>
  inSession(async (signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(signal);
      } catch (error) {
        const isTemporary = error instanceof TypeError || retryable.includes(error.status);
        if (!isTemporary || attempt === MAX_ATTEMPTS || signal.aborted || !navigator.onLine) throw error;
        await pause(Math.max(backoff(attempt), Math.min((error.retryAfter ?? 0) * 1000, MAX_WAIT_MS)), signal);
        signal.throwIfAborted();
      }
    }
  }, given);

function postFile(path, file, key, token, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file);
    xhr.open("POST", path);
    xhr.responseType = "json";
    xhr.setRequestHeader("Authorization", `Bearer ${token}`);
    xhr.setRequestHeader("Idempotency-Key", key);
    xhr.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    xhr.addEventListener("load", () => {
      if (xhr.status < 300) resolve(xhr.response);
      else reject(new Problem(xhr.status, xhr.response ?? {}, Number(xhr.getResponseHeader("Retry-After"))));
    });
    xhr.addEventListener("error", () => reject(new TypeError("The connection broke.")));
    xhr.addEventListener("abort", () => reject(signal.reason));
    const abort = () => xhr.abort();
    signal.addEventListener("abort", abort);
    xhr.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
    signal.throwIfAborted();
    xhr.send(form);
  });
}

/** Milliseconds to wait before the next attempt. They are random, so that not all clients return at the same time. */
export const backoff = (attempt) => Math.min(MAX_WAIT_MS, 250 * 2 ** attempt) * (0.5 + Math.random() / 2);

/** Waits until the time has passed, the browser is online again, or the signal is aborted. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      removeEventListener("online", finish);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    addEventListener("online", finish);
    signal?.addEventListener("abort", finish);
    if (signal?.aborted) finish();
  });
}

/** Downloads a file with the name that the server gives. A plain link could not send the token. */
export async function download(path, fallbackName) {
  const response = await request(path);
  const match = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = match ? decodeURIComponent(match[1]) : fallbackName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const withBody = (method, body, headers = {}) =>
  body === undefined
    ? { method, headers }
    : { method, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };

const json = (response) => (response.status === 204 ? null : response.json());

const fetchWithToken = (path, options, token) =>
  fetch(path, { ...options, headers: token ? { ...options.headers, Authorization: `Bearer ${token}` } : options.headers });

async function ensureOk(response) {
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  const retryAfter = Number(response.headers.get("Retry-After"));
  throw new Problem(response.status, body, retryAfter);
}
