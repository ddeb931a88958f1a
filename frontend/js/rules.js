// What a field must be before it is worth asking the server. Each rule answers '' or what is wrong.

const characters = (text) => [...text].length;

export const required = (text) => (value) => (value ? '' : text);

export const name = (value) => (characters(value) < 2 ? 'Name needs at least 2 characters.' : '');

export const uid = (value) => (characters(value) < 2 ? 'GitHub ID needs at least 2 characters.' : '');

// A code has eight characters, with or without a hyphen; its letters and digits are for the server to read.
export const code = (value) => (value.replace(/[\s-]/g, '').length === 8
  ? '' : 'Enter the code of 8 characters from the message.');

export const newPassword = (value) => {
  const length = characters(value);
  if (length < 8) return 'Password needs at least 8 characters.';
  return length > 256 ? `Password may have up to 256 characters; this one has ${length}.` : '';
};

// Only what is surely wrong; whether mail arrives is for the server to find out.
export const email = (value) => (value === '' || /^[^\s@]+@[^\s@]+$/.test(value)
  ? '' : 'Enter an email address such as name@example.com.');
