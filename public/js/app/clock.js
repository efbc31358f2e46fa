// What depends on the clock stays true without asking the server: ages, and promises that come near or pass.

const SOON = 60 * 60 * 1000;

function age(since) {
  const minutes = Math.max(0, Math.floor((Date.now() - since) / 60000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} d`;
}

function tick() {
  for (const time of document.querySelectorAll('time[data-age]')) {
    const text = age(Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const time of document.querySelectorAll('.column:not([data-meaning=done]) time[data-promise]')) {
    const left = Date.parse(time.dateTime) - Date.now();
    const state = left < 0 ? 'late' : left <= SOON ? 'soon' : '';
    const card = time.closest('.card');
    card.classList.toggle('late', state === 'late');
    card.classList.toggle('soon', state === 'soon');
    const word = card.querySelector('.promise .state');
    const text = state === 'late' ? 'Late' : state === 'soon' ? 'Soon' : '';
    if (word.textContent !== text) word.textContent = text;
  }
}

setInterval(tick, 15000);
document.addEventListener('visibilitychange', () => document.hidden || tick());
