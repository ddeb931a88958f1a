// After too many attempts a form rests until the server takes the next one. Eyes see every second go by; a screen reader
// is told politely when the rest begins and when it is over, and nothing in between.

import { tooMany } from '/js/refusal.js';

const TICK = 250; // milliseconds; shorter than a second, so that none is skipped

// The two places are there before they are needed, so that screen readers watch the spoken one.
export function armRest(form) {
  const shown = place('message', { 'aria-hidden': 'true' });
  const spoken = place('visually-hidden', { role: 'status' });
  const alert = form.querySelector('.message[role="alert"]');
  if (alert) alert.after(shown, spoken);
  else form.prepend(shown, spoken);
  places.set(form, { shown, spoken });
}

// The clock decides and not the count of ticks: a page in the background gets few of them.
export function rest(form, button, seconds) {
  const { shown, spoken } = places.get(form);
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    shown.textContent = left > 0 ? tooMany(left) : '';
    if (left > 0) return;
    clearInterval(timer);
    button.disabled = false;
    spoken.textContent = 'You can try again now.';
  };
  const timer = setInterval(tick, TICK);
  keepFocus(form, button);
  button.disabled = true;
  spoken.textContent = tooMany(seconds);
  tick();
}

const places = new WeakMap();

function place(className, attributes) {
  const element = document.createElement('p');
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// A button that is disabled loses the focus, and a keyboard its place: the last field takes it.
function keepFocus(form, button) {
  if (document.activeElement !== button) return;
  const fields = [...form.elements].filter((element) => element !== button && element.getClientRects().length > 0);
  (fields.filter((element) => element.matches('input')).at(-1) ?? fields[0])?.focus();
}
