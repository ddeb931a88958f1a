// The strip that says what did not work and offers to try it again.

import { wordsFor } from '/js/refusal.js';

const strip = document.getElementById('failure');
const button = document.getElementById('retry');
let again = () => {};

button.addEventListener('click', () => {
  hideFailure();
  again();
});

export function showFailure(error, retry) {
  again = retry;
  strip.hidden = false;
  document.getElementById('failure-message').textContent = wordsFor(error);
  strip.scrollIntoView({ block: 'nearest' });
}

export function hideFailure() {
  strip.hidden = true;
  document.getElementById('failure-message').textContent = '';
}
