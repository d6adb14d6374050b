// Talks to the service with the AI SDK of one major version, and prints what its user would see, a line of JSON each time.
import { createInterface } from 'node:readline';

const [major, story] = process.argv.slice(2);
const { BASE, TOKEN, CHAT: id = 'a chat', QUESTION: question = 'why?' } = process.env;

// Another gateway of the same service.
const OTHER = process.env.OTHER ?? BASE;
const { Chat } = await import(`@ai-sdk/react-${major}`);
const { DefaultChatTransport } = await import(`ai-${major}`);

// Called for each request, also by the AI SDK. A page would renew the access token here.
const headers = async () => {
  if (!process.env.ASK_FOR_TOKENS) return { Authorization: `Bearer ${TOKEN}` };
  say({ wants: 'token' });
  return { Authorization: `Bearer ${await told()}` };
};
const path = `${OTHER}/ai/chat/${encodeURIComponent(id)}`;
const newChat = (messages = [], base = OTHER) => new Chat({
  id, messages, transport: new DefaultChatTransport({ api: `${base}/ai/chat`, headers, body: { search: process.env.SEARCH === '1' } }),
});
const load = async () => (await fetch(`${path}/messages`, { headers: await headers() })).json();
const say = value => console.log(JSON.stringify(value));
const textOf = message => (message?.parts ?? []).filter(part => part.type === 'text').map(part => part.text).join('');
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = async () => (await lines.next()).value;

// The last message shows this text, and the answer is still coming.
const shown = (chat, text) => new Promise(resolve => {
  const check = () => chat.status === 'streaming' && textOf(chat.messages.at(-1)) === text && resolve();
  chat['~registerMessagesCallback'](check);
  chat['~registerStatusCallback'](check);
  check();
});

// Follows the running answer, and says so when it shows this text.
const resume = async (chat, text) => {
  const resumed = chat.resumeStream();
  await shown(chat, text);
  say({ status: chat.status });
  await resumed;
  return chat;
};

const show = async chat => say({
  status: chat.status, error: chat.error?.message, errorName: chat.error?.name, messages: chat.messages, stored: await load().catch(() => []),
});

const stories = {
  async send(chat) {
    await chat.sendMessage({ text: question });
  },
  async files(chat) {
    const url = 'data:image/png;base64,iVBORw0KGgo8YnJlYWQ+';
    await chat.sendMessage({ text: 'what is it?', files: [{ type: 'file', mediaType: 'image/png', filename: 'bread.png', url }] });
    await chat.regenerate();
  },
  async versions(chat) {
    await chat.sendMessage({ text: question });
    await chat.regenerate();
    await chat.sendMessage({ text: 'why not?', messageId: chat.messages[0].id });
    await chat.regenerate({ messageId: chat.messages.at(-1).id });
  },
  // The page is loaded again in the middle of an answer.
  async resume(chat) {
    const sent = chat.sendMessage({ text: question });
    await shown(chat, 'one');
    await chat.stop();
    await sent;
    return resume(newChat(await load()), 'one');
  },
  async idle(chat) {
    await chat.sendMessage({ text: question });
    const reloaded = newChat(await load());
    await reloaded.resumeStream();
    return reloaded;
  },
  async stop(chat) {
    const sent = chat.sendMessage({ text: question });
    await shown(chat, 'one');
    await fetch(`${path}/stop`, { method: 'POST', headers: await headers() });
    await sent;
  },
  // The connection breaks off in the middle of an answer, which goes on.
  async broken(chat) {
    const sent = chat.sendMessage({ text: question });
    await shown(chat, 'one');
    say({ status: chat.status });
    await sent;
    say({ status: chat.status, errorName: chat.error?.name });
    await told();

    // Version 5 would add the replayed answer to what it shows.
    return resume(major === '5' ? newChat(await load()) : chat, 'one two');
  },
  async error(chat) {
    await chat.sendMessage({ text: question });
    await show(chat);
    await chat.sendMessage({ text: 'and now?' });
  },
  async limit(chat) {
    for (let turn = 0; turn < Number(process.env.LIMIT) + 1; turn++) {
      await chat.sendMessage({ text: `question ${turn}` });
    }
  },
};

const chat = newChat([], BASE);
await show(await stories[story](chat) ?? chat);
process.exit();
