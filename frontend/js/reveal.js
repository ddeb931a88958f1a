// Gives every password field a button that shows what was typed.

export function addReveals(root = document) {
  root.querySelectorAll('input[type="password"]').forEach(addReveal);
}

function addReveal(input) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'reveal';
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => show(input, button, input.type === 'password'));
  for (const event of ['submit', 'reset']) { // so that browsers offer to save it, and nothing stays in the open
    input.form.addEventListener(event, () => show(input, button, false));
  }
  input.after(button);
  show(input, button, false);
}

function show(input, button, shown) {
  const label = input.labels[0].textContent.trim().toLowerCase();
  input.type = shown ? 'text' : 'password';
  button.textContent = shown ? 'Hide' : 'Show';
  button.setAttribute('aria-label', `${button.textContent} ${label}`);
}
