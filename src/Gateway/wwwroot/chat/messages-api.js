// Reads the shown branch of a room.

import { request } from "../core/api.js";

const PAGE = 50;

// How many ids after a message that is looked for are read with it.
const AFTER = 20;

// A read that is stuck ends: a chat would look as if it were loading for ever, and later reads wait for this one.
const LONGEST_READ = 40_000;

/** The room with a page of the messages of its shown branch: the newest ones, unless the query says otherwise. */
export async function fetchMessages(room, query, signal) {
  const either = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_READ)]);
  return (await request(`/chatroom/${room}?view=path&render=html&limit=${PAGE}${query}`, { signal: either })).json();
}

/** The messages around one of the shown branch; none if it is on another branch. */
export async function fetchMessagesAround(room, id, signal) {
  // A page with very long messages may be too short for those after it.
  for (const after of [AFTER, 1]) {
    const { messages } = await fetchMessages(room, `&before=${id + after}`, signal);
    if (messages.some((message) => message.id === id)) return messages;
  }

  return [];
}
