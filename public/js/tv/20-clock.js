// The clock of the shop, by the server's time: the clock of a TV is often wrong. And the slow shift against burn-in.
const clock = document.getElementById('clock');
const updated = document.getElementById('updated');
const { dataset } = document.body;

function formatter(options) {
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, hourCycle: 'h23', timeZone: dataset.timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, hourCycle: 'h23' }); // a zone that this old browser doesn't know
  }
}
const minutes = formatter({ hour: '2-digit', minute: '2-digit' });
const seconds = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Round a square, one step a minute: four pixels at most. */
const SHIFTS = [0, 1, 2, 1, 0, -1, -2, -1];

function tick() {
  const now = Date.now() + Number(dataset.offset || 0);
  const time = minutes.format(now);
  if (clock.textContent !== time) {
    clock.textContent = time;
    const step = Math.floor(now / 60_000);
    document.documentElement.style.setProperty('--shift-x', String(SHIFTS[step % SHIFTS.length]));
    document.documentElement.style.setProperty('--shift-y', String(SHIFTS[(step + 2) % SHIFTS.length]));
  }
  dataset.time = time; // for the banner and the nightly reload
}

dataset.offset = String(Date.parse(dataset.now) - Date.now());
dataset.reached = String(Date.now());
tick();
setInterval(tick, 1_000);
document.addEventListener('tv:reached', () => {
  updated.textContent = seconds.format(Number(dataset.reached) + Number(dataset.offset));
});
document.addEventListener('tv:cut-off', (event) => {
  event.detail.banner.textContent = `Cut off since ${minutes.format(Number(dataset.reached) + Number(dataset.offset))}`;
});
