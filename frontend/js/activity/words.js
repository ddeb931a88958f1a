// What the entries of the audit are called on the page.

const ACTIONS = {
  login: 'Sign-in',
  logout: 'Sign-out',
  refresh: 'Copied session',
  proof: 'Password asked again',
  create: 'New account',
  update: 'Change of details',
  role: 'Change of role',
  password: 'Change of password',
  forgot: 'Forgotten password',
  reset: 'Password set by link or code',
  verify: 'E-mail address confirmed',
  invite: 'Invitation or one-time link',
  disable: 'Account disabled',
  enable: 'Account enabled',
  delete: 'Account deleted',
  'end-session': 'Session ended',
  'end-other-sessions': 'Other sessions ended',
  'end-all-sessions': 'All sessions ended',
  import: 'Import',
  export: 'Export of own data',
};

const REASONS = {
  reused: 'an old token was used again, so the session was ended',
  'reauthentication required': 'the password had to be entered again first',
};

export const actions = Object.entries(ACTIONS);

// An action that this page does not know yet is still shown.
export const actionWords = (action) => ACTIONS[action] ?? action;

export const outcomeWords = (outcome) => (outcome === 'refused' ? 'Refused' : 'Done');

// The id of a session says nothing to a person, and is left out.
export function detailWords(detail) {
  const { from, to, fields, reason, sid, ...others } = detail ?? {};
  const words = Object.entries(others).map(([name, value]) => `${name.replaceAll('_', ' ')}: ${plain(value)}`);
  if (reason) words.unshift(REASONS[reason] ?? plain(reason));
  if (fields) words.unshift(plain(fields));
  if (from || to) words.unshift(`${from || 'none'} → ${to || 'none'}`);
  return words.join(', ');
}

const plain = (value) => [value].flat().map((each) => (typeof each === 'object' ? JSON.stringify(each) : each)).join(', ');
