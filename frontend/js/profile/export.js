// Everything that is kept about the caller, as a file.

import { exportData } from '/js/calls.js';
import { download } from '/js/download.js';
import { isBusy, whileBusy } from '/js/form.js';
import { wordsFor } from '/js/refusal.js';

const button = document.getElementById('export');
const refusal = document.getElementById('export-refusal');

button.addEventListener('click', () => isBusy(button) || fetchFile());

async function fetchFile() {
  refusal.textContent = '';
  try {
    await whileBusy(button, async () => {
      const answer = await exportData();
      download(nameOf(answer), await answer.blob());
    });
  } catch (error) {
    refusal.textContent = wordsFor(error);
  }
}

// Content-Disposition: attachment; filename="gatehouse-toby.json" (RFC 6266)
function nameOf(answer) {
  return /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? 'gatehouse.json';
}
