// Time limits, pauses and repeats. AbortSignal.any and AbortSignal.timeout are missing in React Native.

import { ConnectionError, GeminiChatError, ReplyFailedError } from "./errors.js";

const MAX_DELAY = 8_000;
const MAX_RETRY_AFTER = 30_000;
const RETRYABLE = [429, 502, 503, 504];

/** How often and how fast a failed request is repeated. */
export interface RetryPolicy {
  /** How many repeats of a request may fail one after the other; of a stream, twice as many. */
  attempts: number;
  /** Milliseconds before the first repeat. They double with each further one, up to eight seconds. */
  delay: number;
}

/** Why a signal was aborted. */
export const reasonOf = (signal: AbortSignal): unknown =>
  signal.reason ?? Object.assign(new Error("The call was aborted."), { name: "AbortError" });

/** Aborts its signal when the caller does, or when the time between `start` and `stop` is over. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, outer?: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    if (outer?.aborted) throw reasonOf(outer);
    outer?.addEventListener("abort", this.abort);
    this.start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly start = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.abort, this.#milliseconds);
  };

  readonly stop = (): void => clearTimeout(this.#timer);

  readonly abort = (): void => {
    this.stop();
    this.#outer?.removeEventListener("abort", this.abort);
    this.#controller.abort();
  };
}

/** Turns all errors of a connection into one type, but not the caller's abort and not the server's answers. */
export function connectionError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return reasonOf(signal);
  if (error instanceof GeminiChatError || error instanceof ConnectionError) return error;
  return new ConnectionError("The server cannot be reached.", error);
}

/** Milliseconds until a repeat; undefined if a repeat cannot help. */
export function delayAfter(error: unknown, failures: number, policy: RetryPolicy): number | undefined {
  if (failures > policy.attempts || error instanceof ReplyFailedError) return undefined;
  const isRefusal = error instanceof GeminiChatError;
  if (isRefusal ? !RETRYABLE.includes(error.status) : !(error instanceof ConnectionError)) return undefined;
  const asked = isRefusal ? (error.retryAfter ?? 0) * 1000 : 0;
  // Random, so that not all clients return at the same time.
  const backoff = Math.min(MAX_DELAY, policy.delay * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
  return asked > MAX_RETRY_AFTER ? undefined : Math.max(asked, backoff);
}

/** Repeats a call while that can help. */
export async function repeated<T>(call: () => Promise<T>, policy: RetryPolicy, signal: AbortSignal | undefined): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      const delay = delayAfter(error, failures, policy);
      if (delay === undefined) throw error;
      await pause(delay, signal);
    }
  }
}

export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await abortable(new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for something that goes on after an abort. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reasonOf(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
