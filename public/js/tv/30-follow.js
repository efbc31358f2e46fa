// Follows the shop for weeks: the socket brings changes at once; a look over HTTP every few seconds finds what the
// socket missed, a new minute (what is late), new assets, a dead line and a revoked link.
const LOOK_LIVE = 10_000; // while the socket is open
const LOOK_POLLING = 5_000; // while it is not
const LOOK_DARK = 60_000; // after the link was revoked
const ANSWER_WITHIN = 4_000;
const FAILURES_TO_BANNER = 2; // one miss is a restart of the server; two are a cut line

const stages = document.getElementById('stages');
const banner = document.getElementById('cut-off');
const dark = document.getElementById('dark');
const { dataset } = document.body;
const address = location.pathname.replace(/\/+$/, '');
const room = `tv:${address.split('/').pop()}`;

let version = Number(dataset.version);
let minute = Math.floor(Date.now() / 60_000);
let failures = 0;
let attempts = 0;
let socket = null;
let timer = 0;
let looking = false;

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(`tv:${name}`, { detail }));
}

/** The content is always whole, so whatever is not older than what is here may replace it. */
function show(given, content) {
  if (given < version) return;
  version = given;
  minute = Math.floor(Date.now() / 60_000);
  stages.innerHTML = content;
  tell('shown');
}

function reached(date) {
  failures = 0;
  if (date) dataset.offset = String(Date.parse(date) - Date.now());
  dataset.reached = String(Date.now());
  banner.hidden = true;
  dark.hidden = true;
  tell('reached');
}

function missed() {
  failures += 1;
  if (socket) socket.close(); // a line that is dead without knowing it
  if (failures < FAILURES_TO_BANNER || !dark.hidden) return;
  if (banner.hidden) tell('cut-off', { banner });
  banner.hidden = false;
}

async function ask(path) {
  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), ANSWER_WITHIN);
  try {
    const response = await fetch(path, { cache: 'no-store', credentials: 'omit', signal: abort.signal });
    return { response, text: await response.text() };
  } finally {
    clearTimeout(limit);
  }
}

async function look() {
  if (looking) return;
  looking = true;
  clearTimeout(timer);
  try {
    const since = minute === Math.floor(Date.now() / 60_000) ? version : -1;
    const { response, text } = await ask(`${address}/changes?since=${since}`);
    const assets = response.headers.get('X-Assets');
    if (response.status === 404 && assets) {
      dark.hidden = false;
      banner.hidden = true;
    } else if (response.ok && assets) {
      if (response.status === 200) show(Number(response.headers.get('X-Version')), text);
      reached(response.headers.get('Date'));
      if (assets !== dataset.assets || isNight()) await renew();
    } else missed();
  } catch {
    missed();
  }
  looking = false;
  later();
}

function later() {
  clearTimeout(timer);
  const pause = dark.hidden ? (socket && socket.readyState === WebSocket.OPEN && failures === 0 ? LOOK_LIVE : LOOK_POLLING) : LOOK_DARK;
  timer = setTimeout(look, pause * (0.8 + 0.4 * Math.random()));
}

/** Once a night, so that whatever piles up in a browser that is never closed is gone in the morning. */
function isNight() {
  return (dataset.time || '').startsWith('04:') && performance.now() > 2 * 3600 * 1000;
}

/** A reload only when the server gives the page: the browser's own error page would never come back by itself. */
async function renew() {
  if (performance.now() < 15_000) return; // two versions answer in turn during an update: not at every look
  const { response, text } = await ask(address);
  if (response.ok && text.includes('id="stages"')) location.reload();
}

function connect() {
  if (socket) return;
  const opened = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live?room=${room}`);
  socket = opened;
  opened.addEventListener('open', () => {
    attempts = 0;
    look(); // what happened before the socket was open
  });
  opened.addEventListener('message', (event) => {
    const message = JSON.parse(event.data);
    if (message.version <= version) return;
    show(message.version, message.content);
    reached();
  });
  opened.addEventListener('close', () => {
    socket = null;
    if (attempts === 0) look(); // is it the server, the line, or the link?
    const pause = Math.min(30_000, 500 * 2 ** Math.min(attempts, 6));
    attempts += 1;
    setTimeout(connect, pause * (0.75 + 0.5 * Math.random()));
  });
}

connect();
later();
addEventListener('online', look);
document.addEventListener('visibilitychange', look);
