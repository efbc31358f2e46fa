// Tells the shop's own server what went wrong in a page, for its Health page; nobody else.

let told = 0;

function tell(error) {
  // A page that is broken tells so a hundred times a second.
  if (++told > 5) return;
  const { name, message, stack } = error ?? {};
  const fault = { type: 'script', page: location.href.split(/[?#]/)[0], name: `${name}`, message: `${message}`, stack: `${stack ?? ''}` };
  fetch('/reports', {
    method: 'POST',
    keepalive: true,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(fault),
  }).catch(() => {});
}

addEventListener('error', (event) => {
  if (event.error) tell(event.error);
});
addEventListener('unhandledrejection', (event) => {
  if (event.reason instanceof Error && event.reason.name !== 'AbortError') tell(event.reason);
});
