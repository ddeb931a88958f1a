// What a check or an import found: the rows that were refused, and the invitations that nobody was mailed.

import { copyFrom } from '/js/copy.js';
import { downloadCSV } from '/js/download.js';
import { inOurWords } from '/js/refusal.js';

const SHOWN = 200; // rows; a page with a hundred thousand helps nobody, the file has them all

const number = new Intl.NumberFormat();
const template = document.getElementById('refused-row');
const links = document.getElementById('links');
let refused = [];
let invitations = [];

document.getElementById('download-refused').addEventListener('click', () => {
  downloadCSV('gatehouse-refused.csv', [['row', 'uid', 'reason'], ...refused.map(asLine)]);
});
document.getElementById('download-invitations').addEventListener('click', () => {
  downloadCSV('gatehouse-invitations.csv', [['uid', 'link'], ...invitations.map(({ uid, link }) => [uid, link])]);
});
document.getElementById('copy-invitations').addEventListener('click', copyLinks);

export const people = (count) => (count === 1 ? '1 person' : `${number.format(count)} people`);

export function showRefused(errors) {
  refused = errors;
  document.getElementById('refused').hidden = errors.length === 0;
  document.getElementById('refused-rows').replaceChildren(...errors.slice(0, SHOWN).map(refusedRow));
  document.getElementById('refused-words').textContent = errors.length > SHOWN
    ? `The first ${SHOWN} of ${number.format(errors.length)}; the file has them all.` : '';
}

export function showInvitations(list) {
  invitations = list;
  document.getElementById('invitations').hidden = list.length === 0;
  document.getElementById('copied').textContent = '';
  document.getElementById('links-field').hidden = list.length > SHOWN;
  document.getElementById('copy-invitations').hidden = list.length > SHOWN;
  links.value = list.length > SHOWN ? '' : list.map(({ uid, link }) => `${uid}\t${link}`).join('\n');
}

function refusedRow(error) {
  const row = template.content.firstElementChild.cloneNode(true);
  const [index, uid, reason] = asLine(error);
  row.querySelector('[data-part="row"]').textContent = index;
  row.querySelector('[data-part="uid"]').textContent = uid || '–';
  row.querySelector('[data-part="reason"]').textContent = reason;
  return row;
}

// People count from 1, and not the line with the names of the columns.
const asLine = ({ index, uid, message }) => [index + 1, uid, inOurWords(message)];

async function copyLinks() {
  const copied = await copyFrom(links);
  document.getElementById('copied').textContent = copied ? 'The links are copied.' : 'Copy the marked links by hand.';
}
