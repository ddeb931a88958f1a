// Database: everybody with an account, searched, paged, and edited in place.

import { firstPage, listUsers } from '/js/api.js';
import { hideFailure, showFailure } from '/js/failure.js';
import { armSignOut, showCaller } from '/js/header.js';
import { guardPage, requireCaller } from '/js/session.js';
import { userEditor } from '/js/users/editor.js';
import { askToRemove } from '/js/users/removal.js';
import { offerRoles } from '/js/users/roles.js';
import { userRow } from '/js/users/row.js';
import { armSearch, searchField, wanted } from '/js/users/search.js';

const results = document.getElementById('results');
const body = document.getElementById('users');
const status = document.getElementById('status');
const previous = document.getElementById('previous');
const next = document.getElementById('next');

let caller = null;
let trail = []; // the pages walked through; the last one is on show
let following = null; // the page after it
let turn = 0; // only the latest search may show its answer

guardPage();
armSignOut();
armSearch((q) => load([firstPage(q)]));
armPager();
showBones();
load([firstPage(wanted())]);

async function load(walked) {
  const mine = ++turn;
  results.setAttribute('aria-busy', 'true');
  results.hidden = false;
  hideFailure();
  try {
    const [who, page] = await Promise.all([caller ?? requireCaller(), listUsers(walked.at(-1))]);
    if (mine === turn) show(who, page, walked);
  } catch (error) {
    if (mine === turn) showProblem(error, walked);
  } finally {
    if (mine === turn) results.setAttribute('aria-busy', 'false');
  }
}

// What was on show before stays; without it there is nothing but the problem to look at.
function showProblem(error, walked) {
  results.hidden = trail.length === 0;
  showFailure(error, () => load(walked));
}

function show(who, { users, next: nextPath }, walked) {
  caller = who;
  trail = walked;
  following = nextPath;
  showCaller(caller);
  offerRoles(users);
  body.replaceChildren(...users.map(rowOf));
  showEmptiness();
  status.textContent = summary(users.length);
  showPager();
}

function showEmptiness() {
  const count = body.childElementCount;
  document.getElementById('table').hidden = count === 0;
  document.getElementById('empty').hidden = count > 0;
}

const rowOf = (user) => userRow(user, { caller, onEdit: edit, onRemove: remove });

function edit(user, row) {
  const editor = userEditor(user, caller, (now, changed) => finish(editor, now, changed));
  row.replaceWith(editor);
  editor.querySelector('input').focus();
}

function finish(editor, user, changed) {
  const row = rowOf(user);
  editor.replaceWith(row);
  row.querySelector('[data-part="edit"]').focus();
  if (!changed) return;
  status.textContent = `${user.name} is saved.`;
  offerRoles([user]);
  if (user.id === caller.id) showCaller(caller = { ...caller, ...user });
}

function remove(user, row) {
  askToRemove(user, () => {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    showEmptiness();
    status.textContent = `${user.name} is deleted.`;
    (neighbour?.querySelector('button') ?? searchField).focus();
  });
}

function armPager() {
  next.addEventListener('click', () => following && turnTo([...trail, following]));
  previous.addEventListener('click', () => trail.length > 1 && turnTo(trail.slice(0, -1)));
}

async function turnTo(walked) {
  await load(walked);
  document.getElementById('heading').focus();
  scrollTo({ top: 0 });
}

function showPager() {
  document.getElementById('pager').hidden = trail.length === 1 && !following;
  document.getElementById('page-number').textContent = `Page ${trail.length}`;
  previous.disabled = trail.length === 1;
  next.disabled = !following;
}

function summary(count) {
  const people = count === 1 ? '1 person' : `${count} people`;
  const where = trail.length > 1 || following ? ' on this page' : '';
  if (!wanted()) return `${people}${where}`;
  if (count === 0) return `Nobody found for “${wanted()}”`;
  return `${people}${where} found for “${wanted()}”`;
}

// Until the first answer, rows of the right height hold the place.
function showBones() {
  const bones = document.getElementById('bones').content;
  for (let i = 0; i < 8; i += 1) body.append(bones.cloneNode(true));
}
