export { Auth, GeminiChat, RoomClient } from "./client.js";
export { ConnectionError, GeminiChatError, ReplyFailedError } from "./errors.js";
export type { HttpOptions as GeminiChatOptions, RequestOptions } from "./http.js";
export { Reply } from "./reply.js";
export type { components, operations, paths } from "./schema.js";
export type { Tokens } from "./session.js";
export type * from "./types.js";
export type { RetryPolicy } from "./waiting.js";
