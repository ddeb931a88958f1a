// How far a check or an import has come.

const place = document.getElementById('progress');
const bar = document.getElementById('progress-bar');
const words = document.getElementById('progress-words');
const number = new Intl.NumberFormat();

// Until the server tells the first number, the bar only shows that there is work.
export function showProgress(doing) {
  place.hidden = false;
  bar.removeAttribute('value');
  words.textContent = `${doing}…`;
  return ({ done, total }) => {
    if (!(total > 0)) return;
    bar.max = total;
    bar.value = done;
    words.textContent = `${doing}: ${number.format(done)} of ${number.format(total)}`;
  };
}

export function hideProgress() {
  place.hidden = true;
}
