// German.

export default {
  "shell.newChat": "Neuer Chat",
};
