import { useChat } from '@ai-sdk/react';
import { DefaultChatTransport } from 'ai';
import { useEffect, useMemo, useRef, useState } from 'react';
import { call, chatPath, loadMessages } from './api.js';

const isRunning = message => ['queued', 'generating'].includes(message?.metadata?.status);

export function Chat({ id, initial, onAnswer }) {
  const onIdle = useRef(null);
  const transport = useMemo(() => new DefaultChatTransport({
    api: '/ai/chat',
    fetch: async (path, options) => {
      const response = await call(path, options);
      if (response.status === 204) onIdle.current();
      return response;
    },
  }), []);
  const { messages, setMessages, sendMessage, regenerate, resumeStream, status, error } = useChat({
    id, messages: initial, transport, resume: true, onFinish: onAnswer,
  });

  // The answer ended before it could be resumed, so the page shows only its beginning.
  onIdle.current = async () => {
    if (isRunning(messages.at(-1))) setMessages(await loadMessages(id));
  };

  // A connection that broke off, as it does when the access token expires: the answer goes on at the service.
  useEffect(() => {
    if (!(error instanceof TypeError)) return;
    const soon = setTimeout(resumeStream, 1000);
    return () => clearTimeout(soon);
  }, [error, resumeStream]);

  const isBusy = status === 'submitted' || status === 'streaming';
  return (
    <main>
      <ol className="messages">{messages.map(message => <Message key={message.id} message={message} />)}</ol>
      {error && <p role="alert">{error.message}</p>}
      {isBusy
        // stop() of useChat would only leave the stream. The service ends it.
        ? <button onClick={() => call(`${chatPath(id)}/stop`, { method: 'POST' })}>Stop</button>
        : messages.length > 0 && <button onClick={() => regenerate()}>Regenerate</button>}
      <Composer isBusy={isBusy} onSend={sendMessage} />
    </main>
  );
}

function Message({ message }) {
  return (
    <li className={message.role} data-status={message.metadata?.status}>
      {message.parts.map((part, index) => <Part key={index} part={part} />)}
      {message.metadata?.status === 'stopped' && <small>Stopped</small>}
    </li>
  );
}

function Part({ part }) {
  switch (part.type) {
    case 'text': return <p className="text">{part.text}</p>;
    case 'reasoning': return <details><summary>Thinking</summary>{part.text}</details>;
    case 'file': return <p className="file">{part.filename ?? part.mediaType}</p>;
    case 'source-url': return <p><a href={part.url} rel="noreferrer" target="_blank">{part.title ?? part.url}</a></p>;
    // Google's HTML must be shown as it is. In its own frame it can run nothing.
    case 'data-search-suggestions': return <iframe sandbox="allow-popups" srcDoc={part.data} title="Search suggestions" />;
    default: return null;
  }
}

function Composer({ isBusy, onSend }) {
  const [text, setText] = useState('');
  const files = useRef(null);

  const submit = event => {
    event.preventDefault();
    if (!text.trim() || isBusy) return;
    onSend({ text, files: files.current.files });
    setText('');
    event.target.reset();
  };

  return (
    <form className="composer" onSubmit={submit}>
      <input aria-label="Your message" value={text} onChange={event => setText(event.target.value)} autoFocus />
      <input aria-label="Files" type="file" multiple ref={files} />
      <button disabled={isBusy}>Send</button>
    </form>
  );
}
