// Asks before a user is deleted, and deletes.

import { deleteUser } from '/js/api.js';
import { clear, isBusy, onSubmit } from '/js/form.js';

const dialog = document.getElementById('delete-dialog');
const form = document.getElementById('delete-form');
let asked = null;

onSubmit(form, { send: remove });
document.getElementById('delete-cancel').addEventListener('click', () => dialog.close());
dialog.addEventListener('cancel', (event) => {
  if (isBusy(form)) event.preventDefault();
});

export function askToRemove(user, onRemoved) {
  asked = { user, onRemoved };
  clear(form);
  document.getElementById('delete-name').textContent = user.name;
  document.getElementById('delete-uid').textContent = user.uid;
  dialog.showModal();
}

async function remove() {
  const { user, onRemoved } = asked;
  await deleteUser(user.uid);
  dialog.close();
  onRemoved(user);
}
