// Editing one user in the place of its row.

import { updateUser } from '/js/calls.js';
import { isBusy, onSubmit } from '/js/form.js';
import * as rules from '/js/rules.js';
import { armLink } from '/js/users/link.js';
import { isAdmin } from '/js/users/rights.js';

const template = document.getElementById('editor');

// onDone gets the user as it now is: changed after a save, as before after a cancel.
export function userEditor(user, caller, onDone) {
  const row = template.content.firstElementChild.cloneNode(true);
  const form = row.querySelector('form');
  row.dataset.uid = user.uid;
  row.dataset.id = user.id;
  form.setAttribute('aria-label', `Edit ${user.name}`);
  row.querySelector('[data-part="uid"]').textContent = user.uid;
  makeUnique(row, user.id);
  closeToOthers(row, user, caller);
  fill(form, user);
  armCancel(row, () => onDone(user, false));
  armLink(row, user);
  onSubmit(form, { rules: rulesFor(form), send: () => save(form, user, caller, onDone) });
  return row;
}

async function save(form, user, caller, onDone) {
  const change = changes(form, user);
  if (Object.keys(change).length === 0) return onDone(user, false);
  const whose = user.id === caller.id ? {} : { uid: user.uid };
  const saved = await updateUser({ ...whose, ...change });
  return onDone({ ...user, ...change, ...saved, access: user.access }, true);
}

// Only what was changed is sent, so that two people who edit different members do not undo each other.
function changes(form, user) {
  const now = {
    name: form.elements.name.value.trim(),
    email: form.elements.email.value.trim(),
    role: form.elements.role?.value.trim(),
    disabled: form.elements.disabled?.checked,
  };
  const before = { ...user, email: user.email ?? '', disabled: Boolean(user.disabled) };
  return Object.fromEntries(Object.entries(now).filter(([key, value]) => value !== undefined && value !== before[key]));
}

function fill(form, user) {
  form.elements.name.value = user.name;
  form.elements.email.value = user.email ?? '';
  if (form.elements.role) form.elements.role.value = user.role;
  if (form.elements.disabled) form.elements.disabled.checked = Boolean(user.disabled);
}

const rulesFor = (form) => ({
  name: rules.name,
  email: rules.email,
  ...(form.elements.role ? { role: rules.required('Enter a role.') } : {}),
});

// Role, disabling and links are for an Admin, and no Admin disables the own account by a slip.
function closeToOthers(row, user, caller) {
  const closed = isAdmin(caller) ? [] : ['role'];
  if (!isAdmin(caller) || user.id === caller.id) closed.push('disabled', 'link');
  for (const part of closed) row.querySelector(`[data-part="${part}"]`).remove();
}

function armCancel(row, cancel) {
  row.querySelector('[data-action="cancel"]').addEventListener('click', () => isBusy(row) || cancel());
}

// Several editors may be open: the ids of the template get the number of the user.
function makeUnique(row, id) {
  for (const attribute of ['id', 'for', 'aria-describedby']) {
    for (const element of row.querySelectorAll(`[${attribute}]`)) {
      element.setAttribute(attribute, withNumber(element.getAttribute(attribute), id));
    }
  }
}

// name -> name-7, name-error -> name-7-error
const withNumber = (text, id) => text.replace(/^(\w+)/, `$1-${id}`);
