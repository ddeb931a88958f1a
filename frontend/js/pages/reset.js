// Reset: a new password for whoever has a one-time link, or a code and the name it was sent for. Opening the page uses up
// neither; only sending the form does. An invitation is such a link too.

import { resetPassword } from '/js/calls.js';
import { onSubmit } from '/js/form.js';
import { addReveals } from '/js/reveal.js';
import * as rules from '/js/rules.js';
import { leaveFor, leaveNote, reloadWhenRestored } from '/js/session.js';
import { takeToken } from '/js/token.js';

const form = document.getElementById('reset-form');
const token = takeToken();

if (token) forgetCode();
onSubmit(form, { rules: { ...(token ? {} : codeRules()), password: rules.newPassword }, send: choose });
addReveals();
addEventListener('pageshow', reloadWhenRestored);
form.elements[token ? 'password' : 'uid'].focus();

// With a link there is no name and no code to type.
function forgetCode() {
  document.getElementById('code-fields').remove();
  document.getElementById('with-code').hidden = true;
  document.getElementById('with-link').hidden = false;
}

function codeRules() {
  return { uid: rules.required('Enter your GitHub ID or e-mail address.'), code: rules.code };
}

async function choose({ uid, code, password }) {
  await resetPassword(token ? { token, password } : { uid, code, password });
  leaveNote('Your password is set. Sign in with it.');
  return leaveFor('/');
}
