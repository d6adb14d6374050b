// The session and the requests of the page.
const key = 'session';
let session = JSON.parse(localStorage.getItem(key) ?? 'null');

const post = (path, body, headers) => fetch(path, {
  method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body),
});

async function read(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body;
}

function keep(tokens) {
  session = tokens && { access: tokens.access_token, refresh: tokens.refresh_token, key: crypto.randomUUID() };
  if (session) localStorage.setItem(key, JSON.stringify(session));
  else localStorage.removeItem(key);
}

export const isSignedIn = () => session !== null;

/** Asks for a code. In Development, the answer has the code. */
export const sendCode = async number => read(await post('/auth/send-otp', { mobile_number: number }));

export async function signIn(number, code, requestId) {
  keep(await read(await post('/auth/verify-otp', { mobile_number: number, otp_code: code, request_id: requestId })));
}

// A refresh token can be used once, so all requests wait for the same exchange. The key was stored with the token: an exchange whose answer
// was lost can be repeated.
async function exchange() {
  const response = await post('/auth/refresh', { refresh_token: session.refresh }, { 'Idempotency-Key': session.key });
  if (response.ok) keep(await response.json());
  else if (response.status === 401) keep(null);
}

// Another tab may have exchanged the token meanwhile.
const refresh = refused => navigator.locks.request(key, async () => {
  session = JSON.parse(localStorage.getItem(key) ?? 'null');
  if (session?.access === refused) await exchange();
});

/** fetch with the access token, which is renewed when it has expired. The AI SDK uses it too. */
export async function call(path, options = {}) {
  const refused = session?.access;
  const send = () => {
    const headers = new Headers(options.headers);
    headers.set('Authorization', `Bearer ${session?.access}`);
    return fetch(path, { ...options, headers });
  };
  const response = await send();
  if (response.status !== 401 || !session) return response;
  await refresh(refused);
  if (session) return send();
  location.reload();
  return response;
}

export async function signOut() {
  await call('/auth/logout', { method: 'POST' });
  keep(null);
}

export const listRooms = async () => read(await call('/chatroom'));

export const chatPath = id => `/ai/chat/${encodeURIComponent(id)}`;

export const loadMessages = async id => read(await call(`${chatPath(id)}/messages`, { headers: { Accept: 'application/json' } }));
