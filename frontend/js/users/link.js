// A one-time link with which a user can choose a new password: for an Admin to hand out where no mail can go.

import { makeResetLink } from '/js/calls.js';
import { copyFrom } from '/js/copy.js';
import { armDialog, openDialog } from '/js/dialog.js';
import { isBusy, onSubmit, tell, whileBusy } from '/js/form.js';
import { wordsFor } from '/js/refusal.js';
import { showMinute } from '/js/time.js';

const dialog = document.getElementById('link-dialog');
const form = document.getElementById('link-form');

onSubmit(form, { send: copy });
armDialog(dialog);
dialog.addEventListener('close', () => form.reset()); // the link is shown once

// The button is in the editor of the user, for an Admin only.
export function armLink(editor, user) {
  const button = editor.querySelector('[data-part="link"]');
  button?.addEventListener('click', () => isBusy(button) || makeLink(editor.querySelector('form'), button, user));
}

async function makeLink(editor, button, user) {
  tell(editor, '', 'alert');
  try {
    show(user, await whileBusy(button, () => makeResetLink(user.uid)));
  } catch (error) {
    tell(editor, wordsFor(error), 'alert');
  }
}

function show(user, { link, expires_at: expiry }) {
  for (const place of dialog.querySelectorAll('[data-part="name"]')) place.textContent = user.name;
  showMinute(document.getElementById('link-expiry'), expiry);
  openDialog(dialog);
  form.elements.link.value = link;
  form.elements.link.select();
}

async function copy() {
  const copied = await copyFrom(form.elements.link);
  tell(form, copied ? 'The link is copied.' : 'Copy the marked link by hand: this browser does not let the page do it.');
}
