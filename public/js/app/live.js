// Keeps the board and an open work order up to date: pushes over the socket, catch-up over HTTP, polling without a socket.
// Every change of the board passes one place, the swap style "place", which knows the version it brings.

const SILENCE = 5000;
const POLL_EVERY = 5000;
const announce = (name, detail) => document.dispatchEvent(new CustomEvent(`serviceflow:${name}`, { detail }));
const rooms = () => [...document.querySelectorAll('[data-room]')];
const board = () => document.getElementById('board');
const versionOf = (room) => Number(room.dataset.version);
const isDragging = () => document.body.classList.contains('dragging');

let missed = false;
let socketsOpen = 0;
let offlineSince = null;
let pollTimer;
const catchingUp = new WeakSet();

// --- applying what the server sends -------------------------------------------------------------

/** @returns {Element[]} what is new in the page */
function place(room, fragment) {
  const { version, back } = fragment.firstElementChild.dataset;
  if (isDragging()) {
    missed = true;
    return [];
  }
  if (Number(version) < versionOf(room)) {
    // Something newer stands here already. A card that must go back is put right from the newest board.
    if (back !== undefined) catchUp(room, -1);
    return [];
  }
  const fresh = [];
  const whole = fragment.querySelector('[data-whole]');
  if (whole) replaceAll(room, whole);
  for (const item of fragment.querySelectorAll('[data-place]')) fresh.push(placeCard(item));
  for (const item of fragment.querySelectorAll('[data-gone]')) document.getElementById(`card-${item.dataset.gone}`)?.remove();
  for (const item of fragment.querySelectorAll('[data-count]')) setCount(item);
  for (const item of fragment.querySelectorAll('[data-notice]')) setNotice(item);
  room.dataset.version = version;
  return fresh.filter(Boolean);
}

function placeCard(item) {
  const cards = document.querySelector(`[data-column="${item.dataset.place}"] .cards`);
  const card = item.firstElementChild;
  if (!cards) return null;
  for (const form of card.querySelectorAll('noscript')) form.remove();
  const old = document.getElementById(card.id);
  const before = old?.getBoundingClientRect();
  const focused = old?.contains(document.activeElement);
  const after = item.dataset.after && document.getElementById(`card-${item.dataset.after}`);
  const moved = !old || old.parentElement !== cards || previousCard(old) !== (after || null);
  old?.remove();
  if (after && after.parentElement === cards) after.after(card);
  else cards.prepend(card);
  if (focused) card.querySelector('a.number')?.focus({ preventScroll: true });
  if (moved) glide(card, before);
  return card;
}

function previousCard(card) {
  const previous = card.previousElementSibling;
  return previous?.matches('.card') ? previous : null;
}

/** Somebody else's move glides, so that the eye can follow. */
function glide(card, before) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const now = card.getBoundingClientRect();
  if (before?.width) {
    card.animate([{ transform: `translate(${before.left - now.left}px, ${before.top - now.top}px)` }, { transform: 'none' }], {
      duration: 160,
      easing: 'ease-out',
    });
  }
  card.classList.add('moved-by-other');
  setTimeout(() => card.classList.remove('moved-by-other'), 2200);
}

function replaceAll(room, whole) {
  const tops = new Map([...room.querySelectorAll('.column')].map((column) => [column.id, column.querySelector('.cards').scrollTop]));
  const focused = document.activeElement?.closest?.('.card')?.id;
  room.replaceChildren(...whole.childNodes);
  for (const [id, top] of tops) {
    const cards = document.getElementById(id)?.querySelector('.cards');
    if (cards) cards.scrollTop = top;
  }
  if (focused) document.getElementById(focused)?.querySelector('a.number')?.focus({ preventScroll: true });
}

function setCount(item) {
  const count = document.querySelector(`[data-column="${item.dataset.count}"] .count`);
  if (!count) return;
  count.querySelector('[data-counted]').textContent = item.textContent;
  count.classList.toggle('over', Boolean(count.dataset.limit) && Number(item.textContent) > Number(count.dataset.limit));
}

/** Why a move was refused, as a sentence at the card. */
function setNotice(item) {
  const card = document.getElementById(`card-${item.dataset.notice}`);
  if (!card) return;
  card.querySelector('.card-notice')?.remove();
  const notice = document.createElement('p');
  notice.className = 'card-notice';
  notice.setAttribute('role', 'alert');
  notice.textContent = item.textContent;
  card.append(notice);
  setTimeout(() => notice.remove(), 10000);
}

htmx.registerExtension('place', {
  handle_swap: (style, target, fragment) => style === 'place' && place(target, fragment),
});

// --- catching up --------------------------------------------------------------------------------

/** Asks for what this screen has missed; `since` -1 asks for everything. */
async function catchUp(room, since = versionOf(room)) {
  if (catchingUp.has(room) || !room.isConnected) return;
  if (isDragging()) {
    missed = true;
    return;
  }
  catchingUp.add(room);
  try {
    const answer = await fetch(`${room.dataset.changes}?since=${since}`, {
      headers: { 'HX-Request': 'true' },
      signal: AbortSignal.timeout(10000),
    });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    reachable();
    // The bell is on pages where something may be half written.
    if (room.id !== 'bell' && isOutdated(answer)) return location.reload();
    if (answer.status === 200) {
      const text = await answer.text();
      if (room.isConnected) await htmx.swap({ sourceElement: room, target: room, swap: 'none', text });
      if (room !== board()) room.dataset.version = answer.headers.get('X-Version');
      announce('applied');
    }
  } catch {
    unreachable();
  } finally {
    catchingUp.delete(room);
  }
}

/** A new version of the program: the page starts anew with it, unless somebody is in the middle of something. */
function isOutdated(answer) {
  const assets = answer.headers.get('X-Assets');
  return assets !== null && assets !== document.body.dataset.assets && !document.querySelector('dialog[open], input:focus, textarea:focus');
}

const catchUpAll = () => {
  for (const room of rooms()) catchUp(room);
};

// --- the state of the connection ----------------------------------------------------------------

function show(state, text) {
  const word = document.getElementById('connection');
  if (!word || word.dataset.state === state) return;
  word.dataset.state = state;
  word.textContent = text;
}

function reachable() {
  offlineSince = null;
  const sentence = document.getElementById('offline');
  if (sentence) sentence.hidden = true;
  if (socketsOpen > 0) show('live', 'live');
  else show('polling', 'checking every 5 s');
}

function unreachable() {
  offlineSince ??= new Date();
  const at = offlineSince.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  show('offline', `offline since ${at}`);
  const sentence = document.getElementById('offline');
  if (!sentence) return;
  sentence.textContent = `No connection since ${at}. What you see may be old; it catches up by itself.`;
  sentence.hidden = false;
}

function poll() {
  clearTimeout(pollTimer);
  pollTimer = setTimeout(
    () => {
      if (socketsOpen > 0) return;
      if (!document.hidden) catchUpAll();
      poll();
    },
    POLL_EVERY * (0.8 + Math.random() * 0.4),
  );
}

document.addEventListener('htmx:ws:after:connection', (event) => {
  socketsOpen++;
  event.target.dataset.connected = '';
  reachable();
  // First the socket, then the catch-up: nothing falls between.
  catchUp(event.target);
});

document.addEventListener('htmx:ws:close', (event) => {
  const { room, connected } = event.target.dataset;
  if (!room) return;
  if (connected !== undefined) socketsOpen--;
  delete event.target.dataset.connected;
  if (event.detail.code === 4401) return location.reload();
  if (socketsOpen > 0 || !event.target.isConnected) return;
  setTimeout(withoutSocket, SILENCE);
});

function withoutSocket() {
  if (socketsOpen > 0 || document.hidden) return;
  catchUpAll();
  poll();
}

document.addEventListener('htmx:ws:before:message:incoming', (event) => {
  const room = event.target;
  const { version, since } = JSON.parse(event.detail.message.data);
  // Who else is here is no change of the shop.
  if (version === undefined) return;
  if (version <= versionOf(room)) event.detail.cancelled = true;
  else if (since > versionOf(room)) {
    event.detail.cancelled = true;
    catchUp(room);
  } else if (room !== board()) room.dataset.version = version;
});
document.addEventListener('htmx:ws:after:message:incoming', (event) => {
  announce('applied');
  refreshActions(event.target);
});

/** What one can do with a work order depends on who one is, so it is not pushed; it is left alone while somebody is at it. */
function refreshActions(room) {
  if (room.querySelector('#work-order-actions') && !isAtActions(room))
    htmx.ajax('GET', `${room.dataset.address}/actions`, { source: room, target: room });
}
const isAtActions = (room) => room.querySelector('#work-order-actions:focus-within');
document.addEventListener('htmx:before:swap', (event) => {
  const { request, target } = event.detail.ctx;
  if (request?.action.endsWith('/actions') && isAtActions(target)) event.preventDefault();
});

// What this screen has seen travels with every request, so that an answer can bring what it has not.
document.addEventListener('htmx:config:request', ({ detail }) => {
  if (board()) detail.ctx.request.headers['X-Version'] = board().dataset.version;
});
document.addEventListener('htmx:finally:request', () => announce('applied'));
document.addEventListener('serviceflow:dropped', () => {
  if (missed) catchUpAll();
  missed = false;
});

addEventListener('online', catchUpAll);
addEventListener('offline', unreachable);
document.addEventListener('visibilitychange', () => document.hidden || catchUpAll());
// Back from the back-forward cache: the socket was closed for good when the page was left.
addEventListener('pageshow', (event) => event.persisted && location.reload());

/** Opens the socket of a room that has just come into the page. */
function join(room) {
  if (room.hasAttribute('hx-ws:connect')) return;
  room.setAttribute('hx-ws:connect', `/live?room=${room.dataset.room}`);
  htmx.process(room);
}
const joinAll = () => rooms().forEach(join);
document.addEventListener('htmx:after:swap', joinAll);
joinAll();
if (rooms().length > 0) setTimeout(withoutSocket, SILENCE);
