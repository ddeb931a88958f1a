// Verify: confirms an e-mail address. Opening the page does nothing, since programs that look after mail open links too;
// the person presses the button.

import { confirmEmail } from '/js/calls.js';
import { onSubmit } from '/js/form.js';
import { takeToken } from '/js/token.js';

const form = document.getElementById('verify-form');
const token = takeToken();

if (token) onSubmit(form, { send: confirm });
else show('incomplete');

async function confirm() {
  await confirmEmail(token);
  show('confirmed');
}

function show(id) {
  form.hidden = true;
  const outcome = document.getElementById(id);
  outcome.hidden = false;
  outcome.querySelector('h1').focus();
}
