// The calendar: an appointment is carried to another time, day, technician or bay, by mouse, by touch or by keyboard.
// The keys are those of the board: arrows go from one to the next, Space picks one up, arrows carry it, Space puts it down.
// The server says whether it goes; what it refuses goes back, with the sentence at it.

const calendar = document.getElementById('calendar');
const announcements = document.getElementById('announcements');
const mayChange = calendar?.hasAttribute('data-may-change');
const sortables = new Map();
let carried = null;
/** Something came while an appointment was in the air. */
let missed = false;

const say = (text) => {
  announcements.textContent = text;
};
const part = () => document.getElementById('calendar-part');
const linkOf = (visit) => visit.querySelector('a');
const nameOf = (visit) => visit.querySelector('strong').textContent;

// --- where it goes ------------------------------------------------------------------------------

function move(visit, origin) {
  const slot = visit.parentElement;
  if (slot === origin.slot) return putBack(visit, origin);
  const { technician, bay } = slot.closest('[data-column]').dataset;
  const values = { slot: slot.dataset.at };
  if (technician !== undefined) values.technician = technician;
  if (bay !== undefined) values.bay = bay;
  for (const old of part().querySelectorAll('.card-notice')) old.remove();
  let answered = false;
  const settle = ({ detail: { ctx } }) => {
    if (!ctx.response || !ctx.request.action.endsWith(`/${visit.dataset.appointment}/moves`)) return;
    answered = true;
    if (ctx.response.status >= 400) putBack(visit, origin);
  };
  document.addEventListener('htmx:after:request', settle);
  htmx
    .ajax('POST', `/appointments/${visit.dataset.appointment}/moves`, { source: calendar, target: '#calendar', swap: 'none', values })
    .catch(() => {})
    .finally(() => {
      document.removeEventListener('htmx:after:request', settle);
      if (!answered) {
        putBack(visit, origin);
        say('There is no connection, so the appointment is back where it was.');
      }
      land();
    });
}

function putBack(visit, { slot, next }) {
  slot.insertBefore(visit, next?.parentElement === slot ? next : null);
}

/** Nothing is in the air any more: what came meanwhile is asked for. */
function land() {
  document.body.classList.remove('dragging');
  if (!missed) return;
  missed = false;
  refresh();
}

function refresh() {
  return htmx.ajax('GET', `${calendar.dataset.changes}?since=-1`, { source: calendar, target: '#calendar', swap: 'none' });
}

// --- by mouse and touch -------------------------------------------------------------------------

function setUp() {
  for (const [slot, sortable] of sortables) {
    if (slot.isConnected) continue;
    sortable.destroy();
    sortables.delete(slot);
  }
  for (const slot of calendar.querySelectorAll('.slot')) if (!sortables.has(slot)) sortables.set(slot, create(slot));
}

function create(slot) {
  let origin;
  return Sortable.create(slot, {
    group: 'calendar',
    draggable: '.visit[data-movable]',
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    animation: 120,
    delay: 180,
    delayOnTouchOnly: true,
    touchStartThreshold: 4,
    ghostClass: 'dragging-ghost',
    fallbackClass: 'dragging-lifted',
    scrollSensitivity: 80,
    scrollSpeed: 16,
    onStart({ item }) {
      origin = { slot, next: item.nextElementSibling };
      document.body.classList.add('dragging');
    },
    onEnd({ item, to }) {
      // The click that ends a drag must not open it.
      document.body.dataset.dropped = String(Date.now());
      if (to === slot) {
        putBack(item, origin);
        land();
      } else move(item, origin);
    },
  });
}

// --- by keyboard --------------------------------------------------------------------------------

const columns = () => [...part().querySelectorAll('[data-column]')];
const visits = (column) => [...column.querySelectorAll('.visit')].filter((visit) => visit.offsetParent !== null);

function besides(column, key) {
  const step = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
  return step === 0 ? undefined : columns()[columns().indexOf(column) + step];
}

function focusOn(visit) {
  if (!visit) return;
  linkOf(visit).focus();
  visit.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function walk(visit, key) {
  const column = visit.closest('[data-column]');
  const all = visits(column);
  const place = all.indexOf(visit);
  if (key === 'ArrowUp') return focusOn(all[place - 1]);
  if (key === 'ArrowDown') return focusOn(all[place + 1]);
  for (let beside = besides(column, key); beside; beside = besides(beside, key)) {
    const there = visits(beside);
    if (there.length > 0) return focusOn(there[Math.min(place, there.length - 1)]);
  }
}

function pickUp(visit) {
  if (!visit.hasAttribute('data-movable')) return say(`${nameOf(visit)} can’t be moved any more.`);
  carried = { visit, origin: { slot: visit.parentElement, next: visit.nextElementSibling } };
  visit.classList.add('picked-up');
  document.body.classList.add('dragging');
  say(`${nameOf(visit)} picked up. Arrows carry it, Space puts it down, Escape puts it back.`);
}

function carry(visit, key) {
  const slot = visit.parentElement;
  const column = slot.closest('[data-column]');
  const slots = [...column.querySelectorAll('.slot')];
  const row = slots.indexOf(slot);
  const beside = besides(column, key);
  const target = beside ? beside.querySelectorAll('.slot')[row] : slots[row + (key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : 0)];
  if (!target || target === slot) return;
  target.append(visit);
  focusOn(visit);
  say(target.dataset.name);
}

function putDown(keep) {
  const { visit, origin } = carried;
  carried = null;
  visit.classList.remove('picked-up');
  if (keep && visit.parentElement !== origin.slot) {
    say(`${nameOf(visit)} put down at ${visit.parentElement.dataset.name}.`);
    move(visit, origin);
  } else {
    putBack(visit, origin);
    say(`${nameOf(visit)} is where it was.`);
    land();
  }
  focusOn(visit);
}

function onKey(event) {
  const visit = event.target.closest?.('.visit');
  if (!visit || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input, select, textarea, button')) return;
  const arrow = event.key.startsWith('Arrow');
  if (carried) {
    if (arrow) carry(carried.visit, event.key);
    else if (event.key === ' ' || event.key === 'Enter') putDown(true);
    else if (event.key === 'Escape') putDown(false);
    else return;
  } else if (arrow) walk(visit, event.key);
  else if (event.key === ' ' && mayChange) pickUp(visit);
  else return;
  event.preventDefault();
}

if (calendar) {
  calendar.addEventListener('keydown', onKey);
  // Carried, it must not hang in the air when the person looks elsewhere.
  calendar.addEventListener('focusout', () => {
    setTimeout(() => carried && !carried.visit.contains(document.activeElement) && putDown(false));
  });
  // What comes while something is in the air waits until it has landed.
  document.addEventListener('htmx:ws:before:message:incoming', (event) => {
    if (event.target !== calendar || !document.body.classList.contains('dragging')) return;
    event.detail.cancelled = true;
    missed = true;
  });
  document.querySelector('.calendar-jump [type="date"]')?.addEventListener('change', (event) => event.target.form.requestSubmit());
}
// On a phone nothing is dragged over days that are not to be seen: there the form does it.
if (mayChange && part().querySelector('.slot') && matchMedia('(min-width: 44.01rem)').matches) {
  setUp();
  document.addEventListener('serviceflow:applied', setUp);
}
