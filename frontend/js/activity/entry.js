// One entry of the audit as a row of the table.

import { actionWords, detailWords, outcomeWords } from '/js/activity/words.js';
import { showMinute } from '/js/time.js';

const template = document.getElementById('entry');

export function entryRow(entry) {
  const row = template.content.firstElementChild.cloneNode(true);
  const part = (name) => row.querySelector(`[data-part="${name}"]`);
  const say = (name, text) => {
    part(name).textContent = text;
    part(name).hidden = !text;
  };
  row.dataset.action = entry.action;
  row.dataset.outcome = entry.outcome;
  showMinute(part('at'), entry.at);
  say('action', actionWords(entry.action));
  say('detail', detailWords(entry.detail));
  say('outcome', outcomeWords(entry.outcome));
  part('outcome').classList.add(entry.outcome === 'refused' ? 'bad' : 'good');
  say('actor', entry.actor || 'Somebody');
  say('subject', entry.subject && entry.subject !== entry.actor ? `account ${entry.subject}` : '');
  say('address', entry.address || '–');
  say('agent', entry.agent);
  showMore(part, entry);
  return row;
}

// Refusals of one kind are one entry with a count, so that a flood of them stays readable.
function showMore(part, { count, last_at: last, request_id: request }) {
  part('repeated').hidden = !(count > 1);
  part('count').textContent = `${count} times`;
  showMinute(part('last'), last);
  part('reference').textContent = request;
  part('reference-line').hidden = !request;
}
