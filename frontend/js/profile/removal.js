// Deleting one's own account: confirmed by typing the GitHub ID, so that no slip of the hand does it.

import { deleteUser } from '/js/calls.js';
import { armDialog, openDialog } from '/js/dialog.js';
import { onSubmit } from '/js/form.js';
import { leaveSignedOut } from '/js/session.js';

const dialog = document.getElementById('removal-dialog');
const form = document.getElementById('removal-form');
const name = document.getElementById('removal-name');

onSubmit(form, { rules: { uid: isOwn }, send: remove });
armDialog(dialog);

document.getElementById('delete-account').addEventListener('click', () => {
  form.reset();
  openDialog(dialog);
});

export function offerRemoval({ uid }) {
  name.textContent = uid;
}

function isOwn(typed) {
  return typed.toLowerCase() === name.textContent.toLowerCase() ? '' : 'This is not your GitHub ID.';
}

async function remove() {
  await deleteUser(name.textContent);
  return leaveSignedOut('Your account is deleted.');
}
