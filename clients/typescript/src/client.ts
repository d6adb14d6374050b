import { GeminiChatError } from "./errors.js";
import { Http, type HttpOptions, type RequestOptions } from "./http.js";
import { newKey } from "./keys.js";
import { Reply, type ReplyRequest } from "./reply.js";
import type { Tokens } from "./session.js";
import type {
  Accepted, CallOptions, CreateRoom, CreatedRoom, Feedback, FileInfo, Login, Message, OtpSent, PostMessage, Regenerate, Room,
  RoomView, SendOtp, SignedUp, SignUp, TokenAnswer, UpdatedRoom, UpdateRoom, User, VerifyOtp,
} from "./types.js";

const UPLOAD_TIMEOUT = 600_000;

/** A client of a GeminiChat service. */
export class GeminiChat {
  readonly auth: Auth;
  readonly #http: Http;

  constructor(options: HttpOptions) {
    this.#http = new Http(options);
    this.auth = new Auth(this.#http);
  }

  me(options: CallOptions = {}): Promise<User> {
    return this.#http.send("GET", "/user/me", options);
  }

  createRoom(room: CreateRoom = {}, options: CallOptions = {}): Promise<CreatedRoom> {
    return this.#http.send("POST", "/chatroom", { body: room, key: newKey(), ...options });
  }

  /** A page of the rooms. `next` is the `cursor` of the next page. */
  listRooms(
    query: { limit?: number; cursor?: string; archived?: boolean } = {},
    { signal }: CallOptions = {},
  ): Promise<{ rooms: Room[]; next: string | undefined }> {
    return this.#http.answer("GET", "/chatroom", { query, signal }, async (response) => {
      const cursor = /[?&]cursor=([^&>]+)[^>]*>; rel="next"/.exec(response.headers.get("Link") ?? "");
      return { rooms: (await response.json()) as Room[], next: cursor?.[1] && decodeURIComponent(cursor[1]) };
    });
  }

  /** The room with an id. Sends nothing. */
  room(id: string): RoomClient {
    return new RoomClient(this.#http, id);
  }

  /** Uploads a file. Its `id` goes into `attachments` of a message. */
  upload(file: Blob, name: string, { signal }: CallOptions = {}): Promise<FileInfo> {
    const body = new FormData();
    body.append("file", file, name);
    return this.#http.send("POST", "/files", { body, key: newKey(), timeout: UPLOAD_TIMEOUT, signal });
  }

  /** Any other request of the API document. */
  request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return this.#http.send(method, path, options);
  }
}

/** Signs in and out. */
export class Auth {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  signUp(user: SignUp, options: CallOptions = {}): Promise<SignedUp> {
    return this.#http.send("POST", "/auth/signup", { body: user, isAuthorized: false, ...options });
  }

  sendOtp(to: SendOtp, options: CallOptions = {}): Promise<OtpSent> {
    return this.#http.send("POST", "/auth/send-otp", { body: to, isAuthorized: false, ...options });
  }

  verifyOtp(code: VerifyOtp, options: CallOptions = {}): Promise<Tokens> {
    return this.#signIn("/auth/verify-otp", code, options);
  }

  login(credentials: Login, options: CallOptions = {}): Promise<Tokens> {
    return this.#signIn("/auth/login", credentials, options);
  }

  /** Ends the session, or all sessions of the user. The tokens here are forgotten also if the server cannot be reached. */
  async logout({ everywhere = false, signal }: CallOptions & { everywhere?: boolean } = {}): Promise<void> {
    try {
      await this.#http.send("POST", "/auth/logout", { body: { everywhere }, isRepeatable: true, signal });
    } catch (error) {
      // The session has ended before.
      if (!(error instanceof GeminiChatError && error.status === 401)) throw error;
    } finally {
      await this.#http.session.clear();
    }
  }

  async #signIn(path: string, body: unknown, { signal }: CallOptions): Promise<Tokens> {
    return this.#http.session.save(await this.#http.send<TokenAnswer>("POST", path, { body, isAuthorized: false, signal }));
  }
}

/** One room. */
export class RoomClient {
  readonly id: string;
  readonly #http: Http;
  readonly #path: string;

  constructor(http: Http, id: string) {
    this.id = id;
    this.#http = http;
    this.#path = `/chatroom/${encodeURIComponent(id)}`;
  }

  /** The room with a page of its messages: the newest, or those before an id. */
  get(query: { limit?: number; before?: number; view?: "path" } = {}, { signal }: CallOptions = {}): Promise<RoomView> {
    return this.#http.send("GET", this.#path, { query, signal });
  }

  update(change: UpdateRoom, options: CallOptions = {}): Promise<UpdatedRoom> {
    return this.#http.send("PATCH", this.#path, { body: change, ...options });
  }

  delete(options: CallOptions = {}): Promise<void> {
    return this.#http.send("DELETE", this.#path, options);
  }

  /** Posts a message, and reads the reply as it is written. */
  send(message: string | PostMessage, options: CallOptions = {}): Reply {
    return this.#reply({ post: { path: "/stream", body: toMessage(message) }, ...options });
  }

  /** Posts a new version of a message, and reads the reply. */
  edit(messageId: number, message: string | PostMessage, options: CallOptions = {}): Reply {
    return this.#reply({ post: { path: `/${messageId}/edit/stream`, body: toMessage(message) }, ...options });
  }

  /** Asks for another reply in the place of a finished one, and reads it. */
  regenerate(replyId: number, change: Regenerate = {}, options: CallOptions = {}): Reply {
    return this.#reply({ post: { path: `/${replyId}/regenerate/stream`, body: change }, ...options });
  }

  /** Reads a reply that exists. One that was read as a message goes on after its text. */
  follow(reply: number | Message, options: CallOptions = {}): Reply {
    return this.#reply({ follow: typeof reply === "number" ? { id: reply } : reply, ...options });
  }

  /** Posts a message, and does not wait for the reply. */
  post(message: string | PostMessage, options: CallOptions = {}): Promise<Accepted> {
    return this.#http.send("POST", `${this.#path}/message`, { body: toMessage(message), key: newKey(), ...options });
  }

  message(id: number, options: CallOptions = {}): Promise<Message> {
    return this.#http.send("GET", `${this.#path}/message/${id}`, options);
  }

  /** Stops a reply, and returns what is kept of it. */
  stop(replyId: number, options: CallOptions = {}): Promise<Message> {
    return this.#http.send("POST", `${this.#path}/message/${replyId}/stop`, { isRepeatable: true, ...options });
  }

  rate(replyId: number, feedback: Feedback, options: CallOptions = {}): Promise<unknown> {
    return this.#http.send("PUT", `${this.#path}/message/${replyId}/feedback`, { body: feedback, ...options });
  }

  #reply(request: Omit<ReplyRequest, "messages">): Reply {
    return new Reply(this.#http, { messages: `${this.#path}/message`, ...request });
  }
}

const toMessage = (message: string | PostMessage): PostMessage => (typeof message === "string" ? { content: message } : message);
