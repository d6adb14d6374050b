// The names of the API document's types, and the events of a reply.

import type { components } from "./schema.js";

type Schemas = components["schemas"];

export type Accepted = Schemas["AcceptedResponse"];
export type CreateRoom = Schemas["CreateRoomRequest"];
export type CreatedRoom = Schemas["CreatedRoomResponse"];
export type Feedback = Schemas["FeedbackRequest"];
export type FileInfo = Schemas["FileResponse"];
export type Login = Schemas["LoginRequest"];
export type Message = Schemas["MessageResponse"];
export type OtpSent = Schemas["OtpSentResponse"];
export type PostMessage = Schemas["PostMessageRequest"];
export type Problem = Schemas["Problem"];
export type Regenerate = Schemas["RegenerateReplyRequest"];
export type Room = Schemas["RoomResponse"];
export type RoomView = Schemas["RoomViewResponse"];
export type SendOtp = Schemas["SendOtpRequest"];
export type SignUp = Schemas["SignUpRequest"];
export type SignedUp = Schemas["SignedUpResponse"];
export type TokenAnswer = Schemas["TokenResponse"];
export type UpdateRoom = Schemas["UpdateRoomRequest"];
export type UpdatedRoom = Schemas["UpdatedRoomResponse"];
export type User = Schemas["UserResponse"];
export type VerifyOtp = Schemas["VerifyOtpRequest"];

/** An event of a reply. A reply that fails is thrown as a `ReplyFailedError`. */
export type ReplyEvent =
  /** The message is stored and will be answered. */
  | ({ type: "accepted" } & Accepted)
  /** The next piece of the model's thinking. */
  | { type: "thought"; text: string }
  /** The next piece of the reply. */
  | { type: "token"; text: string }
  /** Forget text and thoughts: they begin anew. */
  | { type: "reset"; attempt: number }
  /** The whole reply. Its `status` is `completed`, `stopped` or `incomplete`. */
  | ({ type: "done" } & Message);

/** What calls have in common. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}
