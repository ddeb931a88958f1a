// Profile: the caller's own details, password and way out.

import { fetchCaller, onSessionOver, updateUser } from '/js/api.js';
import { paintAvatar } from '/js/avatar.js';
import { hideFailure, showFailure } from '/js/failure.js';
import { onSubmit, tell } from '/js/form.js';
import { armSignOut, showCaller } from '/js/header.js';
import { addReveals } from '/js/reveal.js';
import * as rules from '/js/rules.js';
import { askToSignIn, guardPage, requireCaller } from '/js/session.js';

const details = document.getElementById('details-form');
const password = document.getElementById('password-form');

guardPage();
armSignOut();
addReveals();
onSubmit(details, { rules: { name: rules.name, email: rules.email }, send: saveDetails });
onSubmit(password, {
  rules: { current_password: rules.required('Enter your current password.'), password: rules.newPassword },
  send: changePassword,
});
load();

async function load() {
  try {
    hideFailure();
    show(await requireCaller());
    openFields();
  } catch (error) {
    showFailure(error, load);
  } finally {
    document.getElementById('main').removeAttribute('aria-busy');
  }
}

function show(caller) {
  showCaller(caller);
  paintAvatar(document.getElementById('avatar'), caller);
  document.getElementById('profile-uid').textContent = caller.uid;
  document.getElementById('profile-role').textContent = caller.role;
  details.elements.name.value = caller.name;
  details.elements.email.value = caller.email ?? '';
  password.elements.username.value = caller.uid;
}

// The fields are closed until the page knows what belongs in them.
function openFields() {
  document.querySelectorAll('fieldset:disabled').forEach((fields) => { fields.disabled = false; });
}

async function saveDetails({ name, email }) {
  show(await updateUser({ name, email }));
  tell(details, 'Your details are saved.');
}

async function changePassword({ current_password, password: chosen }) {
  await updateUser({ current_password, password: chosen });
  password.elements.current_password.value = '';
  password.elements.password.value = '';
  tell(password, 'Your password is changed.');
  await checkSession();
}

// A new password may end every session, this one too; then say so at once and not on the next click.
async function checkSession() {
  onSessionOver(() => askToSignIn('Your password is changed. Sign in with the new one.'));
  await fetchCaller().catch(() => {}); // the change itself went well
}
