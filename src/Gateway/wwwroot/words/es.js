// Spanish.

export default {
  "shell.newChat": "Chat nuevo",
};
