// What does not fit turns by itself: each column from page to page, and, when a shop has more columns than fit on the
// screen, from one set of columns to the next. CSS does the layout; here it is only measured and scrolled.
const TURN_EVERY = 12_000;

const stages = document.getElementById('stages');
const shown = document.getElementById('stages-shown');
const lobby = document.body.classList.contains('lobby');
const NARROWEST = lobby ? 3 : 7; // in rem: the least width of a column
const FLATTEST = 3.4; // in rem: the least height of a column that stands above another
const pageOf = new Map();
let set = 0;
let turnsOfThisSet = 0;

/** How many columns stand beside each other, and which ones are on the screen now. */
function measure() {
  const all = [...stages.children];
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const across = Math.max(1, Math.min(Math.floor(stages.clientWidth / (rem * NARROWEST)), all.length));
  const perSet = across * (lobby ? 1 : Math.max(1, Math.floor(stages.clientHeight / (rem * FLATTEST))));
  // An empty column says something where there is room; it gets no time of a screen that has none.
  const used = all.length > perSet ? all.filter((stage) => stage.querySelector('li')) : all;
  const sets = Math.max(1, Math.ceil(used.length / perSet));
  if (set >= sets) set = 0;
  return { all, across, sets, visible: used.slice(set * perSet, (set + 1) * perSet) };
}

function pagesOf(stage) {
  const rows = stage.querySelector('.rows');
  const width = rows.getBoundingClientRect().width || 1;
  return { rows, width, pages: Math.max(1, Math.round(rows.scrollWidth / width)) };
}

/** Puts every column on its page; called whenever the content or the size of the screen has changed. */
function arrange() {
  const { all, across, sets, visible } = measure();
  const beside = Math.max(1, Math.min(across, visible.length));
  stages.style.setProperty('--across', String(beside));
  stages.classList.add('measured');
  for (const stage of all) {
    stage.hidden = !visible.includes(stage);
    stage.classList.toggle('wide', !lobby && stage === visible[visible.length - 1] && beside > 1 && visible.length % beside === 1);
  }
  shown.textContent = sets > 1 ? `Screen ${set + 1} of ${sets}` : '';
  for (const stage of visible) {
    const { rows, width, pages } = pagesOf(stage);
    const page = Math.min(pageOf.get(stage.dataset.stage) || 0, pages - 1);
    pageOf.set(stage.dataset.stage, page);
    rows.scrollLeft = page * width;
    stage.querySelector('.turn').textContent = pages > 1 ? `${page + 1} of ${pages}` : '';
  }
}

function turn() {
  const { sets, visible } = measure();
  turnsOfThisSet += 1;
  if (sets > 1 && turnsOfThisSet >= Math.max(...visible.map((stage) => pagesOf(stage).pages))) {
    turnsOfThisSet = 0;
    set = (set + 1) % sets;
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
