// Lines of a job, edited in place. Each link and form works without this file; here are the click on the row, Enter, Escape, and what is next.

/** The row whose form was sent by Enter, to go on with the one below it. */
let goOn = null;

const changeLink = (row) => row?.querySelector('a[data-change]');

document.addEventListener('click', (event) => {
  const drop = event.target.closest('[data-drop-row]');
  if (drop) {
    event.preventDefault();
    const adding = drop.closest('table').nextElementSibling?.querySelector('a');
    drop.closest('tr').remove();
    return adding?.focus();
  }
  const row = event.target.closest('tr.line');
  if (!row || event.target.closest('a, button, input, select, textarea') || String(getSelection())) return;
  changeLink(row)?.click();
});

// In the capturing phase: a dialog would close by Escape, and only the form is meant.
document.addEventListener(
  'keydown',
  (event) => {
    const form = event.target.closest?.('.line-edit')?.querySelector('form[data-line-form]');
    if (!form) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      form.querySelector('[data-cancel]')?.click();
    }
    const row = form.closest('tr[data-line]');
    goOn = event.key === 'Enter' && row && event.target.matches('input') ? { row: row.id, next: row.nextElementSibling?.id } : null;
  },
  true,
);

document.addEventListener('pointerdown', () => {
  goOn = null;
});

document.addEventListener('htmx:finally:request', () => {
  if (!goOn || document.querySelector(`#${goOn.row}.line-edit`)) return;
  const { row, next } = goOn;
  goOn = null;
  const link = changeLink(next && document.getElementById(next));
  if (link) link.click();
  else changeLink(document.getElementById(row))?.focus();
});

// A fee of the shop brings its name and its price: nothing more has to be typed.
document.addEventListener('change', (event) => {
  if (!event.target.matches('.line-form select[name=fee]')) return;
  for (const field of event.target.form.querySelectorAll('[name=description], [name=price]'))
    field.placeholder = event.target.value ? 'as set' : '';
});

// Another kind asks for other fields. What was typed while they were on their way stays, and so does the hand.
document.addEventListener('htmx:before:swap', ({ detail: { ctx, tasks } }) => {
  if (!ctx.sourceElement?.matches?.('.line-form select[name=kind]')) return;
  const typed = ctx.sourceElement.form;
  for (const field of tasks[0].fragment.querySelectorAll('input:not([type=hidden]), select')) {
    const before = typed.elements[field.name];
    if (before) field.value = before.value;
    if (typed.contains(document.activeElement)) field.removeAttribute('autofocus');
  }
});
