// Requests with the session's token.

import { errorOf } from "./errors.js";
import { Session, type SessionOptions } from "./session.js";
import type { TokenAnswer } from "./types.js";
import { abortable, connectionError, Deadline, repeated, type RetryPolicy } from "./waiting.js";

const TIMEOUT = 60_000;

export interface HttpOptions extends SessionOptions {
  /** The address of the service, such as `https://chat.example.com`. */
  baseUrl: string;
  /** Another `fetch` than the global one. */
  fetch?: typeof fetch;
  /** Default: 6 repeats of a request and 12 of a stream, the first after 500 ms. */
  retry?: Partial<RetryPolicy>;
}

export interface RequestOptions {
  /** Sent as JSON; a `FormData` as it is. */
  body?: unknown;
  query?: Record<string, string | number | boolean | undefined> | undefined;
  headers?: Record<string, string>;
  /** An idempotency key. */
  key?: string;
  /** Whether the request may be repeated; by default all but a POST without a key. */
  isRepeatable?: boolean;
  /** False for requests that need no token. */
  isAuthorized?: boolean;
  /** Milliseconds for one attempt. */
  timeout?: number;
  signal?: AbortSignal | undefined;
}

export class Http {
  readonly retry: RetryPolicy;
  readonly session: Session;
  readonly #base: string;
  readonly #fetch: typeof fetch;

  constructor(options: HttpOptions) {
    this.#base = options.baseUrl.replace(/\/+$/, "");
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.retry = { attempts: 6, delay: 500, ...options.retry };
    // Not repeated on its own: the call that needs the token is.
    this.session = new Session(options, `geminichat ${this.#base}`, ({ refresh_token, refresh_key }) =>
      this.send<TokenAnswer>("POST", "/auth/refresh", { body: { refresh_token }, key: refresh_key!, isAuthorized: false, isRepeatable: false }),
    );
  }

  /** Sends a request, and repeats it while that can help and is safe. */
  send<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return this.answer(method, path, options, async (response) => {
      const text = await response.text();
      return (text === "" ? undefined : JSON.parse(text)) as T;
    });
  }

  /** The same, for an answer that is not JSON, or whose headers count. */
  answer<T>(method: string, path: string, options: RequestOptions, read: (response: Response) => Promise<T>): Promise<T> {
    const { signal, timeout = TIMEOUT, isRepeatable = method !== "POST" || options.key !== undefined } = options;
    const call = async (): Promise<T> => {
      const deadline = new Deadline(timeout, signal);
      try {
        return await read(await this.open(method, path, { ...options, signal: deadline.signal }));
      } catch (error) {
        throw connectionError(error, signal);
      } finally {
        deadline.abort();
      }
    };
    return isRepeatable ? repeated(call, this.retry, signal) : call();
  }

  /** Sends a request once, with another token after a 401. Gives the answer while its body comes. */
  async open(method: string, path: string, options: RequestOptions): Promise<Response> {
    const { isAuthorized = true, signal } = options;
    const token = isAuthorized ? await abortable(this.session.accessToken(), signal) : null;
    let response = await this.#fetch(this.#urlOf(path, options.query), this.#init(method, options, token));
    if (response.status === 401 && token) {
      const fresh = await abortable(this.session.renew(token), signal);
      if (fresh && fresh !== token) {
        void response.body?.cancel().catch(() => {});
        response = await this.#fetch(this.#urlOf(path, options.query), this.#init(method, options, fresh));
      }
    }

    if (!response.ok) throw await errorOf(response);
    return response;
  }

  #urlOf(path: string, query: RequestOptions["query"]): string {
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    const pairs = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    return this.#base + path + (pairs.length > 0 ? `?${pairs.join("&")}` : "");
  }

  #init(method: string, { body, headers, key, signal }: RequestOptions, token: string | null): RequestInit {
    const isForm = typeof FormData !== "undefined" && body instanceof FormData;
    return {
      method,
      headers: {
        ...(body !== undefined && !isForm && { "Content-Type": "application/json" }),
        ...(key !== undefined && { "Idempotency-Key": key }),
        ...(token && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: isForm ? (body as FormData) : JSON.stringify(body) }),
      ...(signal && { signal }),
    };
  }
}
