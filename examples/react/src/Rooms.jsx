import { useCallback, useEffect, useState } from 'react';
import { listRooms, loadMessages, signOut } from './api.js';
import { Chat } from './Chat.jsx';

// The service makes a room of each new id.
const newId = () => crypto.randomUUID();

export function Rooms({ onSignOut }) {
  const [rooms, setRooms] = useState([]);
  const [id, setId] = useState(location.hash.slice(1) || newId());
  const [messages, setMessages] = useState(null);
  const [error, setError] = useState(null);
  const refresh = useCallback(() => listRooms().then(setRooms, failure => setError(failure.message)), []);

  // A new room gets its title right after its first answer.
  const refreshSoon = useCallback(() => { setTimeout(refresh, 1000); }, [refresh]);

  useEffect(() => { refresh(); }, [refresh]);
  useEffect(() => {
    let isCurrent = true;
    location.hash = id;
    setMessages(null);
    loadMessages(id).then(loaded => isCurrent && setMessages(loaded), failure => setError(failure.message));
    return () => { isCurrent = false; };
  }, [id]);

  return (
    <div className="rooms">
      <nav>
        <button onClick={() => setId(newId())}>New chat</button>
        <ul>{rooms.map(room => <li key={room.id}><button onClick={() => setId(room.id)}>{room.name}</button></li>)}</ul>
        <button onClick={async () => { await signOut(); onSignOut(); }}>Sign out</button>
      </nav>
      {error && <p role="alert">{error}</p>}
      {messages && <Chat key={id} id={id} initial={messages} onAnswer={refreshSoon} />}
    </div>
  );
}
