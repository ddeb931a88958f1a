// Asks before sessions are ended, and ends them.

import { endAllSessions, endOneSession, endOtherSessions } from '/js/calls.js';
import { armDialog, openDialog } from '/js/dialog.js';
import { onSubmit } from '/js/form.js';
import { deviceName } from '/js/sessions/item.js';

const dialog = document.getElementById('end-dialog');
let asked = null; // what to do, and what to do after it

onSubmit(document.getElementById('end-form'), { send: end });
armDialog(dialog);

export function askToEnd(session, onEnded) {
  ask({
    heading: `Sign out ${deviceName(session)}?`,
    text: `Whoever uses it at ${session.address || 'an unknown address'} must sign in again.`,
    work: () => endOneSession(session.id).catch(alreadyOver),
    onEnded,
  });
}

export function askToEndOthers(onEnded) {
  ask({
    heading: 'Sign out everywhere else?',
    text: 'Every session but this one ends at once. Each needs your password to come back.',
    work: endOtherSessions,
    onEnded,
  });
}

export function askToEndAll(onEnded) {
  ask({
    heading: 'Sign out everywhere?',
    text: 'Every session ends at once, this one too. You sign in again to go on.',
    work: endAllSessions,
    onEnded,
  });
}

function ask(question) {
  asked = question;
  document.getElementById('end-heading').textContent = question.heading;
  document.getElementById('end-text').textContent = question.text;
  openDialog(dialog);
}

async function end() {
  await asked.work();
  dialog.close();
  return asked.onEnded();
}

// A session that ended by itself meanwhile is no failure.
function alreadyOver(error) {
  if (error.status !== 404) throw error;
}
