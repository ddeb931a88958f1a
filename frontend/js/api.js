// The only place that talks to the server. Cookies carry the session; script never sees a token.

import { Refusal, refusalFrom } from '/js/refusal.js';

const PATIENCE = 20_000; // milliseconds before a call without an answer counts as unreachable
const LONG_PATIENCE = 300_000; // the same for a long answer, and between two lines of it

// A signed-in page says here how it is left when the session is over.
export function onSessionOver(leave) {
  leavePage = leave;
}

// And here how it asks for the password again; true means that the proof was given.
export function onProofNeeded(ask) {
  askForProof = ask;
}

let leavePage = null;
let askForProof = async () => false;
let proving = null;
let refreshing = null;
let refreshes = 0;

export async function unguarded(method, path, body) {
  return accepted(await send(method, path, { body }));
}

// A guarded call that needs a fresh proof asks for the password and is repeated once; without a proof it stays refused.
export async function guarded(method, path, body, options = {}) {
  try {
    return await attempt(method, path, { ...options, body });
  } catch (refusal) {
    if (refusal.reason !== 'reauthentication required' || !await proved()) throw refusal;
    return attempt(method, path, { ...options, body });
  }
}

// One page of a list; next is the path of the page after it, or null.
export async function guardedPage(path) {
  const response = await guarded('GET', path);
  return { items: await asJSON(response), next: nextPage(response.headers.get('Link'), path) };
}

// A file goes out, and the answer comes line by line (application/x-ndjson): onLine gets each, the last is given back.
export async function guardedLines(path, file, onLine) {
  const patience = renewablePatience();
  const options = { headers: { Accept: 'application/x-ndjson' }, signal: patience.signal };
  let last = null;
  try {
    for await (const line of linesOf(await guarded('POST', path, file, options), patience)) onLine(last = line);
  } finally {
    patience.end();
  }
  return last;
}

export async function asJSON(response) {
  try {
    return await response.json();
  } catch {
    throw new Refusal(0, 'cut off');
  }
}

// A call that meets an expired access token refreshes the session once and is repeated.
async function attempt(method, path, options) {
  const before = refreshes;
  const response = await send(method, path, options);
  if (response.status !== 401) return accepted(response);
  if (before === refreshes && !await refreshed()) return sessionOver(response);
  return accepted(await send(method, path, options));
}

// Calls that fail at the same time wait for one and the same proof, or refresh.
function proved() {
  proving ??= askForProof().finally(() => { proving = null; });
  return proving;
}

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

// A body that is a file is sent as it is, with its own type; all others as JSON.
async function send(method, path, { body, headers = {}, signal = AbortSignal.timeout(PATIENCE) } = {}) {
  const options = { method, headers: { ...headers }, credentials: 'same-origin', cache: 'no-store', signal };
  if (body !== undefined) {
    const isFile = body instanceof Blob;
    options.headers['Content-Type'] = isFile ? body.type : 'application/json';
    options.body = isFile ? body : JSON.stringify(body);
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

async function* linesOf(response, patience) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value = '' } = await reader.read();
      patience.renew();
      const lines = (rest + value).split('\n');
      rest = done ? '' : lines.pop();
      for (const line of lines.filter(Boolean)) yield JSON.parse(line);
      if (done) return;
    }
  } catch {
    throw new Refusal(0, 'cut off');
  }
}

function renewablePatience() {
  const controller = new AbortController();
  let timer = 0;
  const end = () => clearTimeout(timer);
  const renew = () => {
    end();
    timer = setTimeout(() => controller.abort(), LONG_PATIENCE);
  };
  renew();
  return { signal: controller.signal, renew, end };
}

// Link: </api/user?cursor=...>; rel="next" (RFC 8288); only more of the same list is followed.
function nextPage(link, path) {
  const target = /<([^>]+)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (!target) return null;
  const [url, own] = [new URL(target, location.origin), new URL(path, location.origin)];
  return url.origin === location.origin && url.pathname === own.pathname ? url.pathname + url.search : null;
}
