import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { isSignedIn } from './api.js';
import { Rooms } from './Rooms.jsx';
import { SignIn } from './SignIn.jsx';
import './style.css';

function App() {
  const [signedIn, setSignedIn] = useState(isSignedIn());
  return signedIn ? <Rooms onSignOut={() => setSignedIn(false)} /> : <SignIn onSignIn={() => setSignedIn(true)} />;
}

createRoot(document.getElementById('root')).render(<StrictMode><App /></StrictMode>);
