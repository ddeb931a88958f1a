// One user as a row of the table.

import { paintAvatar } from '/js/avatar.js';
import { showDay } from '/js/time.js';
import { isAdmin, mayEdit } from '/js/users/rights.js';

const template = document.getElementById('row');

// context: the caller, and what to do on edit and on remove.
export function userRow(user, context) {
  const row = template.content.firstElementChild.cloneNode(true);
  const part = (name) => row.querySelector(`[data-part="${name}"]`);
  row.dataset.uid = user.uid;
  row.dataset.id = user.id;
  row.toggleAttribute('data-disabled', Boolean(user.disabled));
  paintAvatar(part('avatar'), user);
  part('name').textContent = user.name;
  part('uid').textContent = user.uid;
  part('role').textContent = user.role;
  part('you').hidden = user.id !== context.caller.id;
  part('disabled').hidden = !user.disabled;
  showEmail(part('email'), user.email);
  showDay(part('joined'), user.created_at);
  showAccess(part('access'), row, mayEdit(user));
  armActions(part, user, row, context);
  return row;
}

function showEmail(place, email) {
  if (email) place.textContent = email;
}

function showAccess(badge, row, editable) {
  row.dataset.access = editable ? 'rw' : 'ro';
  badge.textContent = editable ? 'Can edit' : 'Read only';
  badge.classList.toggle('good', editable);
}

// Nobody deletes the own account here: an Admin who slips would lock everybody out.
function armActions(part, user, row, { caller, onEdit, onRemove }) {
  arm(part('edit'), mayEdit(user), `Edit ${user.name}`, () => onEdit(user, row));
  arm(part('delete'), isAdmin(caller) && user.id !== caller.id, `Delete ${user.name}`, () => onRemove(user, row));
}

function arm(button, allowed, label, action) {
  if (!allowed) return button.remove();
  button.setAttribute('aria-label', label);
  button.addEventListener('click', action);
}
