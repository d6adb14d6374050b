// Hindi.

export default {
  "shell.newChat": "नई चैट",
};
