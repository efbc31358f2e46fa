// Over the board, a card and the forms open in one dialog that has their address: a link can be shared, Back closes it.
// On every other page the same links and forms work as pages.

const dialog = document.getElementById('dialog');
const board = document.getElementById('board');
const title = document.title;
/** What was typed into a form of the dialog before it was closed, by the form's address. */
const drafts = new Map();

async function open(address, remember) {
  await htmx.ajax('GET', address, { source: board, target: '#dialog', swap: 'innerHTML' });
  if (remember && dialog.querySelector('.sheet')) history.pushState({ dialog: address }, '', address);
}

/** Something has come into the dialog: show it, under its own address and title. */
function shown() {
  const sheet = dialog.querySelector('.sheet');
  if (!sheet) return;
  if (!dialog.open) dialog.showModal();
  document.title = sheet.dataset.title;
  const { address } = sheet.dataset;
  if (history.state?.dialog && address && location.pathname !== address) history.replaceState({ dialog: address }, '', address);
  for (const form of dialog.querySelectorAll('form[action]')) restore(form);
}

function restore(form) {
  const draft = drafts.get(form.getAttribute('action'));
  drafts.delete(form.getAttribute('action'));
  for (const [name, value] of draft ?? [])
    if (form.elements[name]?.matches?.('textarea, input[type=text]')) form.elements[name].value = value;
}

function keepDrafts() {
  for (const form of dialog.querySelectorAll('form[action]')) {
    const typed = [...form.querySelectorAll('textarea:not([hidden]), input[type=text]')].filter(
      (field) => field.value !== field.defaultValue,
    );
    if (typed.length > 0)
      drafts.set(
        form.getAttribute('action'),
        typed.map((field) => [field.name, field.value]),
      );
  }
}

function closed() {
  keepDrafts();
  for (const child of [...dialog.children]) {
    htmx.trigger(child, 'htmx:abort');
    child.remove();
  }
  document.title = title;
  if (history.state?.dialog) history.pushState(null, '', board.dataset.address ?? '/board');
}

if (board && dialog) {
  board.dataset.address = location.pathname === '/board' ? location.pathname + location.search : '/board';
  document.addEventListener('click', (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest('a[data-dialog]');
    const card = !event.target.closest('a, button, form, select, input') && event.target.closest('#board .card');
    const justDropped = Date.now() - Number(document.body.dataset.dropped ?? 0) < 300;
    if (!link && (!card || justDropped)) return;
    event.preventDefault();
    if (!justDropped) open((link ?? card.querySelector('a[data-dialog]')).getAttribute('href'), true);
  });
  dialog.addEventListener('click', (event) => {
    const close = event.target.closest('a[data-close]');
    if (event.target === dialog) dialog.close();
    if (!close) return;
    event.preventDefault();
    // From a form back to the work order that it belongs to, or out.
    if (close.getAttribute('href') !== '/board') open(close.getAttribute('href'), true);
    else dialog.close();
  });
  dialog.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.hasAttribute('data-dialog-form')) return;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form, event.submitter));
    htmx.ajax('POST', form.getAttribute('action'), { source: dialog, target: '#dialog', swap: 'innerHTML', values });
  });
  dialog.addEventListener('close', closed);
  document.addEventListener('htmx:after:swap', shown);
  addEventListener('popstate', (event) => {
    if (event.state?.dialog) open(event.state.dialog, false);
    else if (dialog.open) dialog.close();
  });
}
