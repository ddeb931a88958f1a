// Puts the text of a field on the clipboard. Without https a page may not, and then the old way is tried.

export async function copyFrom(field) {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand('copy');
  }
}
