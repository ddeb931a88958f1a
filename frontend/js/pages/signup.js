// Sign up: makes the account, then signs in with the same credential.

import { login, register } from '/js/calls.js';
import { onSubmit } from '/js/form.js';
import { addReveals } from '/js/reveal.js';
import * as rules from '/js/rules.js';
import { enter, leaveFor, leaveNote, reloadWhenRestored } from '/js/session.js';

onSubmit(document.getElementById('signup-form'), {
  rules: { name: rules.name, uid: rules.uid, email: rules.email, password: rules.newPassword },
  send: signUp,
});
addReveals();
addEventListener('pageshow', reloadWhenRestored);
if (location.search) document.getElementById('to-signin').search = location.search;

async function signUp({ name, uid, email, password }) {
  await register(email ? { name, uid, password, email } : { name, uid, password });
  try {
    await login(uid, password);
  } catch {
    leaveNote('Your account is ready. Sign in to go on.');
    return leaveFor(`/${location.search}`);
  }
  return enter();
}
