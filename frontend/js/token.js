// The secret of a one-time link. It comes behind the #, which browsers send to no server, and is taken out of the address
// at once, so that it stays in no history and on no screen.

export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (location.hash) history.replaceState(null, '', location.pathname + location.search);
  addEventListener('hashchange', () => location.reload()); // another link was opened in this tab
  return token;
}
