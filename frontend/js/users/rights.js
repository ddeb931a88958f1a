// Who may do what, as far as the pages need to know; the server decides.

export const mayEdit = (user) => user.access?.[0] === 'rw';

export const isAdmin = (caller) => caller.role === 'Admin';
