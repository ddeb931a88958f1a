// Database: everybody with an account, searched, paged, and edited in place.

import { firstUsers, listUsers } from '/js/calls.js';
import { hideFailure, showFailure } from '/js/failure.js';
import { armSignOut, showCaller } from '/js/header.js';
import { armPager, isBlank, isWhole, showPager } from '/js/pager.js';
import '/js/proof.js';
import { guardPage, requireCaller } from '/js/session.js';
import { userEditor } from '/js/users/editor.js';
import { askToRemove } from '/js/users/removal.js';
import { isAdmin } from '/js/users/rights.js';
import { offerRoles } from '/js/users/roles.js';
import { userRow } from '/js/users/row.js';
import { armSearch, searchField, wanted } from '/js/users/search.js';

const results = document.getElementById('results');
const body = document.getElementById('users');
const status = document.getElementById('status');

let caller = null;
let turn = 0; // only the latest search may show its answer

guardPage();
armSignOut();
armSearch((q) => load([firstUsers(q)]));
armPager(load);
showBones();
load([firstUsers(wanted())]);

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
  results.hidden = isBlank();
  showFailure(error, () => load(walked));
}

function show(who, { items: users, next }, walked) {
  caller = who;
  showCaller(caller);
  document.getElementById('to-import').hidden = !isAdmin(caller);
  offerRoles(users);
  body.replaceChildren(...users.map(rowOf));
  showEmptiness();
  showPager(walked, next);
  status.textContent = summary(users.length);
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

function summary(count) {
  const people = count === 1 ? '1 person' : `${count} people`;
  const where = isWhole() ? '' : ' on this page';
  if (!wanted()) return `${people}${where}`;
  if (count === 0) return `Nobody found for “${wanted()}”`;
  return `${people}${where} found for “${wanted()}”`;
}

// Until the first answer, rows of the right height hold the place.
function showBones() {
  const bones = document.getElementById('bones').content;
  for (let i = 0; i < 8; i += 1) body.append(bones.cloneNode(true));
}
