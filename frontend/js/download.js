// Gives the person a file that was made here or fetched.

export function download(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser takes its time to read it
}

// Rows as a file for a spreadsheet (RFC 4180). What a spreadsheet would take for a formula is kept from being one.
export function downloadCSV(name, rows) {
  const text = rows.map((row) => row.map(cell).join(',')).join('\r\n');
  download(name, new Blob([`${text}\r\n`], { type: 'text/csv' }));
}

function cell(value) {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
