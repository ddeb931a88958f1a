// Forgot your password: asks for a message, then takes the code from it. The answer is the same for every name, known or
// not, and so is the page.

import { askForReset, resetPassword } from '/js/calls.js';
import { onSubmit } from '/js/form.js';
import { addReveals } from '/js/reveal.js';
import * as rules from '/js/rules.js';
import { leaveFor, leaveNote, reloadWhenRestored } from '/js/session.js';

const ask = document.getElementById('forgot-form');
const choose = document.getElementById('code-form');

onSubmit(ask, { rules: { uid: rules.required('Enter your GitHub ID or e-mail address.') }, send: askFor });
onSubmit(choose, { rules: { code: rules.code, password: rules.newPassword }, send: chooseNew });
addReveals(choose);
document.getElementById('again').addEventListener('click', () => show(ask, 'uid'));
addEventListener('pageshow', reloadWhenRestored);
if (location.search) document.getElementById('to-signin').search = location.search;

async function askFor({ uid }) {
  const { message } = await askForReset(uid);
  choose.elements.uid.value = uid;
  show(choose, 'code');
  document.getElementById('sent').textContent = message;
}

// The two forms share the card; one is there at a time.
function show(form, first) {
  for (const each of [ask, choose]) each.hidden = each !== form;
  form.elements[first].focus();
}

async function chooseNew({ uid, code, password }) {
  await resetPassword({ uid, code, password });
  leaveNote('Your password is changed. Sign in with the new one.');
  return leaveFor(`/${location.search}`);
}
