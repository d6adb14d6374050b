// One message on the page.

import { find, make, setChildren } from "../core/dom.js";
import { reasonText } from "../core/error-texts.js";
import { say } from "../core/words.js";
import { attachmentList } from "./attachments.js";
import { Blocks } from "./blocks.js";
import { messageButtons } from "./message-buttons.js";
import { questionEditor } from "./question-editor.js";
import { markCitations, sourceList } from "./sources.js";
import { Thoughts } from "./thoughts.js";

// The HTML of a text comes within a moment of it, unless the server has too much to do. Then the text shows as it is. What is
// formatted already waits longer, because it loses its format.
const FIRST_HTML_DELAY = 600;
const NEXT_HTML_DELAY = 2000;

export const isOpen = (message) => message.status === "queued" || message.status === "generating";

export class MessageView {
  #message;
  #offered;
  #actions;
  #editor = null;
  #thoughts = new Thoughts();
  #content = make("div", { class: "content", dir: "auto" });
  #blocks = new Blocks(this.#content);
  #delay = null;
  #sources = make("div", { class: "grounding" });
  #state = make("p", { class: "state" });
  #buttons = make("div", { class: "actions" });

  /**
   * @param {{stop(id): void, choose(id, label): void, edit(id, content, attachments, key): Promise<boolean>, regenerate(id): Promise,
   *   rate(id, feedback): Promise}} actions The actions of the buttons.
   */
  constructor(message, actions) {
    this.#actions = { ...actions, startEdit: () => this.#edit() };
    const isUser = message.sender === "user";
    this.element = make(
      "li",
      { class: `message ${message.sender}`, tabindex: "-1" },
      make("h2", { class: "visually-hidden" }, say(isUser ? "message.you" : "message.answer")),
      ...(isUser ? [] : [this.#thoughts.element]),
      ...(message.attachments ? [attachmentList(message.attachments)] : []),
      this.#content,
      ...(isUser ? [] : [this.#sources]),
      make("div", { class: "foot" }, ...(isUser ? [] : [this.#state]), this.#buttons),
    );
    this.element.addEventListener("blur", () => this.element.classList.remove("found"));
  }

  /**
   * Shows the message. `ahead` is the number of turns before a queued one; `isAnswering` tells whether another reply to the same
   * question is being written.
   */
  update(message, ahead, isAnswering) {
    const before = this.#message;
    this.#message = { ...message };
    this.element.dataset.status = message.status;
    if (!before || hasOtherText(before, message)) this.#fill(message);
    this.#thoughts.show(message);
    const state = describe(message, ahead);
    if (this.#state.textContent !== state) this.#state.textContent = state;
    const offered = JSON.stringify([message.status, message.siblings, message.feedback, isAnswering]);
    if (this.#offered !== offered) this.#offer(message, isAnswering);
    this.#offered = offered;
  }

  /** Sets the focus to a button, or near it if it is disabled or absent. */
  focus(label) {
    const buttons = [...this.#buttons.querySelectorAll("button:enabled")];
    (buttons.find((button) => (button.ariaLabel ?? button.textContent) === label) ?? this.element).focus();
  }

  /** Marks the message until the focus leaves it. */
  mark() {
    this.element.classList.add("found");
    this.element.focus({ preventScroll: true });
  }

  /** Adds to the text of a reply that is being written. It shows with `flush`. */
  append(text) {
    this.#thoughts.end();
    this.#message.content += text;
    this.#awaitHtml();
  }

  /** Changes the formatted text of a reply that is being written. It shows with `flush`. */
  change(change) {
    this.#endWait();
    this.#blocks.take(change);
  }

  /** Adds to the thoughts of a reply that is being written. */
  think(text) {
    this.#message.thoughts = (this.#message.thoughts ?? "") + text;
    this.#thoughts.append(text, this.#message.content === "");
  }

  /** Shows what has changed. */
  flush() {
    if (this.#delay === "over") this.#blocks.showText(this.#message.content, true);
    else if (!this.#blocks.isEmpty) this.#blocks.flush();
  }

  /** The message leaves the page. */
  close() {
    this.#thoughts.close();
    this.#endWait();
  }

  #fill(message) {
    const { content, content_html: html } = message;
    if (html || content === "" || !isOpen(message)) {
      this.#endWait();
      if (html) this.#blocks.showHtml(html);
      else this.#blocks.showText(content);
    } else {
      this.#awaitHtml();
    }

    markCitations(this.#content, message);
    this.#sources.replaceChildren(...sourceList(message));
  }

  #awaitHtml() {
    this.#delay ??= setTimeout(() => {
      this.#delay = "over";
      this.flush();
    }, this.#blocks.isEmpty ? FIRST_HTML_DELAY : NEXT_HTML_DELAY);
  }

  #endWait() {
    clearTimeout(this.#delay);
    this.#delay = null;
  }

  #offer(message, isAnswering) {
    const focused = this.#buttons.contains(document.activeElement) ? document.activeElement : null;
    setChildren(this.#buttons, [...messageButtons(message, this.#actions, isAnswering)]);
    if (focused) this.focus(focused.ariaLabel ?? focused.textContent);
  }

  #edit() {
    const { id, content, attachments = [] } = this.#message;
    const show = (isEditing) => {
      this.#content.hidden = this.#buttons.hidden = isEditing;
      if (!isEditing) this.#editor.remove();
    };
    this.#editor = questionEditor(content, {
      send: async (text, key) => {
        if (!(await this.#actions.edit(id, text, attachments, key))) return;
        show(false);
        find("#text").focus();
      },
      cancel: () => {
        show(false);
        this.focus(say("buttons.edit"));
      },
    });
    show(true);
    this.element.append(this.#editor);
    this.#editor.querySelector("textarea").focus();
  }
}

// A reply may end with text whose HTML did not come.
function hasOtherText(before, message) {
  return before.content !== message.content || before.content_html !== message.content_html || isOpen(before) !== isOpen(message);
}

/** The status of a reply in words; empty if it is complete. */
export function describe({ sender, status, content, error }, ahead) {
  switch (sender === "user" ? "completed" : status) {
    case "queued":
      return ahead === 0 ? say("message.waiting") : say("message.queued", { count: ahead });
    case "generating":
      return say("message.writing");
    case "stopped":
      return say(content ? "message.stopped" : "message.stoppedEmpty");
    case "incomplete":
      return say("message.incomplete", { why: reasonText(error) });
    case "failed":
      return say("message.failed", { why: reasonText(error) });
    default:
      return "";
  }
}
