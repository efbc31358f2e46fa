// The search box in the header: / goes there, arrows go through what was found, Escape closes it. src/features/search finds.

const box = document.getElementById('search');
const found = document.getElementById('found');

if (box && found) {
  const links = () => [...found.querySelectorAll('a')];
  const close = () => found.replaceChildren();

  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('input, select, textarea, [contenteditable]') || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    box.select();
  });

  box.form.addEventListener('keydown', (event) => {
    const at = links().indexOf(document.activeElement);
    if (event.key === 'Escape' && found.childElementCount > 0) {
      close();
      box.focus();
    } else if (event.key === 'ArrowDown') links()[at + 1]?.focus();
    else if (event.key === 'ArrowUp' && at >= 0) (links()[at - 1] ?? box).focus();
    else return;
    event.preventDefault();
  });

  // What was found goes when one looks elsewhere; an answer that comes late is not shown any more.
  document.addEventListener('click', (event) => box.form.contains(event.target) || close());
  box.form.addEventListener('focusout', () => setTimeout(() => box.form.contains(document.activeElement) || close()));
  box.addEventListener('input', () => box.value.trim() === '' && close());
}
