// Sessions: where the caller is signed in, and how to end that.

import { listSessions } from '/js/calls.js';
import { hideFailure, showFailure } from '/js/failure.js';
import { armSignOut, showCaller } from '/js/header.js';
import '/js/proof.js';
import { guardPage, leaveSignedOut, requireCaller } from '/js/session.js';
import { askToEnd, askToEndAll, askToEndOthers } from '/js/sessions/ending.js';
import { sessionItem } from '/js/sessions/item.js';

const results = document.getElementById('results');
const list = document.getElementById('sessions');
const status = document.getElementById('status');
const heading = document.getElementById('heading');
const others = document.getElementById('end-others');

guardPage();
armSignOut();
others.addEventListener('click', () => askToEndOthers(async () => {
  await load('You are signed out everywhere else.');
  heading.focus(); // the button is of no use any more, and loses the focus
}));
document.getElementById('end-all').addEventListener('click', () => {
  askToEndAll(() => leaveSignedOut('You are signed out everywhere.'));
});
load();

// said is what just happened; without it the number of sessions is told.
async function load(said) {
  results.setAttribute('aria-busy', 'true');
  hideFailure();
  try {
    const [caller, sessions] = await Promise.all([requireCaller(), listSessions()]);
    showCaller(caller);
    show(sessions, said);
  } catch (error) {
    results.hidden = !list.querySelector('[data-id]');
    showFailure(error, () => load(said));
  } finally {
    results.setAttribute('aria-busy', 'false');
  }
}

function show(sessions, said) {
  results.hidden = false;
  list.replaceChildren(...sessions.map((session) => sessionItem(session, end)));
  showCount(said);
}

function end(session) {
  askToEnd(session, () => {
    const item = [...list.children].find((each) => each.dataset.id === session.id);
    const neighbour = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    showCount('That session has ended.');
    (neighbour?.querySelector('button') ?? heading).focus();
  });
}

function showCount(said) {
  const count = list.childElementCount;
  others.disabled = count < 2;
  document.getElementById('alone').hidden = count > 1;
  status.textContent = said ?? (count === 1 ? '1 session' : `${count} sessions`);
}
