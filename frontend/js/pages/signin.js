// Sign in: the credential goes to the server, the browser gets its cookies and moves on.

import { login } from '/js/calls.js';
import { onSubmit, tell } from '/js/form.js';
import { addReveals } from '/js/reveal.js';
import { required } from '/js/rules.js';
import { alreadySignedIn, enter, reloadWhenRestored, takeNote } from '/js/session.js';

const form = document.getElementById('login-form');

onSubmit(form, {
  rules: { uid: required('Enter your GitHub ID.'), password: required('Enter your password.') },
  send: signIn,
});
addReveals();
tell(form, takeNote() ?? '');
keepDestination();
addEventListener('pageshow', reloadWhenRestored);
if (await alreadySignedIn()) enter();

async function signIn({ uid, password }) {
  try {
    await login(uid, password);
  } catch (error) {
    if (error.status === 401) form.elements.password.select();
    throw error;
  }
  return enter();
}

// Whoever signs up instead, or forgot the password, still arrives at the page that was asked for.
function keepDestination() {
  if (!location.search) return;
  for (const id of ['to-signup', 'to-forgot']) document.getElementById(id).search = location.search;
}
