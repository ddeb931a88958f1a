// What is known of the caller's e-mail address: confirmed, not yet, or a new one that waits for its owner.

import { sendConfirmation } from '/js/calls.js';
import { isBusy, whileBusy } from '/js/form.js';
import { wordsFor } from '/js/refusal.js';

const state = document.getElementById('email-state');
const button = document.getElementById('send-confirmation');
const status = document.getElementById('email-status');
const refusal = document.getElementById('email-refusal');

let waiting = ''; // the address that is to be confirmed

button.addEventListener('click', () => isBusy(button) || send());

export function showAddress({ email, email_verified: verified, email_pending: pending }) {
  waiting = pending || (verified === false ? email : '');
  state.hidden = !email && !pending;
  button.hidden = !waiting;
  status.textContent = '';
  refusal.textContent = '';
  showBadge(document.getElementById('email-badge'), verified && !pending);
  document.getElementById('email-words').textContent = pending ? pendingWords(email, pending) : '';
}

function showBadge(badge, good) {
  badge.textContent = good ? 'Confirmed' : 'Not confirmed yet';
  badge.classList.toggle('good', good);
}

function pendingWords(email, pending) {
  const meanwhile = email ? `until then ${email} stays.` : 'it counts from then on.';
  return `${pending}: open the link in the mail that was sent there; ${meanwhile}`;
}

async function send() {
  status.textContent = '';
  refusal.textContent = '';
  try {
    await whileBusy(button, sendConfirmation);
    status.textContent = `A mail is on its way to ${waiting}.`;
  } catch (error) {
    refusal.textContent = wordsFor(error);
  }
}
