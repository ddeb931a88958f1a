// The file with the people in it, as it is sent: its type is told by its name, since systems disagree on CSV.

const TYPES = [[/\.csv$/i, 'text/csv'], [/\.json$/i, 'application/json']];

export function checkFile(file) {
  if (!file?.size) return 'Choose a file that is not empty.';
  return typeOf(file) ? '' : 'Choose a file whose name ends in .csv or .json.';
}

// No byte is read here: the browser reads the file while it sends it.
export const toSend = (file) => file.slice(0, file.size, typeOf(file));

const typeOf = ({ name }) => TYPES.find(([pattern]) => pattern.test(name))?.[1];
