// Sets the colours that the user has chosen before the page is drawn. It is no module: a module would run too late.
try {
  document.documentElement.dataset.theme = localStorage.getItem("geminichat.theme") ?? "system";
} catch {
  // Without storage, the page has the colours of the system.
}
