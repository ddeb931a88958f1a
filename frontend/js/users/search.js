// The search field: searches while typing, at once on Enter, and keeps ?q= in the address of the page.

const PAUSE = 250; // milliseconds without a key before a search is sent

export const searchField = document.getElementById('q');

const form = searchField.form;
let pause = 0;

export const wanted = () => searchField.value.trim();

export function armSearch(onSearch) {
  searchField.value = new URLSearchParams(location.search).get('q') ?? '';
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    find(onSearch);
  });
  searchField.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(find, PAUSE, onSearch);
  });
  document.getElementById('clear-search').addEventListener('click', () => {
    searchField.value = '';
    searchField.focus();
    find(onSearch);
  });
}

function find(onSearch) {
  clearTimeout(pause);
  const q = wanted();
  history.replaceState(null, '', q ? `?${new URLSearchParams({ q })}` : location.pathname);
  onSearch(q);
}
