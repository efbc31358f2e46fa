// What does not fit turns by itself: each column from page to page, and, when a shop has more columns than fit side by
// side, from one set of columns to the next. CSS does the layout; here it is only measured and scrolled.
const TURN_EVERY = 12_000;
const NARROWEST = 0.3; // of the height, as in the stylesheet

const stages = document.getElementById('stages');
const shown = document.getElementById('stages-shown');
const pageOf = new Map();
let first = 0;
let turnsOfThisSet = 0;

function all() {
  return [...stages.children];
}

function across() {
  const gap = Number.parseFloat(getComputedStyle(stages).columnGap) || 0;
  const fit = Math.floor((stages.clientWidth + gap) / (innerHeight * NARROWEST + gap));
  return Math.max(1, Math.min(fit, all().length));
}

function pagesOf(stage) {
  const rows = stage.querySelector('.rows');
  const width = rows.getBoundingClientRect().width || 1;
  return { rows, width, pages: Math.max(1, Math.round(rows.scrollWidth / width)) };
}

/** Puts every column on its page; called whenever the content or the size of the screen has changed. */
function arrange() {
  const fit = across();
  stages.style.setProperty('--across', String(fit));
  stages.classList.add('measured');
  const list = all();
  if (first >= list.length) first = 0;
  // The last set is full too: it begins so far left that it ends with the last column.
  const begin = Math.min(first, list.length - fit);
  if (list[begin]) stages.scrollLeft = list[begin].offsetLeft - list[0].offsetLeft;
  shown.textContent = list.length > fit ? `Columns ${begin + 1} to ${begin + fit} of ${list.length}` : '';
  for (const stage of list) {
    const { rows, width, pages } = pagesOf(stage);
    const page = Math.min(pageOf.get(stage.dataset.stage) || 0, pages - 1);
    pageOf.set(stage.dataset.stage, page);
    rows.scrollLeft = page * width;
    stage.querySelector('.turn').textContent = pages > 1 ? `${page + 1} of ${pages}` : '';
  }
}

function turn() {
  const list = all();
  const fit = across();
  const begin = Math.min(first, list.length - fit);
  const visible = list.slice(begin, begin + fit);
  const longest = Math.max(1, ...visible.map((stage) => pagesOf(stage).pages));
  turnsOfThisSet += 1;
  if (list.length > fit && turnsOfThisSet >= longest) {
    turnsOfThisSet = 0;
    first = begin + fit >= list.length ? 0 : first + fit;
    pageOf.clear();
  } else {
    for (const stage of visible) {
      const next = (pageOf.get(stage.dataset.stage) || 0) + 1;
      pageOf.set(stage.dataset.stage, next % pagesOf(stage).pages);
    }
  }
  arrange();
}

arrange();
addEventListener('resize', arrange);
document.addEventListener('tv:shown', arrange);
setInterval(turn, TURN_EVERY);
