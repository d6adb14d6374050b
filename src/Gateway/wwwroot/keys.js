// Idempotency keys: what is asked for again with the same key is done once.

/** A key for one wish of the user. Not `crypto.randomUUID`, which pages without TLS do not have. */
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
