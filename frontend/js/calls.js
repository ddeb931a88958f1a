// Every call that the pages make, in one list.

import { asJSON, guarded, guardedLines, guardedPage, unguarded } from '/js/api.js';

// Signing in and out.

export const login = (uid, password) => unguarded('POST', '/api/authenticate', { uid, password });

export const logout = () => guarded('DELETE', '/api/authenticate');

export const prove = (password) => guarded('POST', '/api/authenticate/proof', { password });

export const fetchCaller = () => guarded('GET', '/api/id').then(asJSON);

// Sessions.

export const listSessions = () => guarded('GET', '/api/sessions').then(asJSON);

export const endOneSession = (id) => guarded('DELETE', `/api/sessions/${encodeURIComponent(id)}`);

export const endOtherSessions = () => guarded('DELETE', '/api/sessions');

export const endAllSessions = () => guarded('DELETE', '/api/sessions?scope=all');

// Forgotten passwords and e-mail addresses. Link and code are used up by these calls alone, never by opening a page.

export const askForReset = (uid) => unguarded('POST', '/api/password/forgot', { uid }).then(asJSON);

export const resetPassword = (proof) => unguarded('POST', '/api/password/reset', proof);

export const makeResetLink = (uid) => guarded('POST', '/api/password/link', { uid }).then(asJSON);

export const confirmEmail = (token) => unguarded('POST', '/api/email/verify', { token });

export const sendConfirmation = () => guarded('POST', '/api/email/verification');

// Accounts.

export const register = (user) => unguarded('POST', '/api/user', user).then(asJSON);

export const updateUser = (change) => guarded('PUT', '/api/user', change).then(asJSON);

export const deleteUser = (uid) => guarded('DELETE', '/api/user', { uid });

export const exportData = () => guarded('GET', '/api/user/export');

export const firstUsers = (q) => `/api/user?${query({ limit: 50, q })}`;

export const listUsers = (path) => guardedPage(path);

// With a dry run everything is checked and nothing is written.
export const importUsers = (file, { dryRun }, onLine) => (
  guardedLines(dryRun ? '/api/users?dry_run=true' : '/api/users', file, onLine));

// Activity: one's own, or for an Admin everybody's.

export const firstActivity = () => `/api/activity?${query({ limit: 50 })}`;

export const firstAudit = (filter) => `/api/audit?${query({ limit: 50, ...filter })}`;

export const listActivity = (path) => guardedPage(path);

// What is empty is left out.
const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value));
