// One message on the page.

import { find, make, setChildren } from "../core/dom.js";
import { say } from "../core/words.js";
import { attachmentList } from "./attachments.js";
import { Blocks } from "./blocks.js";
import { messageButtons } from "./message-buttons.js";
import { isUnfinished, statusText } from "./message-status.js";
import { questionEditor } from "./question-editor.js";
import { markCitations, sourceList } from "./sources.js";
import { Thoughts } from "./thoughts.js";

// The HTML of a text comes within a moment of it, unless the server has too much to do. Then the text shows as it is. What is
// formatted already waits longer, because it loses its format.
const FIRST_HTML_DELAY = 600;
const NEXT_HTML_DELAY = 10_000;

export class MessageView {
  #message;
  #shownButtons;
  #actions;
  #editor = null;
  #thoughts = new Thoughts();
  #content = make("div", { class: "content", dir: "auto" });
  #blocks = new Blocks(this.#content);
  #htmlTimer = null;
  #isHtmlLate = false;
  #sources = make("div", { class: "grounding" });
  #state = make("p", { class: "state" });
  #buttons = make("div", { class: "actions" });

  /**
   * @param {{stop(id): void, choose(id, label): void, edit(id, content, attachments, key): Promise<boolean>, regenerate(id): Promise,
   *   rate(id, feedback): Promise}} actions The actions of the buttons.
   */
  constructor(message, actions) {
    this.#actions = { ...actions, startEdit: () => this.#openEditor() };
    const isUser = message.sender === "user";
    this.element = make(
      "li",
      { class: `message ${message.sender}`, tabindex: "-1" },
      make("h2", { class: "visually-hidden" }, say(isUser ? "common.you" : "common.answer")),
      ...(isUser ? [] : [this.#thoughts.element]),
      ...(message.attachments ? [attachmentList(message.attachments)] : []),
      this.#content,
      ...(isUser ? [] : [this.#sources]),
      make("div", { class: "foot" }, ...(isUser ? [] : [this.#state]), this.#buttons),
    );
    this.element.addEventListener("blur", () => this.element.classList.remove("highlighted"));
  }

  /**
   * Shows the message. `ahead` is the number of turns before a queued one; `isAnswering` tells whether another reply to the same
   * question is being written.
   */
  update(message, ahead, isAnswering) {
    const before = this.#message;
    this.#message = { ...message };
    this.element.dataset.status = message.status;
    if (!before || hasNewText(before, message)) this.#showText(message);
    this.#thoughts.show(message);
    const state = statusText(message, ahead);
    if (this.#state.textContent !== state) this.#state.textContent = state;
    const buttons = JSON.stringify([message.status, message.siblings, message.feedback, isAnswering]);
    if (this.#shownButtons !== buttons) this.#showButtons(message, isAnswering);
    this.#shownButtons = buttons;
  }

  /** Sets the focus to a button, or near it if it is disabled or absent. */
  focus(label) {
    const buttons = [...this.#buttons.querySelectorAll("button:enabled")];
    (buttons.find((button) => (button.ariaLabel ?? button.textContent) === label) ?? this.element).focus();
  }

  /** Highlights the message until the focus leaves it. */
  highlight() {
    this.element.classList.add("highlighted");
    this.element.focus({ preventScroll: true });
  }

  /** Adds to the text of a reply that is being written. It shows with `flush`. */
  appendText(text) {
    this.#thoughts.end();
    this.#message.content += text;
    this.#waitForHtml();
  }

  /** Changes the formatted text of a reply that is being written. It shows with `flush`. */
  changeHtml(change) {
    this.#stopWaiting();
    this.#blocks.take(change);
  }

  /** Adds to the thoughts of a reply that is being written. */
  appendThought(text) {
    this.#message.thoughts = (this.#message.thoughts ?? "") + text;
    this.#thoughts.append(text, this.#message.content === "");
  }

  /** Shows what has changed. */
  flush() {
    if (this.#isHtmlLate) this.#blocks.showText(this.#message.content, true);
    else if (!this.#blocks.isEmpty) this.#blocks.flush();
  }

  /** The message leaves the page. */
  close() {
    this.#thoughts.close();
    this.#stopWaiting();
  }

  #showText(message) {
    const { content, content_html: html } = message;
    if (html || content === "" || !isUnfinished(message)) {
      this.#stopWaiting();
      if (html) this.#blocks.showHtml(html);
      else this.#blocks.showText(content);
    } else {
      this.#waitForHtml();
    }

    markCitations(this.#content, message);
    this.#sources.replaceChildren(...sourceList(message));
  }

  #waitForHtml() {
    this.#htmlTimer ??= setTimeout(() => {
      this.#isHtmlLate = true;
      this.flush();
    }, this.#blocks.isEmpty ? FIRST_HTML_DELAY : NEXT_HTML_DELAY);
  }

  #stopWaiting() {
    clearTimeout(this.#htmlTimer);
    this.#htmlTimer = null;
    this.#isHtmlLate = false;
  }

  #showButtons(message, isAnswering) {
    const focused = this.#buttons.contains(document.activeElement) ? document.activeElement : null;
    setChildren(this.#buttons, [...messageButtons(message, this.#actions, isAnswering)]);
    if (focused) this.focus(focused.ariaLabel ?? focused.textContent);
  }

  #openEditor() {
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
function hasNewText(before, message) {
  return before.content !== message.content || before.content_html !== message.content_html || isUnfinished(before) !== isUnfinished(message);
}
