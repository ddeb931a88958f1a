// The dialog that asks for the password again, on every page whose changes may need a fresh proof. Whatever call was
// refused for the want of one waits for it, and is then repeated (api.js).

import { onProofNeeded } from '/js/api.js';
import { prove } from '/js/calls.js';
import { armDialog, openDialog } from '/js/dialog.js';
import { onSubmit } from '/js/form.js';
import { addReveals } from '/js/reveal.js';
import { required } from '/js/rules.js';

const dialog = document.getElementById('proof-dialog');
const form = document.getElementById('proof-form');
let proven = false;

onSubmit(form, { rules: { password: required('Enter your password.') }, send: giveProof });
armDialog(dialog);
addReveals(dialog);
onProofNeeded(ask);

// Resolves when the dialog is closed: true after a proof, false after a cancel. The focus goes back to where it was.
function ask() {
  proven = false;
  form.reset();
  openDialog(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      form.reset(); // no password stays on a page
      resolve(proven);
    }, { once: true });
  });
}

async function giveProof({ password }) {
  try {
    await prove(password);
  } catch (error) {
    if (error.status === 403) form.elements.password.select();
    throw error;
  }
  proven = true;
  dialog.close();
}
