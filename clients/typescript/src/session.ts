// The tokens of a session. All calls share one exchange of the refresh token, because each refresh token works once.

import { GeminiChatError } from "./errors.js";
import { newKey } from "./keys.js";
import type { TokenAnswer } from "./types.js";

/** Exchange an access token that is valid for less than this. */
const EARLY = 30_000;

/** The tokens of a session, to be stored as they are. */
export interface Tokens {
  access_token: string;
  refresh_token: string;
  /** When the access token expires, in milliseconds since 1970. */
  expires_at?: number;
  /** The key of the next exchange. With it, an exchange whose answer was lost can be repeated, also after a restart. */
  refresh_key?: string;
}

type Awaitable<T> = T | Promise<T>;

export interface SessionOptions {
  /**
   * The tokens of an earlier session. A function is called before each use: several tabs of a browser share a session if it
   * reads what `onTokens` has stored.
   */
  tokens?: Tokens | null | (() => Awaitable<Tokens | null>);
  /** Gets new tokens to store, and null when the session has ended. */
  onTokens?: (tokens: Tokens | null) => Awaitable<void>;
  /**
   * Gives the access tokens of somebody else's sign-in; `tokens` and `onTokens` are not used then. It gets the token that was
   * refused, if there is one, and gives another one or null.
   */
  accessToken?: (refused?: string) => Awaitable<string | null>;
}

export class Session {
  readonly #options: SessionOptions;
  readonly #exchange: (tokens: Tokens) => Promise<TokenAnswer>;
  readonly #lock: string;
  #tokens: Tokens | null = null;
  #renewing: Promise<string | null> | null = null;

  constructor(options: SessionOptions, lock: string, exchange: (tokens: Tokens) => Promise<TokenAnswer>) {
    if (typeof options.tokens === "function" && !options.onTokens) throw new TypeError("A function for tokens needs onTokens.");
    if (typeof options.tokens === "object") this.#tokens = options.tokens;
    this.#options = options;
    this.#exchange = exchange;
    this.#lock = lock;
  }

  /** An access token that is still valid for a while; null if nobody is signed in. */
  async accessToken(): Promise<string | null> {
    if (this.#options.accessToken) return this.#options.accessToken();
    const tokens = await this.read();
    const isShort = tokens?.expires_at !== undefined && tokens.expires_at - Date.now() < EARLY;
    return tokens && isShort ? this.renew(tokens.access_token) : (tokens?.access_token ?? null);
  }

  /** Another access token than the one that was refused; null if the session has ended. */
  renew(refused: string): Promise<string | null> {
    this.#renewing ??= this.#renew(refused).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async save(answer: TokenAnswer): Promise<Tokens> {
    const { access_token, refresh_token, expires_in } = answer;
    return this.#store({ access_token, refresh_token, expires_at: Date.now() + expires_in * 1000, refresh_key: newKey() });
  }

  async clear(): Promise<void> {
    this.#tokens = null;
    await this.#options.onTokens?.(null);
  }

  async read(): Promise<Tokens | null> {
    return typeof this.#options.tokens === "function" ? this.#options.tokens() : this.#tokens;
  }

  async #store(tokens: Tokens): Promise<Tokens> {
    this.#tokens = tokens;
    await this.#options.onTokens?.(tokens);
    return tokens;
  }

  async #renew(refused: string): Promise<string | null> {
    if (this.#options.accessToken) return this.#options.accessToken(refused);
    return this.#alone(async () => {
      let tokens = await this.read();
      // Exchanged meanwhile, here or by another tab.
      if (!tokens || tokens.access_token !== refused) return tokens?.access_token ?? null;
      if (!tokens.refresh_key) tokens = await this.#store({ ...tokens, refresh_key: newKey() });
      try {
        const answer = await this.#exchange(tokens);
        const current = await this.read();
        // Signed out meanwhile, or signed in as somebody else.
        if (current?.refresh_token !== tokens.refresh_token) return current?.access_token ?? null;
        return (await this.save(answer)).access_token;
      } catch (error) {
        if (!(error instanceof GeminiChatError && error.status === 401)) throw error;
        await this.clear();
        return null;
      }
    });
  }

  // Browsers have locks only with TLS or on localhost.
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const locks = typeof this.#options.tokens === "function" ? globalThis.navigator?.locks : undefined;
    return locks ? (locks.request(this.#lock, work) as Promise<T>) : work();
  }
}
