// The board without a mouse: arrows go from card to card, Space picks one up, arrows carry it, Space puts it down.
// And a few keys for the whole page: / n u ?

const board = document.getElementById('board');
const announcements = document.getElementById('announcements');
let carried = null;

const say = (text) => {
  if (announcements) announcements.textContent = text;
};
const columns = () => [...board.querySelectorAll('.column')];
const visible = (cards) => [...cards.querySelectorAll('.card:not([hidden])')];
const nameOf = (column) => column.querySelector('h2').textContent;

function pickUp(card) {
  carried = { card, origin: { cards: card.parentElement, next: card.nextElementSibling } };
  card.classList.add('picked-up');
  document.body.classList.add('dragging');
  say(`${card.dataset.card} picked up. Arrows carry it, Space puts it down, Escape puts it back.`);
}

function putDown(card, origin, keep) {
  carried = null;
  card.classList.remove('picked-up');
  document.body.classList.remove('dragging');
  const stays = card.parentElement === origin.cards && card.nextElementSibling === origin.next;
  if (!keep) origin.cards.insertBefore(card, origin.next);
  focusOn(card);
  if (!keep || stays) document.dispatchEvent(new CustomEvent('serviceflow:dropped'));
  else document.dispatchEvent(new CustomEvent('serviceflow:move', { detail: { card, origin } }));
  say(keep ? `${card.dataset.card} put down in ${nameOf(card.closest('.column'))}.` : `${card.dataset.card} is back where it was.`);
}

function carry(card, key) {
  const column = card.closest('.column');
  if (key === 'ArrowUp') card.previousElementSibling?.before(card);
  if (key === 'ArrowDown') card.nextElementSibling?.after(card);
  const beside = neighbour(column, key);
  if (beside) {
    const place = visible(column.querySelector('.cards')).indexOf(card);
    const cards = beside.querySelector('.cards');
    cards.insertBefore(card, visible(cards)[place] ?? null);
  }
  focusOn(card);
  const now = card.closest('.column');
  say(`${nameOf(now)}, place ${visible(now.querySelector('.cards')).indexOf(card) + 1}.`);
}

function neighbour(column, key) {
  const step = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
  return step === 0 ? undefined : columns()[columns().indexOf(column) + step];
}

function walk(card, key) {
  const column = card.closest('.column');
  const cards = visible(column.querySelector('.cards'));
  const place = cards.indexOf(card);
  if (key === 'ArrowUp') return focusOn(cards[place - 1]);
  if (key === 'ArrowDown') return focusOn(cards[place + 1]);
  for (let beside = neighbour(column, key); beside; beside = neighbour(beside, key)) {
    const there = visible(beside.querySelector('.cards'));
    if (there.length > 0) return focusOn(there[Math.min(place, there.length - 1)]);
  }
}

function focusOn(card) {
  card?.querySelector('a.number').focus();
  card?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function onBoardKey(event) {
  const card = event.target.closest?.('.card');
  if (!card || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea')) return;
  const arrow = event.key.startsWith('Arrow');
  if (carried) {
    if (arrow) carry(carried.card, event.key);
    else if (event.key === ' ' || event.key === 'Enter') putDown(carried.card, carried.origin, true);
    else if (event.key === 'Escape') putDown(carried.card, carried.origin, false);
    else return;
  } else if (arrow) walk(card, event.key);
  else if (event.key === ' ') pickUp(card);
  else return;
  event.preventDefault();
}

const KEYS = {
  '/': () => document.querySelector('#filters input[type=search]')?.focus(),
  n: () => document.getElementById('new-work-order')?.click(),
  u: () => document.querySelector('#notices form[data-undo] button')?.click(),
  '?': () => document.getElementById('keys')?.showModal(),
};

if (board) {
  board.addEventListener('keydown', onBoardKey);
  // A card that is carried must not hang in the air when the person looks elsewhere.
  board.addEventListener('focusout', () => {
    setTimeout(() => carried && !carried.card.contains(document.activeElement) && putDown(carried.card, carried.origin, false));
  });
}
document.addEventListener('keydown', (event) => {
  if (event.target.matches('input, select, textarea, [contenteditable]') || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector('dialog[open]') || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
