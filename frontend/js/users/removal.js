// Asks before a user is deleted, and deletes.

import { deleteUser } from '/js/calls.js';
import { armDialog, openDialog } from '/js/dialog.js';
import { onSubmit } from '/js/form.js';

const dialog = document.getElementById('delete-dialog');
let asked = null;

onSubmit(document.getElementById('delete-form'), { send: remove });
armDialog(dialog);

export function askToRemove(user, onRemoved) {
  asked = { user, onRemoved };
  document.getElementById('delete-name').textContent = user.name;
  document.getElementById('delete-uid').textContent = user.uid;
  openDialog(dialog);
}

async function remove() {
  const { user, onRemoved } = asked;
  await deleteUser(user.uid);
  dialog.close();
  onRemoved(user);
}
