// Moments as people read them. The words are in the language of the pages, the order of a date is the browser's own.

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const minute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const distance = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });

// In seconds, the largest first.
const UNITS = [
  ['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60],
];

export const showDay = (place, moment) => show(place, moment, day);

export const showMinute = (place, moment) => show(place, moment, minute);

// "5 minutes ago"; a clock of the browser that is a little slow makes it no future.
export function ago(moment, now = Date.now()) {
  const seconds = (now - new Date(moment).getTime()) / 1000;
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit ? distance.format(-Math.floor(seconds / unit[1]), unit[0]) : 'just now';
}

// What is no moment leaves the place as it is.
function show(place, moment, format) {
  const date = new Date(moment ?? '');
  if (Number.isNaN(date.getTime())) return;
  place.dateTime = moment;
  place.textContent = format.format(date);
}
