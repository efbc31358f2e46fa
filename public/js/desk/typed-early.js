// What was typed into a search while the scripts were still on their way is looked up, too: no event came to htmx for it.

const lookUp = (input) => {
  if (input.value !== input.defaultValue) input.dispatchEvent(new Event('input', { bubbles: true }));
};
const SEARCHES = 'input[hx-trigger^="input"]';

document.addEventListener('htmx:after:init', ({ target }) => target.matches(SEARCHES) && lookUp(target));
// Where htmx was there before this script.
document.querySelectorAll(SEARCHES).forEach(lookUp);
