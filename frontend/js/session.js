// Where a session begins and ends in the browser: the hint, the way in and the way out.

import { onSessionOver } from '/js/api.js';
import { fetchCaller, logout } from '/js/calls.js';

const HOME = '/database';
const HINT = 'gatehouse.session'; // says only that there may be a session; the cookies decide
const NOTE = 'gatehouse.note'; // one sentence for the sign-in page
const SIGNED_OUT = 'You have been signed out. Sign in to go on.';

// The caller of a signed-in page. Without a session the page is left for the sign-in page.
export async function requireCaller() {
  const caller = await fetchCaller();
  remember();
  return caller;
}

// Call once on every signed-in page, before its first call.
export function guardPage() {
  onSessionOver(() => askToSignIn());
  addEventListener('pageshow', reloadWhenRestored);
  addEventListener('storage', ({ key, newValue }) => {
    if (key === HINT && newValue === null) askToSignIn(SIGNED_OUT); // signed out in another tab
  });
}

export function askToSignIn(note) {
  leaveNote(note ?? (hinted() ? SIGNED_OUT : 'Sign in to go on.'));
  forget();
  location.replace(`/?next=${encodeURIComponent(location.pathname + location.search)}`);
}

// True when the browser already has a session; asks the server only when the hint is there.
export async function alreadySignedIn() {
  if (!hinted()) return false;
  try {
    await fetchCaller();
    return true;
  } catch (error) {
    if (error.status === 401) forget();
    return false;
  }
}

export async function endSession() {
  await logout();
  return leaveSignedOut('You are signed out.');
}

// For when the server has ended the session; the sign-in page says why.
export function leaveSignedOut(note) {
  forget();
  leaveNote(note);
  return leaveFor('/');
}

export function enter() {
  remember();
  return leaveFor(destination());
}

// Never resolves, so that a form stays busy until the next page is there.
export function leaveFor(url) {
  location.assign(url);
  return new Promise(() => {});
}

// Where to go after signing in: the page in ?next=, but only a page of this site.
export function destination() {
  const next = new URLSearchParams(location.search).get('next') ?? '';
  if (!/^\/[^/\\]/.test(next)) return HOME;
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? url.href : HOME; // the whole URL: a path could come out as //host
}

// A page that comes back from the browser's memory shows an old state; ask anew.
export function reloadWhenRestored({ persisted }) {
  if (persisted) location.reload();
}

export function leaveNote(text) {
  quietly(() => sessionStorage.setItem(NOTE, text));
}

export function takeNote() {
  return quietly(() => {
    const note = sessionStorage.getItem(NOTE);
    sessionStorage.removeItem(NOTE);
    return note;
  });
}

const remember = () => quietly(() => localStorage.setItem(HINT, '1'));

const forget = () => quietly(() => localStorage.removeItem(HINT));

const hinted = () => quietly(() => localStorage.getItem(HINT) === '1');

// Storage may be switched off in the browser; everything but the hint and the note works without it.
function quietly(work) {
  try {
    return work();
  } catch {
    return null;
  }
}
