// The page keeps itself fresh while somebody looks at it. A form that is being filled in is left alone, and a line says that there is news.
const EVERY = 15_000;
const { base } = document.body.dataset;
let { version } = document.body.dataset;

function isTouched(part) {
  if (part.contains(document.activeElement) && document.activeElement.matches('input, textarea')) return true;
  return [...part.querySelectorAll('input, textarea')].some((field) =>
    field.type === 'radio' || field.type === 'checkbox' ? field.checked !== field.defaultChecked : field.value !== field.defaultValue,
  );
}

// What the browser itself changes (an open list, a hidden pad) is no news.
const told = new Map([...document.querySelectorAll('[data-part]')].map((part) => [part.id, null]));

function place(html) {
  const given = new DOMParser().parseFromString(html, 'text/html');
  for (const part of given.querySelectorAll('[data-part]')) {
    const here = document.getElementById(part.id);
    const text =
      part.textContent.replace(/\s+/g, ' ') +
      [...part.querySelectorAll('img, video, [data-consent]')].map((one) => one.getAttribute('src') ?? one.dataset.consent);
    if (!here || told.get(part.id) === text) continue;
    const was =
      here.textContent.replace(/\s+/g, ' ') +
      [...here.querySelectorAll('img, video, [data-consent]')].map((one) => one.getAttribute('src') ?? one.dataset.consent);
    if (was === text) {
      told.set(part.id, text);
      continue;
    }
    if (isTouched(here)) {
      document.getElementById('news').hidden = false;
      continue;
    }
    const open = [...here.querySelectorAll('details[open]')].map((one) => [...here.querySelectorAll('details')].indexOf(one));
    here.replaceWith(document.importNode(part, true));
    const now = document.getElementById(part.id);
    for (const index of open) now.querySelectorAll('details')[index]?.setAttribute('open', '');
    told.set(part.id, text);
    document.dispatchEvent(new CustomEvent('visit:placed', { detail: now }));
  }
}

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(`${base}/changes?since=${version}`);
    if (answer.status === 404 || answer.status === 410) return location.reload();
    if (!answer.ok) return;
    if (answer.status === 200) place(await answer.text());
    version = answer.headers.get('X-Version') ?? version;
  } catch {
    // No line: the next time.
  }
}

if (base) {
  setInterval(ask, EVERY);
  document.addEventListener('visibilitychange', ask);
}
