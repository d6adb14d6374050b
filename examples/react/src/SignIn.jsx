import { useState } from 'react';
import { sendCode, signIn } from './api.js';

export function SignIn({ onSignIn }) {
  const [number, setNumber] = useState('');
  const [code, setCode] = useState('');
  const [request, setRequest] = useState(null);
  const [error, setError] = useState(null);

  const submit = async event => {
    event.preventDefault();
    setError(null);
    try {
      if (!request) {
        const sent = await sendCode(number);
        setRequest(sent.request_id);
        setCode(sent.otp ?? '');
      } else {
        await signIn(number, code, request);
        onSignIn();
      }
    } catch (failure) {
      setError(failure.message);
    }
  };

  return (
    <form className="sign-in" onSubmit={submit}>
      <h1>Sign in</h1>
      <label>Mobile number <input type="tel" value={number} onChange={event => setNumber(event.target.value)} required /></label>
      {request && <label>Code <input inputMode="numeric" value={code} onChange={event => setCode(event.target.value)} required /></label>}
      <button>{request ? 'Sign in' : 'Send me a code'}</button>
      {error && <p role="alert">{error}</p>}
    </form>
  );
}
