// The filter over everybody's activity, kept in the address of the page so that it can be shared and comes back.

import { actions } from '/js/activity/words.js';

const form = document.getElementById('filter');
const NAMES = ['uid', 'action', 'outcome', 'from', 'to'];

export const isEverybody = () => new URLSearchParams(location.search).get('of') === 'everybody';

export function armFilter(onFilter) {
  form.elements.action.append(...actions.map(([value, words]) => new Option(words, value)));
  const asked = new URLSearchParams(location.search);
  for (const name of NAMES) form.elements[name].value = asked.get(name) ?? '';
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply(onFilter);
  });
  for (const name of NAMES.slice(1)) form.elements[name].addEventListener('change', () => apply(onFilter));
  document.getElementById('clear-filter').addEventListener('click', () => clear(onFilter));
}

// What is asked of the server: a day stands for all of it, in the time of the person who looks.
export function wantedEntries() {
  const { uid, action, outcome, from, to } = typed();
  return { uid, action, outcome, from: momentOf(from, '00:00:00'), to: momentOf(to, '23:59:59.999') };
}

export const isFiltered = () => Object.values(typed()).some(Boolean);

const typed = () => Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value.trim()]));

const momentOf = (day, time) => (day ? new Date(`${day}T${time}`).toISOString() : '');

function apply(onFilter) {
  const kept = Object.entries(typed()).filter(([, value]) => value);
  history.replaceState(null, '', `?${new URLSearchParams([['of', 'everybody'], ...kept])}`);
  onFilter();
}

function clear(onFilter) {
  form.reset();
  form.elements.uid.focus();
  apply(onFilter);
}
