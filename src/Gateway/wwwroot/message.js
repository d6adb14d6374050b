// One message on the page.

import { announce, arrange, button, clock, copy, make, setReplyHtml } from "./dom.js";

export const isOpen = (message) => message.status === "queued" || message.status === "generating";

export class MessageView {
  #message;
  #versions = [];
  #actions;
  #content = make("div", { class: "content" });
  #state = make("p", { class: "state" });
  #buttons = make("div", { class: "actions" });

  /** @param {{stop(id): void, regenerate(id): void, show(id, label): void}} actions The actions of the buttons. */
  constructor(message, actions) {
    this.#actions = actions;
    const isUser = message.sender === "user";
    this.element = make(
      "li",
      { class: `message ${message.sender}`, tabindex: "-1" },
      make("h2", { class: "visually-hidden" }, isUser ? "You" : "Answer"),
      this.#content,
      ...(isUser ? [] : [this.#state]),
      this.#buttons,
    );
  }

  /** Shows the message. `versions` are the replies to its question; `ahead` is the number of turns before a queued one. */
  update(message, versions, ahead) {
    const before = this.#message;
    const isOffered = before?.status === message.status && this.#versions.length === versions.length;
    this.#message = { ...message };
    this.#versions = versions;
    this.element.dataset.status = message.status;
    if (!before || before.content !== message.content || before.content_html !== message.content_html) this.#fill(message);
    const state = describe(message, ahead);
    if (this.#state.textContent !== state) this.#state.textContent = state;
    if (!isOffered) this.#offer(message);
  }

  /** Sets the focus to a button, or near it if it is disabled. */
  focus(label) {
    (this.#buttons.querySelector(`[aria-label="${label}"]:enabled`) ?? this.element).focus();
  }

  /** Adds to the text of a reply that is being written. */
  append(text) {
    this.#message.content += text;
    this.#content.append(text);
  }

  #fill({ content, content_html: html }) {
    this.#content.classList.toggle("rich", Boolean(html));
    if (!html) {
      this.#content.textContent = content;
      return;
    }

    setReplyHtml(this.#content, html);
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

  #offer(message) {
    const hadFocus = this.#buttons.contains(document.activeElement);
    arrange(this.#buttons, [...this.#steps(message), ...this.#choices(message), this.#stamp(message)]);
    if (hadFocus) this.element.focus();
  }

  *#steps({ id }) {
    const versions = this.#versions;
    if (versions.length < 2) return;
    const at = versions.indexOf(id);
    const step = (text, label, to) =>
      button(text, () => this.#actions.show(to, label), { "aria-label": label, disabled: to === undefined });
    yield step("‹", "Previous answer", versions[at - 1]);
    yield make("span", { class: "quiet" }, `${at + 1} of ${versions.length}`);
    yield step("›", "Next answer", versions[at + 1]);
  }

  *#choices({ id, status, content, error }) {
    if (status === "queued" || status === "generating") {
      yield button(status === "queued" ? "Cancel" : "Stop", () => this.#actions.stop(id));
      return;
    }

    if (content) yield copyButton("Copy", () => this.#message.content);
    const isFailed = status === "failed";
    const isNewest = this.#versions.at(-1) === id;
    if (isNewest && (!isFailed || error?.retryable)) {
      yield button(isFailed ? "Try again" : "Regenerate", (event) => this.#regenerate(event.currentTarget, id));
    }
  }

  async #regenerate(pressed, id) {
    pressed.disabled = true;
    await this.#actions.regenerate(id);
    pressed.disabled = false;
  }

  #stamp({ timestamp, model }) {
    const time = make("time", { datetime: timestamp, title: new Date(timestamp).toLocaleString() }, clock(timestamp));
    return make("span", { class: "quiet" }, ...(model ? [`${model} · `] : []), time);
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

function copyButton(label, text) {
  const pressed = button(label, async () => {
    await copy(text());
    pressed.textContent = "Copied";
    announce("Copied");
    setTimeout(() => (pressed.textContent = label), 2000);
  });
  return pressed;
}
