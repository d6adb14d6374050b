// English. The other languages have the same keys and the same names in braces.

export default {
  // The frame of the page: the list of chats, the header, the account.
  "shell.newChat": "New chat",

  // Messages and what can be done with them.

  // The composer: the message that is being written, its files and options.

  // Sign-in.

  // Errors and limits.
};
