// What a client does with the types that openapi-typescript makes. It must compile.
import type { components, paths } from "./api";

type ReplyEvent = components["schemas"]["ReplyEvent"];
type NoticeEvent = components["schemas"]["NoticeEvent"];

/** Each event is told apart by its type, and there is no other. */
export function toText(event: ReplyEvent): string {
  switch (event.type) {
    case "accepted":
      return `${event.message.content} ${event.reply.status satisfies components["schemas"]["MessageStatus"]}`;
    case "thought":
    case "token":
      return event.text;
    case "html":
      return event.html;
    case "reset":
      return event.attempt.toFixed();
    case "done":
      return event.content + (event.model ?? "");
    case "failed":
      return event.problem.detail;
    case "reconnect":
      return "";
    default:
      return event satisfies never;
  }
}

export function toRoom(notice: NoticeEvent): string | undefined {
  return "id" in notice ? notice.id : undefined;
}

/** A stream's route has one answer: its schema is that of an event. */
export type Streamed =
  paths["/chatroom/{id}/message/stream"]["post"]["responses"]["200"]["content"]["text/event-stream"];
export const isEvent: Streamed extends ReplyEvent ? true : false = true;
export const tier: components["schemas"]["UserResponse"]["subscription"] = "Pro";
export const sender: components["schemas"]["MessageResponse"]["sender"] = "ai";
