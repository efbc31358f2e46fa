// Copies what a field holds; without scripts one marks it and copies by hand.
const canCopy = Boolean(navigator.clipboard);
const show = () => {
  for (const button of document.querySelectorAll('[data-copy][hidden]')) button.hidden = !canCopy;
};

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('[data-copy]');
  if (!button) return;
  const words = button.querySelector('span');
  const before = words.textContent;
  await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).value);
  words.textContent = 'Copied';
  setTimeout(() => {
    words.textContent = before;
  }, 2000);
});
// The dialog brings its content later, and what is pushed comes as the server writes it, without scripts.
new MutationObserver(show).observe(document.body, { childList: true, subtree: true, attributeFilter: ['hidden'] });
show();
