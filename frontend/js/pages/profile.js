// Profile: the caller's own details, password and data, and the ways out.

import { paintAvatar } from '/js/avatar.js';
import { updateUser } from '/js/calls.js';
import { hideFailure, showFailure } from '/js/failure.js';
import { onSubmit, tell } from '/js/form.js';
import { armSignOut, showCaller } from '/js/header.js';
import { showAddress } from '/js/profile/address.js';
import '/js/profile/export.js';
import { offerRemoval } from '/js/profile/removal.js';
import '/js/proof.js';
import { addReveals } from '/js/reveal.js';
import * as rules from '/js/rules.js';
import { guardPage, requireCaller } from '/js/session.js';

const details = document.getElementById('details-form');
const password = document.getElementById('password-form');

let caller = null;

guardPage();
armSignOut();
addReveals(password);
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

function show(who) {
  caller = who;
  showCaller(caller);
  paintAvatar(document.getElementById('avatar'), caller);
  document.getElementById('profile-uid').textContent = caller.uid;
  document.getElementById('profile-role').textContent = caller.role;
  details.elements.name.value = caller.name;
  details.elements.email.value = caller.email ?? '';
  password.elements.username.value = caller.uid;
  showAddress(caller);
  offerRemoval(caller);
}

// The fields are closed until the page knows what belongs in them.
function openFields() {
  document.querySelectorAll('fieldset:disabled').forEach((fields) => { fields.disabled = false; });
}

// An address that stays as it is needs no proof, so it is not sent.
async function saveDetails({ name, email }) {
  const before = caller;
  show(await updateUser(email === (before.email ?? '') ? { name } : { name, email }));
  const waits = caller.email_pending && caller.email_pending !== before.email_pending;
  tell(details, waits ? 'Your details are saved; the new address waits for you to confirm it.' : 'Your details are saved.');
}

async function changePassword({ current_password, password: chosen }) {
  await updateUser({ current_password, password: chosen });
  password.elements.current_password.value = '';
  password.elements.password.value = '';
  tell(password, 'Your password is changed. Everywhere else you are signed out.');
}
