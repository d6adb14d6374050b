// Shows a block of Mermaid as a diagram. It is drawn in a frame that reaches neither the page nor the session.

import { announce, button, make } from "../core/dom.js";
import { say } from "../core/words.js";

const MAX_HEIGHT = 2000;

export const isDiagram = (block) => block.dataset.language === "Mermaid";

/** A button that shows and hides the diagram of a block. The library is loaded when it is first pressed. */
export function diagramButton(block) {
  let diagram = null;
  const toggle = button(say("message.showDiagram"), () => {
    diagram?.remove();
    diagram = diagram ? null : draw(block);
    update();
  }, { class: "tool diagram-button", "aria-expanded": "false" });
  const update = () => {
    toggle.textContent = say(diagram ? "message.hideDiagram" : "message.showDiagram");
    toggle.ariaExpanded = String(Boolean(diagram));
  };
  return toggle;
}

function draw(block) {
  const frame = make("iframe", {
    class: "diagram", title: say("message.diagram"), sandbox: "allow-scripts", referrerpolicy: "no-referrer", src: new URL("diagram.html", import.meta.url).href,
  });
  const container = make("div", {}, frame);
  const onMessage = ({ source, data }) => {
    if (!frame.isConnected) removeEventListener("message", onMessage);
    if (source !== frame.contentWindow) return;
    if (data.isReady) source.postMessage({ text: block.textContent, isDark: isDark(block) }, "*");
    if (data.height > 0) frame.height = Math.min(data.height, MAX_HEIGHT);
    if (data.isWrong) {
      container.replaceChildren(make("p", { class: "state" }, say("message.noDiagram")));
      announce(say("message.noDiagram"));
    }
  };
  addEventListener("message", onMessage);
  block.before(container);
  return container;
}

const isDark = (element) => getComputedStyle(element).colorScheme === "dark"
  || (getComputedStyle(element).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
