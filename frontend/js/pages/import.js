// Import: an Admin brings in people from a file. It is checked first, and nothing is written before that was seen.

import { importUsers } from '/js/calls.js';
import { hideFailure, showFailure } from '/js/failure.js';
import { onSubmit, tell } from '/js/form.js';
import { armSignOut, showCaller } from '/js/header.js';
import { checkFile, toSend } from '/js/import/file.js';
import { hideProgress, showProgress } from '/js/import/progress.js';
import { people, showInvitations, showRefused } from '/js/import/report.js';
import '/js/proof.js';
import { Refusal } from '/js/refusal.js';
import { guardPage, requireCaller } from '/js/session.js';
import { isAdmin } from '/js/users/rights.js';

const choice = document.getElementById('file-form');
const start = document.getElementById('import-form');
const result = document.getElementById('result');

let working = false;

guardPage();
armSignOut();
onSubmit(choice, { rules: { file: checkFile }, send: check });
onSubmit(start, { send: bringIn });
choice.elements.file.addEventListener('change', forget);
addEventListener('beforeunload', (event) => working && event.preventDefault());
load();

async function load() {
  hideFailure();
  try {
    const caller = await requireCaller();
    showCaller(caller);
    choice.hidden = !isAdmin(caller);
    document.getElementById('not-admin').hidden = isAdmin(caller);
  } catch (error) {
    showFailure(error, load);
  }
}

async function check({ file }) {
  forget();
  const { errors, created } = await run(file, 'Checking', { dryRun: true });
  if (file !== choice.elements.file.files[0]) return; // another one was chosen meanwhile
  say(checkWords(created, errors.length));
  showRefused(errors);
  start.hidden = created === 0;
  document.getElementById('import').textContent = `Import ${people(created)}`;
}

async function bringIn() {
  say('');
  const { errors, created, invitations = [] } = await run(choice.elements.file.files[0], 'Importing', { dryRun: false });
  choice.reset();
  start.hidden = true;
  say(`${people(created)} imported${errors.length ? `, ${rows(errors.length)} refused` : ''}.`);
  showRefused(errors);
  showInvitations(invitations);
  result.focus();
}

// The last line of the answer is its result; without one the answer was cut off.
async function run(file, doing, options) {
  const onLine = showProgress(doing);
  working = !options.dryRun;
  try {
    const last = await importUsers(toSend(file), options, onLine);
    if (!last?.errors) throw new Refusal(0, 'cut off');
    return last;
  } catch (error) {
    throw working && error.status === 0 ? new Refusal(422, CUT_OFF) : error;
  } finally {
    working = false;
    hideProgress();
  }
}

const CUT_OFF = 'The connection was lost on the way. Check the file again: who is imported already is refused as taken.';

// A new file makes what was found in the old one worthless.
function forget() {
  start.hidden = true;
  say('');
  tell(start, '', 'alert');
  showRefused([]);
  showInvitations([]);
}

function say(text) {
  result.textContent = text;
}

const rows = (count) => (count === 1 ? '1 row' : `${count} rows`);

function checkWords(good, bad) {
  if (bad === 0) return `${people(good)} can be imported. Nothing is written yet.`;
  if (good === 0) return `No row can be imported. Nothing is written.`;
  return `${people(good)} can be imported, ${rows(bad)} would be refused. Nothing is written yet.`;
}
