// One message on the page.

import { attachmentList, showPictures } from "./attachments.js";
import { arrange, find, make, setReplyHtml } from "./dom.js";
import { copyButton, messageButtons } from "./message-buttons.js";
import { questionEditor } from "./question-editor.js";
import { markCitations, sourceList } from "./sources.js";
import { Thoughts } from "./thoughts.js";

export const isOpen = (message) => message.status === "queued" || message.status === "generating";

export class MessageView {
  #message;
  #offered;
  #actions;
  #editor = null;
  #thoughts = new Thoughts();
  #content = make("div", { class: "content" });
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
      make("h2", { class: "visually-hidden" }, isUser ? "You" : "Answer"),
      ...(isUser ? [] : [this.#thoughts.element]),
      ...(message.attachments ? [attachmentList(message.attachments)] : []),
      this.#content,
      ...(isUser ? [] : [this.#sources, this.#state]),
      this.#buttons,
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
    if (!before || before.content !== message.content || before.content_html !== message.content_html) this.#fill(message);
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

  /** Scrolls to the message and marks it, until the focus leaves it. */
  reveal() {
    this.element.classList.add("found");
    this.element.scrollIntoView({ block: "center" });
    this.element.focus({ preventScroll: true });
  }

  /** Adds to the text of a reply that is being written. */
  append(text) {
    this.#thoughts.end();
    this.#message.content += text;
    this.#content.append(text);
  }

  /** Adds to the thoughts of a reply that is being written. */
  think(text) {
    this.#message.thoughts = (this.#message.thoughts ?? "") + text;
    this.#thoughts.append(text, this.#message.content === "");
  }

  #fill(message) {
    this.#fillContent(message);
    markCitations(this.#content, message);
    this.#sources.replaceChildren(...sourceList(message));
    showPictures(this.#content);
    for (const block of this.#content.querySelectorAll("pre")) {
      const frame = make("div", { class: "code" }, copyButton("Copy code", () => block.textContent));
      block.tabIndex = 0;
      block.replaceWith(frame);
      frame.append(block);
    }

    for (const table of this.#content.querySelectorAll("table")) {
      const frame = make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Table" });
      table.replaceWith(frame);
      frame.append(table);
    }
  }

  #fillContent({ content, content_html: html }) {
    this.#content.classList.toggle("rich", Boolean(html));
    if (html) setReplyHtml(this.#content, html);
    else this.#content.textContent = content;
  }

  #offer(message, isAnswering) {
    const focused = this.#buttons.contains(document.activeElement) ? document.activeElement : null;
    arrange(this.#buttons, [...messageButtons(message, this.#actions, isAnswering)]);
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
        this.focus("Edit");
      },
    });
    show(true);
    this.element.append(this.#editor);
    this.#editor.querySelector("textarea").focus();
  }
}

/** The status of a reply in words; empty if it is complete. */
export function describe({ sender, status, content, error }, ahead) {
  switch (sender === "user" ? "completed" : status) {
    case "queued":
      return ahead === 0 ? "Waiting for the model" : `Queued: ${ahead} ${ahead === 1 ? "answer" : "answers"} ahead of this one`;
    case "generating":
      return "Writing";
    case "stopped":
      return content ? "Stopped. What was written until then is kept." : "Stopped before anything was written.";
    case "incomplete":
      return `This answer ends early. ${error?.detail ?? ""}`;
    case "failed":
      return `There is no answer. ${error?.detail ?? ""}`;
    default:
      return "";
  }
}
