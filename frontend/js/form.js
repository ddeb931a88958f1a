// What every form does: check, show it is busy, send once, and put each error beside its field.

import { armRest, rest } from '/js/countdown.js';
import { fieldOf, wordsFor } from '/js/refusal.js';

// send gets the values of the form; what it throws is shown, and nothing typed is lost.
export function onSubmit(form, { rules = {}, send }) {
  form.noValidate = true; // with script the errors stand beside the fields
  armRest(form);
  form.addEventListener('input', ({ target }) => setError(target, ''));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy(form) || buttonOf(form).disabled) return;
    clear(form);
    const values = valuesOf(form);
    if (!passes(form, values, rules)) return;
    await whileBusy(form, () => send(values)).catch((error) => showRefusal(form, error));
  });
}

// Spaces around a word are slips of the hand; a password is taken as it was typed, a file as it is.
export function valuesOf(form) {
  const isWord = (name, value) => typeof value === 'string' && !name.endsWith('password');
  const entries = [...new FormData(form)];
  return Object.fromEntries(entries.map(([name, value]) => [name, isWord(name, value) ? value.trim() : value]));
}

// A failure goes to role=alert, a success to role=status; each form has one of either, or none.
export function tell(form, text, role = 'status') {
  const place = form.querySelector(`.message[role="${role}"]`);
  if (place) place.textContent = text;
}

export function clear(form) {
  tell(form, '', 'status');
  tell(form, '', 'alert');
  for (const input of form.elements) setError(input, '');
}

// Shows on its button that a form is at work; aria-disabled and not disabled, so that the button keeps the focus.
export async function whileBusy(element, work) {
  const button = buttonOf(element);
  button.setAttribute('aria-disabled', 'true');
  button.setAttribute('aria-busy', 'true');
  try {
    return await work();
  } finally {
    button.removeAttribute('aria-disabled');
    button.removeAttribute('aria-busy');
  }
}

export const isBusy = (element) => buttonOf(element).hasAttribute('aria-busy');

const buttonOf = (element) => (element.matches('button') ? element : element.querySelector('[type="submit"]'));

function passes(form, values, rules) {
  const failed = Object.entries(rules)
    .map(([name, rule]) => [form.elements[name], rule(values[name] ?? '')])
    .filter(([, text]) => text);
  failed.forEach(([input, text]) => setError(input, text));
  failed[0]?.[0].focus();
  return failed.length === 0;
}

function showRefusal(form, error) {
  if (error.status === 429 && error.retryAfter) return rest(form, buttonOf(form), error.retryAfter);
  const input = form.elements[fieldOf(error) ?? ''];
  if (!input) return tell(form, wordsFor(error), 'alert');
  setError(input, wordsFor(error));
  input.focus();
}

// The error of #name stands in #name-error, which aria-describedby of the field names.
function setError(input, text) {
  const place = input.id && document.getElementById(`${input.id}-error`);
  if (!place) return;
  place.textContent = text;
  if (text) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}
