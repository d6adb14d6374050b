import type { Problem } from "./types.js";

/** The server refused a request: problem details (RFC 9457). */
export class GeminiChatError extends Error {
  readonly status: number;
  /** What kind of problem it is, such as `urn:geminichat:problem:daily-limit`, or `about:blank` if the status says enough. */
  readonly type: string;
  readonly detail: string;
  /** Seconds to wait before the next attempt, if the server says so. */
  readonly retryAfter: number | undefined;
  /** All members of the answer, such as `limit`, `resets_at` and `required_tier`. */
  readonly problem: Partial<Problem>;

  constructor(status: number, problem: Partial<Problem>, retryAfter?: number) {
    super(problem.detail ?? `The server answered ${status}.`);
    this.name = "GeminiChatError";
    this.status = status;
    this.type = problem.type ?? "about:blank";
    this.detail = this.message;
    this.retryAfter = retryAfter;
    this.problem = problem;
  }
}

/** A reply failed, or its room or session no longer exists. */
export class ReplyFailedError extends GeminiChatError {
  /** Of a failed reply, why: one word, for programs. */
  readonly reason: string | undefined;
  /** Of a failed reply, whether asking again can help. */
  readonly retryable: boolean;

  constructor(problem: Partial<Problem>) {
    super(problem.status ?? 502, problem);
    this.name = "ReplyFailedError";
    this.reason = problem.reason ?? undefined;
    this.retryable = problem.retryable ?? false;
  }
}

/** The server could not be reached, fell silent, or sent something that is not its own. `cause` has the last error. */
export class ConnectionError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = "ConnectionError";
  }
}

/** The error of a refused request. */
export async function errorOf(response: Response): Promise<GeminiChatError> {
  const problem: unknown = await response.json().catch(() => null);
  const known = typeof problem === "object" && problem !== null ? (problem as Partial<Problem>) : {};
  return new GeminiChatError(response.status, known, secondsOf(response.headers.get("Retry-After")));
}

/** A server sends seconds; a proxy may send a date. */
function secondsOf(header: string | null): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
