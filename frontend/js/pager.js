// Walks a list that comes in pages. The server names only the page after the one on show, so the way back is remembered.

const nav = document.getElementById('pager');
const previous = document.getElementById('previous');
const next = document.getElementById('next');

let trail = []; // the paths of the pages walked through; the last one is on show
let following = null; // the page after it

// turn gets the pages walked through, and shows the last of them.
export function armPager(turn) {
  const turnTo = async (walked) => {
    await turn(walked);
    document.getElementById('heading').focus();
    scrollTo({ top: 0 });
  };
  next.addEventListener('click', () => following && turnTo([...trail, following]));
  previous.addEventListener('click', () => trail.length > 1 && turnTo(trail.slice(0, -1)));
}

export function showPager(walked, after) {
  trail = walked;
  following = after;
  nav.hidden = isWhole();
  document.getElementById('page-number').textContent = `Page ${trail.length}`;
  previous.disabled = trail.length === 1;
  next.disabled = !following;
}

// True when all there is to see is on this one page.
export const isWhole = () => trail.length === 1 && !following;

// True until a first page was shown.
export const isBlank = () => trail.length === 0;
