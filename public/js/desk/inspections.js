// Filling in an inspection: every tap is saved by htmx as it is made. This file keeps the address true, says when the network is
// gone, keeps what was typed until it is saved, and brings new photos in. Without it each button is a plain form.

const KEPT = 'inspection ';
const section = () => document.getElementById('inspection');
const form = () => document.getElementById('item-form');

/** The address and the title of the item that is shown, for a reload and for the way back. */
let shown = section();
function arrived() {
  const now = section();
  if (!now || now === shown) return;
  shown = now;
  const { address, title } = now.dataset;
  if (location.pathname + location.search !== address) history.replaceState(null, '', address);
  if (title) document.title = title;
  restore();
  scrollTo(0, 0);
  now.querySelector('h1')?.setAttribute('tabindex', '-1');
  now.querySelector('h1')?.focus({ preventScroll: true });
}
document.addEventListener('htmx:after:swap', arrived);

const fields = () => [...(form()?.querySelectorAll('input[name^="measure."], textarea[name="note"]') ?? [])];
const keyOf = () => KEPT + new URL(form().action).pathname;

function keep() {
  const changed = fields().filter((field) => field.value !== field.defaultValue);
  try {
    if (changed.length > 0) sessionStorage.setItem(keyOf(), JSON.stringify(changed.map(({ name, value }) => [name, value])));
  } catch {
    // A browser that keeps nothing still has it on the page.
  }
}

/** What was typed and never saved comes back with the page, and is sent. */
function restore() {
  if (!form()) return;
  const kept = JSON.parse(sessionStorage.getItem(keyOf()) ?? '[]');
  if (kept.length === 0) return;
  for (const [name, value] of kept) {
    const field = form().elements[name];
    if (field) field.value = value;
  }
  form().dispatchEvent(new Event('change', { bubbles: true }));
}

function say(text) {
  const lost = document.getElementById('inspection-lost');
  if (!lost) return;
  lost.hidden = !text;
  lost.textContent = text;
}

document.addEventListener('input', ({ target }) => target.form && target.form === form() && keep());

const isOurs = (ctx) => ctx?.sourceElement?.closest?.('#inspection');

document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  if (!isOurs(ctx)) return;
  const status = ctx.response?.status ?? 0;
  if (status === 0 || [502, 503, 504].includes(status)) return lose();
  if (status < 400) {
    say('');
    tapped = undefined;
    sessionStorage.removeItem(KEPT + new URL(ctx.sourceElement.action ?? location.href, location.href).pathname);
  } else if (status !== 422) say('That was not saved. What you typed is still here; please load the page again.');
});
document.addEventListener('htmx:error', ({ detail: { ctx } }) => isOurs(ctx) && lose());

/** The button that was tapped last; what could not be sent is sent when the network is back. */
let tapped;
document.addEventListener('submit', (event) => {
  if (event.target === form()) tapped = event.submitter;
});
let waiting;
function lose() {
  keep();
  say('No network. What you tapped last is not saved yet; what you typed stays here, and is sent when the network is back.');
  clearTimeout(waiting);
  waiting = setTimeout(again, 5000);
}
function again() {
  clearTimeout(waiting);
  if (!form() || document.getElementById('inspection-lost').hidden) return;
  if (tapped?.isConnected) form().requestSubmit(tapped);
  else form().dispatchEvent(new Event('change', { bubbles: true }));
}
addEventListener('online', again);

// A photo that has come in is shown with the item, and what was missing without it is not missing any more.
let looking;
new MutationObserver((changes) => {
  if (!section()?.dataset.stateAddress) return;
  if (!changes.some(({ target }) => target.dataset.state === 'done' && target.closest('#inspection'))) return;
  clearTimeout(looking);
  looking = setTimeout(() => htmx.ajax('GET', section().dataset.stateAddress, { source: section(), swap: 'none' }), 100);
}).observe(document.body, { subtree: true, attributeFilter: ['data-state'] });

restore();
