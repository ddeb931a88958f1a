// A call that did not succeed, and what to tell the person about it.

export class Refusal extends Error {
  // status is the HTTP status, or 0 when no answer came; reason is for programs; retryAfter is in seconds, 0 when unknown.
  constructor(status, message, { reason = '', retryAfter = 0, requestId = '' } = {}) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }
}

export async function refusalFrom(response) {
  const envelope = await response.json().catch(() => ({}));
  return new Refusal(response.status, envelope?.message || `The answer was ${response.status}.`, {
    reason: envelope?.error || '',
    retryAfter: Number(response.headers.get('Retry-After')) || 0,
    requestId: envelope?.request_id || '',
  });
}

export function wordsFor(error) {
  if (!(error instanceof Refusal)) return unforeseen(error);
  const { status, message, retryAfter } = error;
  if (status === 0) return 'Gatehouse cannot be reached. Check your connection and try again.';
  if (status === 429) return tooMany(retryAfter);
  if (status === 501 || isSaved(error)) return inOurWords(message);
  if (status === 503) return `Gatehouse is not ready right now. Try again ${waiting(retryAfter)}.`;
  return status >= 500 ? brokenWords(error) : inOurWords(message);
}

export const tooMany = (seconds) => `Too many attempts. Try again ${waiting(seconds)}.`;

// Which field of a form a refusal is about, by the first words of its message; null when about none.
export function fieldOf(error) {
  if (![400, 401, 403, 404, 409, 422].includes(error.status)) return null;
  const match = FIELDS.find(([pattern]) => pattern.test(error.message));
  return match ? match[1] : null;
}

const FIELDS = [
  [/^name\b/i, 'name'],
  [/^(user id|processed)\b/i, 'uid'],
  [/^current[ _]password\b/i, 'current_password'],
  [/^password\b/i, 'password'],
  [/^e-?mail\b/i, 'email'],
  [/^role\b/i, 'role'],
  [/^this link or code\b/i, 'code'],
];

// A change may be saved and not yet have reached every part: trying again is no use then, and saying so is.
const isSaved = ({ status, message }) => status === 503 && /\bsaved\b/i.test(message);

// The API says "User ID" and the pages say "GitHub ID"; a duplicate is told without the API's phrase.
export function inOurWords(message) {
  const duplicate = /^Processed .* User ID (.*) is duplicate$/s.exec(message);
  if (duplicate) return `GitHub ID ${duplicate[1]} is already taken, or is not written correctly.`;
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return sentence.replace(/user id/gi, 'GitHub ID');
}

function waiting(seconds) {
  if (!seconds) return 'in a moment';
  if (seconds === 1) return 'in 1 second';
  if (seconds < 90) return `in ${seconds} seconds`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}

function brokenWords({ requestId }) {
  const reference = requestId ? ` If it happens again, report it with the reference ${requestId}.` : '';
  return `Something went wrong on our side. Try again.${reference}`;
}

function unforeseen(error) {
  console.error(error);
  return 'Something went wrong on this page. Reload it and try again.';
}
