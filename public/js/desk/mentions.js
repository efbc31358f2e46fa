// Colleagues to choose from while one writes @ and the beginning of a name in a comment. Without it the name is typed:
// the server finds out who is meant. The field stays a field, and the list says what is chosen in it by aria-activedescendant.

const MOST = 6;
const list = Object.assign(document.createElement('ul'), { id: 'mentions', className: 'mentions', hidden: true });
list.setAttribute('role', 'listbox');
list.setAttribute('aria-label', 'Colleagues');

let field = null;
let at = 0;

const fold = (text) => text.normalize('NFC').toLowerCase();
const names = () => [...document.querySelectorAll('#colleagues option')].map(({ value }) => value);
const chosen = () => list.querySelector('[aria-selected=true]');

function fits(name, typed) {
  const folded = fold(name);
  return folded.startsWith(typed) || folded.split(/\s+/).some((word) => word.startsWith(typed));
}

function close() {
  if (list.hidden) return;
  list.hidden = true;
  for (const name of ['aria-activedescendant', 'aria-controls', 'aria-autocomplete']) field?.removeAttribute(name);
}

function choose(option) {
  for (const one of list.children) one.setAttribute('aria-selected', String(one === option));
  field.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

function show(found) {
  list.replaceChildren(
    ...found.map((name, index) => {
      const option = Object.assign(document.createElement('li'), { id: `mention-${index}`, textContent: name, dir: 'auto' });
      option.setAttribute('role', 'option');
      return option;
    }),
  );
  field.after(list);
  if (list.hidden) {
    const said = document.getElementById('announcements');
    if (said) said.textContent = `${found.length} ${found.length === 1 ? 'colleague' : 'colleagues'}: arrows to choose, Enter to take.`;
  }
  list.hidden = false;
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', list.id);
  choose(list.firstElementChild);
}

function look() {
  const before = field.value.slice(0, field.selectionStart);
  const [begun] = /(?<![\p{L}\p{N}_.@-])@[^@\n]{0,40}$/u.exec(before) ?? [];
  if (begun === undefined) return close();
  at = before.length - begun.length;
  const typed = begun.slice(1);
  const wanted = fold(typed);
  const found = names().filter((name) => fits(name, wanted));
  // A name that stands there whole needs no list.
  if (found.length === 0 || found.some((name) => fold(name) === wanted.trimEnd())) return close();
  show(found.slice(0, MOST));
}

function take(option) {
  const end = field.selectionStart;
  const after = field.value.slice(end).startsWith(' ') ? '' : ' ';
  field.setRangeText(`@${option.textContent}${after}`, at, end, 'end');
  close();
  field.focus();
}

document.addEventListener('input', (event) => {
  if (!event.target.matches?.('textarea[data-mentions]')) return;
  field = event.target;
  look();
});

document.addEventListener(
  'keydown',
  (event) => {
    if (list.hidden || event.target !== field || event.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) {
      const options = [...list.children];
      choose(options[(options.indexOf(chosen()) + move + options.length) % options.length]);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey && !event.metaKey) take(chosen());
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

list.addEventListener('mousedown', (event) => event.preventDefault());
list.addEventListener('click', (event) => event.target.closest('li') && take(event.target.closest('li')));
document.addEventListener('focusout', (event) => event.target === field && close());
