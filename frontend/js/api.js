// The only place that talks to the server. Cookies carry the session; script never sees a token.

import { Refusal, refusalFrom } from '/js/refusal.js';

const PATIENCE = 20_000; // milliseconds before a call without an answer counts as unreachable

export const login = (uid, password) => unguarded('POST', '/api/authenticate', { uid, password });

export const register = (user) => unguarded('POST', '/api/user', user).then(asJSON);

export const logout = () => guarded('DELETE', '/api/authenticate');

export const fetchCaller = () => guarded('GET', '/api/id').then(asJSON);

export const updateUser = (change) => guarded('PUT', '/api/user', change).then(asJSON);

export const deleteUser = (uid) => guarded('DELETE', '/api/user', { uid });

export const firstPage = (q) => `/api/user?${new URLSearchParams(q ? { limit: 50, q } : { limit: 50 })}`;

// One page of users; next is the path of the page after it, or null.
export async function listUsers(path) {
  const response = await guarded('GET', path);
  return { users: await asJSON(response), next: nextPage(response.headers.get('Link')) };
}

// A signed-in page says here how it is left when the session is over.
export function onSessionOver(leave) {
  leavePage = leave;
}

let leavePage = null;
let refreshing = null;
let refreshes = 0;

async function unguarded(method, path, body) {
  return accepted(await send(method, path, body));
}

// A guarded call that meets an expired access token refreshes the session once and is repeated.
async function guarded(method, path, body) {
  const before = refreshes;
  const response = await send(method, path, body);
  if (response.status !== 401) return accepted(response);
  if (before === refreshes && !await refreshed()) return sessionOver(response);
  return accepted(await send(method, path, body));
}

// Calls that fail at the same time wait for one and the same refresh.
function refreshed() {
  refreshing ??= refresh().finally(() => { refreshing = null; });
  return refreshing;
}

// False means that the session is over; anything short of that answer throws and signs nobody out.
async function refresh() {
  const response = await send('POST', '/api/authenticate/refresh');
  if (response.status === 401) return false;
  await accepted(response);
  refreshes += 1;
  return true;
}

async function sessionOver(response) {
  if (!leavePage) throw await refusalFrom(response);
  leavePage();
  leavePage = () => {}; // once, however many calls meet the end of the session together
  return new Promise(() => {}); // the page is on its way out; nothing more may appear on it
}

async function send(method, path, body) {
  const options = { method, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) };
  if (body !== undefined) {
    options.headers = { 'Content-Type': 'application/json' };
    options.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, options);
  } catch {
    throw new Refusal(0, 'unreachable');
  }
}

async function accepted(response) {
  if (!response.ok) throw await refusalFrom(response);
  return response;
}

async function asJSON(response) {
  try {
    return await response.json();
  } catch {
    throw new Refusal(0, 'cut off');
  }
}

// Link: </api/user?cursor=...>; rel="next" (RFC 8288); only our own list is followed.
function nextPage(link) {
  const target = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (!target) return null;
  const url = new URL(target, location.origin);
  return url.origin === location.origin && url.pathname === '/api/user' ? url.pathname + url.search : null;
}
