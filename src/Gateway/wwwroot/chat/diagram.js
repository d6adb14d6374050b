// Draws one diagram. This page is in a sandbox without an origin: it has no session, and it can only send its size to the page around it.

const send = (message) => parent.postMessage(message, "*");

addEventListener("message", async ({ source, data: { text, isDark } }) => {
  if (source !== parent) return;
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: isDark ? "dark" : "default", fontFamily: "system-ui, sans-serif" });
  try {
    const { svg } = await mermaid.render("diagram", text);
    document.body.innerHTML = svg;
    document.body.style.margin = "0";
    send({ height: Math.ceil(document.body.firstElementChild.getBoundingClientRect().height) });
  } catch {
    send({ isWrong: true });
  }
});

send({ isReady: true });
