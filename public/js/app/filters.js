// Filters hide cards at once, also those that arrive later, and stand in the address. src/features/board/filters.ts does
// the same on the server.

const form = document.getElementById('filters');
const board = document.getElementById('board');

function passes(card, wanted) {
  const me = document.body.dataset.me;
  const choice = (value) => (value === 'me' ? me : value);
  if (wanted.mechanic === 'none' && card.dataset.mechanic) return false;
  if (wanted.mechanic && wanted.mechanic !== 'none' && card.dataset.mechanic !== choice(wanted.mechanic)) return false;
  if (wanted.advisor && card.dataset.advisor !== choice(wanted.advisor)) return false;
  if (wanted.label && !card.dataset.labels.split(' ').includes(wanted.label)) return false;
  if (wanted.late && !card.classList.contains('late')) return false;
  return !wanted.text || card.dataset.search.includes(wanted.text.trim().toLowerCase());
}

function apply() {
  const wanted = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  const filtered = Object.keys(wanted).length > 0;
  let shown = 0;
  for (const card of board.querySelectorAll('.card')) {
    card.hidden = !passes(card, wanted);
    if (!card.hidden) shown++;
  }
  form.querySelector('.clear').hidden = !filtered;
  document.getElementById('shown').textContent = filtered ? `${shown} ${shown === 1 ? 'card' : 'cards'}` : '';
  return wanted;
}

function change() {
  const query = new URLSearchParams(apply()).toString();
  const address = query ? `/board?${query}` : '/board';
  board.dataset.address = address;
  if (location.pathname === '/board') history.replaceState(history.state, '', address);
}

if (form && board) {
  form.addEventListener('input', change);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    change();
  });
  form.querySelector('.clear').addEventListener('click', (event) => {
    event.preventDefault();
    for (const field of form.elements) {
      if (field.type === 'checkbox') field.checked = false;
      else field.value = '';
    }
    change();
  });
  document.addEventListener('serviceflow:applied', apply);
  // Back and forward may bring fields back that the server did not render.
  addEventListener('pageshow', apply);
}
