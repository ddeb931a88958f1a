// What every dialog does: it closes on Cancel and Escape, but not while its form is at work.

import { clear, isBusy } from '/js/form.js';

export function armDialog(dialog) {
  const form = dialog.querySelector('form');
  dialog.querySelector('[data-action="cancel"]').addEventListener('click', () => isBusy(form) || dialog.close());
  dialog.addEventListener('cancel', (event) => {
    if (isBusy(form)) event.preventDefault();
  });
}

export function openDialog(dialog) {
  clear(dialog.querySelector('form'));
  dialog.showModal();
}
