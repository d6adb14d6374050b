// Idempotency keys: the server does repeated requests with the same key only once.

/** A key for one action of the user. Pages without TLS do not have `crypto.randomUUID`. */
export const newIdempotencyKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
