// Over the board and the calendar, what is opened there and its forms come in one dialog that has their address: a link can be shared,
// Back closes it. On every other page the same links and forms work as pages.

const dialog = document.getElementById('dialog');
const board = document.getElementById('board');
/** What the dialog lies over, and the links that open in it. */
const ground = board ?? document.getElementById('calendar');
const LINKS = board ? 'a[data-dialog]' : 'a[href^="/appointments/"]';
const title = document.title;
/** What was typed into a form of the dialog before it was closed, by the form's address. */
const drafts = new Map();
/** The sheet that has got its drafts back. */
let restored;

/** The board comes without what only the dialog needs; it is fetched once, before the first one is shown. */
let desk;
function fetchDesk() {
  const [styles, script] = document.body.dataset.desk?.split(' ') ?? [];
  if (!styles) return;
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: styles });
  desk = new Promise((resolve) => {
    for (const kind of ['load', 'error']) link.addEventListener(kind, resolve);
  });
  document.head.append(link, Object.assign(document.createElement('script'), { type: 'module', src: script }));
  delete document.body.dataset.desk;
}

/** What comes next gets a place of its own in the history; the answer to a form takes the place of the form. */
let pushes;
async function open(address, remember) {
  keepDrafts();
  fetchDesk();
  await desk;
  pushes = remember;
  await htmx.ajax('GET', address, { source: ground, target: '#dialog', swap: 'innerHTML' });
  if (remember && dialog.querySelector('.sheet')) history.pushState({ dialog: address }, '', address);
  pushes = false;
}

/** Something has come into the dialog: show it, under its own address and title. */
function shown() {
  const sheet = dialog.querySelector('.sheet');
  if (!sheet) return;
  const isNext = dialog.open;
  if (!isNext) dialog.showModal();
  document.title = sheet.dataset.title;
  const { address } = sheet.dataset;
  if (!pushes && history.state?.dialog && address && location.pathname !== address) history.replaceState({ dialog: address }, '', address);
  // Once: an update that comes while the next form is on its way must not use up what was kept for later.
  if (sheet === restored) return;
  restored = sheet;
  // What comes in the place of something begins at its top, and with the focus within.
  if (isNext) {
    dialog.scrollTop = 0;
    sheet.querySelector(['[aria-invalid]', '[autofocus]', '[data-close]'].find((one) => sheet.querySelector(one)))?.focus();
  }
  for (const form of dialog.querySelectorAll('form[action]')) restore(form);
}

const TYPED = ':is(textarea, input:is([type=text], [type=search], [type=tel], [type=email], [type=datetime-local], :not([type])))';

function restore(form) {
  const draft = drafts.get(form.getAttribute('action'));
  drafts.delete(form.getAttribute('action'));
  for (const [name, value] of draft ?? []) {
    const field = form.elements[name];
    if (!field?.matches?.(TYPED)) continue;
    field.value = value;
    // What looks something up while one types does so again.
    if (field.type === 'search') field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function keepDrafts() {
  // A form that was sent back holds what was typed as if it had come with it.
  const sentBack = dialog.querySelector('.sheet :is(.error, .conflict, .problem:not([hidden]))') !== null;
  for (const form of dialog.querySelectorAll('form[action]')) {
    const typed = [...form.querySelectorAll(`${TYPED}:not([hidden])`)].filter(
      (field) => field.value !== (sentBack ? '' : field.defaultValue),
    );
    if (typed.length === 0) continue;
    // With a change goes what stood there when it was begun: by that the server sees what others wrote meanwhile.
    const begun = [...form.querySelectorAll('textarea[hidden]')];
    drafts.set(
      form.getAttribute('action'),
      [...typed, ...begun].map((field) => [field.name, field.value]),
    );
  }
}

/** Cancel means: forget what I typed here. */
function forgetDrafts() {
  for (const form of dialog.querySelectorAll('form[action]')) form.reset();
  for (const wrong of dialog.querySelectorAll('.error, .conflict, .problem')) wrong.remove();
}

function closed() {
  keepDrafts();
  const number = dialog.querySelector('.sheet')?.dataset.address?.match(/\d+/)?.[0];
  for (const child of [...dialog.children]) {
    htmx.trigger(child, 'htmx:abort');
    child.remove();
  }
  document.title = title;
  if (history.state?.dialog) history.pushState(null, '', ground.dataset.address);
  // The link that opened it may have been replaced by an update, or it was a click on the card. What is hidden loses the focus only with
  // the next picture.
  if (number && [document.body, ground, dialog].includes(document.activeElement))
    document.querySelector(`#card-${number} a.number, [data-appointment="${number}"] a`)?.focus({ preventScroll: true });
}

if (ground) {
  ground.dataset.address = location.pathname + location.search;
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest(LINKS);
    const card = !event.target.closest('a, button, form, select, input') && event.target.closest('#board .card');
    // The click that ends a drag opens nothing; what the refused one says may be answered at once.
    const justDropped = Date.now() - (document.body.dataset.dropped ?? 0) < 300 && !event.target.closest('.card-notice');
    if (!link && (!card || justDropped)) return;
    event.preventDefault();
    if (!justDropped) open((link ?? card.querySelector(LINKS)).getAttribute('href'), true);
  });
  dialog.addEventListener('click', (event) => {
    const close = event.target.closest('a[data-close]');
    if (event.target === dialog) dialog.close();
    if (!close) return;
    event.preventDefault();
    if (close.matches('.button')) forgetDrafts();
    // From a form back to what it belongs to, or out.
    if (/^.(board|calendar)/.test(close.getAttribute('href'))) dialog.close();
    else open(close.getAttribute('href'), true);
  });
  dialog.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.hasAttribute('data-dialog-form')) return;
    event.preventDefault();
    const address = form.getAttribute('action');
    if (form.method === 'get') return open(`${address}?${new URLSearchParams(new FormData(form))}`, false);
    // Of this form alone: with the dialog as its source, what the others hold would go along.
    htmx.ajax('POST', address, { source: form, event, target: '#dialog', swap: 'innerHTML' });
  });
  dialog.addEventListener('close', closed);
  document.addEventListener('htmx:after:swap', shown);
  addEventListener('popstate', (event) => {
    if (event.state?.dialog) open(event.state.dialog, false);
    else if (dialog.open) dialog.close();
  });
} else {
  // A page that was a dialog until it was loaded anew: going back changes the address alone, the page must follow.
  const loaded = location.pathname;
  addEventListener('popstate', () => location.pathname !== loaded && location.reload());
}
