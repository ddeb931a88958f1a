// The roles that are offered while a role is typed: the two that always exist, and those seen so far.

const list = document.getElementById('roles');
const known = new Set();

export function offerRoles(users) {
  for (const role of ['User', 'Admin', ...users.map((user) => user.role)]) {
    if (!role || known.has(role)) continue;
    known.add(role);
    list.append(new Option(role, role));
  }
}
