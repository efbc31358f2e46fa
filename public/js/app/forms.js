// Small helps for forms. Each of them works without this file.

/** 128 random bits for a new request id; crypto.randomUUID is not there on plain http. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  const form = ctx.sourceElement?.closest?.('form');
  if (!form || !ctx.response || ctx.response.status >= 400) return;
  if (form.hasAttribute('data-reset')) {
    form.reset();
    if (form.elements.requestId) form.elements.requestId.value = newId();
  }
  form.closest('[hx-morph-skip]')?.removeAttribute('hx-morph-skip');
  form.closest('details[data-own]')?.removeAttribute('open');
  if (form.closest('.sheet.move')) form.closest('dialog')?.close();
  if (form.hasAttribute('data-label-toggle')) flip(form.querySelector('button'));
});

function flip(button) {
  const on = button.value === 'yes';
  button.value = on ? 'no' : 'yes';
  button.setAttribute('aria-pressed', String(on));
}

// A second click on a slow line does not send a form twice.
addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
});
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

// Ctrl+Enter sends what is being typed.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.matches('textarea')) event.target.form?.requestSubmit();
});

document.addEventListener('focusin', (event) => event.target.matches('[data-select]') && event.target.select());

// A menu closes when one looks elsewhere.
for (const menu of document.querySelectorAll('details.person')) {
  document.addEventListener('click', (event) => menu.contains(event.target) || menu.removeAttribute('open'));
  menu.addEventListener('keydown', (event) => event.key === 'Escape' && menu.removeAttribute('open'));
}

// Messages leave by themselves, but not while somebody is at them.
const notices = document.getElementById('notices');
let leave;
if (notices) {
  const wait = () => {
    clearTimeout(leave);
    // A message to a customer can be taken back for half a minute.
    const stays = notices.querySelector('[action^="/messages/"]') ? 30000 : 12000;
    leave = setTimeout(() => (notices.matches(':hover, :focus-within') ? wait() : notices.replaceChildren()), stays);
  };
  new MutationObserver(() => {
    wait();
    lift();
  }).observe(notices, { childList: true });
  if (notices.childElementCount > 0) wait();
}

/** A message is read over an open dialog, too: the browser draws a popover above it. */
function lift() {
  if (!notices.showPopover) return;
  notices.removeAttribute('popover');
  if (notices.childElementCount === 0 || !document.querySelector('dialog[open]')) return;
  notices.popover = 'manual';
  notices.showPopover();
}

// New work order: what was found needs no typing.
document.addEventListener('change', (event) => {
  if (!event.target.matches('[data-match]')) return;
  const form = event.target.form;
  for (const other of form.querySelectorAll('[data-match]')) if (other !== event.target) other.checked = false;
  const isVehicle = event.target.name === 'vehicle';
  form.querySelector('#new-fields').hidden = isVehicle;
  for (const part of form.querySelectorAll('[data-new-customer]')) part.hidden = true;
});
document.addEventListener('input', (event) => {
  if (!event.target.matches('.new-work-order #find')) return;
  for (const part of event.target.form.querySelectorAll('#new-fields, [data-new-customer]')) part.hidden = false;
});
