// Arabic.

export default {
  "shell.newChat": "محادثة جديدة",
};
