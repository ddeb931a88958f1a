// Activity: what was done with the caller's account; for an Admin also what everybody did, filtered.

import { entryRow } from '/js/activity/entry.js';
import { armFilter, isEverybody, isFiltered, wantedEntries } from '/js/activity/filter.js';
import { firstActivity, firstAudit, listActivity } from '/js/calls.js';
import { hideFailure, showFailure } from '/js/failure.js';
import { armSignOut, showCaller } from '/js/header.js';
import { armPager, isBlank, isWhole, showPager } from '/js/pager.js';
import { guardPage, requireCaller } from '/js/session.js';
import { isAdmin } from '/js/users/rights.js';

const results = document.getElementById('results');
const body = document.getElementById('entries');
const everybody = isEverybody();

let turn = 0; // only the latest filter may show its answer

guardPage();
armSignOut();
armPager(load);
armFilter(() => load([firstPage()]));
showScope();
showBones();
load([firstPage()]);

function firstPage() {
  return everybody ? firstAudit(wantedEntries()) : firstActivity();
}

async function load(walked) {
  const mine = ++turn;
  results.setAttribute('aria-busy', 'true');
  results.hidden = false;
  hideFailure();
  try {
    const [caller, page] = await Promise.all([requireCaller(), listActivity(walked.at(-1))]);
    if (mine === turn) show(caller, page, walked);
  } catch (error) {
    if (mine === turn) showProblem(error, walked);
  } finally {
    if (mine === turn) results.setAttribute('aria-busy', 'false');
  }
}

function showProblem(error, walked) {
  results.hidden = isBlank();
  showFailure(error, () => load(walked));
}

function show(caller, { items, next }, walked) {
  showCaller(caller);
  document.getElementById('scopes').hidden = !isAdmin(caller);
  body.replaceChildren(...items.map(entryRow));
  document.getElementById('table').hidden = items.length === 0;
  document.getElementById('empty').hidden = items.length > 0;
  document.getElementById('empty-words').textContent = emptiness();
  showPager(walked, next);
  document.getElementById('status').textContent = summary(items.length);
}

const emptiness = () => (filtered() ? 'Nothing matches this filter.' : 'Nothing has happened yet.');

const filtered = () => everybody && isFiltered();

function summary(count) {
  const entries = count === 1 ? '1 entry' : `${count} entries`;
  return `${entries}${isWhole() ? '' : ' on this page'}${filtered() ? ', filtered' : ''}`;
}

function showScope() {
  document.getElementById(everybody ? 'scope-everybody' : 'scope-own').setAttribute('aria-current', 'page');
  document.getElementById('filter').hidden = !everybody;
  document.getElementById('lead').hidden = everybody;
}

// Until the first answer, rows of the right height hold the place.
function showBones() {
  const bones = document.getElementById('bones').content;
  for (let i = 0; i < 8; i += 1) body.append(bones.cloneNode(true));
}
