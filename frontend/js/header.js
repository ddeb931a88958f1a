// The bar on top of the signed-in pages: who is calling, and the way out.

import { paintAvatar } from '/js/avatar.js';
import { showFailure } from '/js/failure.js';
import { isBusy, whileBusy } from '/js/form.js';
import { endSession } from '/js/session.js';

export function showCaller(caller) {
  const name = document.getElementById('caller');
  name.textContent = caller.name;
  name.title = `${caller.name} (${caller.uid})`;
  paintAvatar(document.getElementById('caller-avatar'), caller);
}

// Every button that signs out does the same.
export function armSignOut() {
  for (const button of document.querySelectorAll('[data-action="sign-out"]')) {
    button.addEventListener('click', () => signOut(button));
  }
}

async function signOut(button) {
  if (isBusy(button)) return;
  try {
    await whileBusy(button, endSession);
  } catch (error) {
    showFailure(error, () => signOut(button));
  }
}
