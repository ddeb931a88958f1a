// One session as an item of the list.

import { ago, showMinute } from '/js/time.js';

const template = document.getElementById('session');

// onEnd is called with the session when its button is pressed; the caller's own one has the button that signs out here.
export function sessionItem(session, onEnd) {
  const item = template.content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-part="${name}"]`);
  item.dataset.id = session.id;
  part('icon').dataset.kind = session.device?.kind ?? 'other';
  part('device').textContent = deviceName(session);
  part('current').hidden = !session.current;
  part('address').textContent = session.address || 'unknown';
  part('ago').textContent = session.current ? 'now' : ago(session.last_seen);
  showMinute(part('seen'), session.last_seen);
  showMinute(part('created'), session.created_at);
  armEnd(part('end'), session, onEnd);
  return item;
}

// "Firefox on Linux", or what is known of it.
export function deviceName({ device = {} }) {
  const { browser, os, kind } = device;
  if (browser && os) return `${browser} on ${os}`;
  return browser || os || (kind === 'bot' ? 'A program' : 'Unknown device');
}

function armEnd(button, session, onEnd) {
  if (session.current) return button.remove();
  button.setAttribute('aria-label', `Sign out ${deviceName(session)}, ${session.address}`);
  button.addEventListener('click', () => onEnd(session));
}
