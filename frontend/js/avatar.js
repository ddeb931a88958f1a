// The picture of a user, or the initials of the name when there is none.

const TINTS = 6;

export function paintAvatar(place, user) {
  place.dataset.tint = tintOf(user.uid);
  place.textContent = initialsOf(user.name || user.uid);
  if (isOurs(user.pfp)) showPicture(place, user.pfp);
}

function showPicture(place, source) {
  const picture = new Image();
  picture.alt = ''; // the name stands beside it
  picture.addEventListener('load', () => place.replaceChildren(picture));
  picture.src = source;
}

// The security policy lets in pictures of this site and data: pictures, no others.
function isOurs(pfp) {
  return /^data:image\/(png|jpeg|gif|webp);base64,/.test(pfp ?? '') || /^\/[^/\\]/.test(pfp ?? '');
}

function initialsOf(name) {
  const words = name.trim().split(/\s+/);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends.map((word) => [...word][0] ?? '').join('').toUpperCase();
}

function tintOf(uid) {
  return [...uid.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % TINTS;
}
