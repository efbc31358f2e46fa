// Photos and video are sent as soon as they are chosen: one request for each file, two at a time. What was chosen is kept until it is
// there or taken back: without a network it waits and goes on by itself. The rows of what is under way belong to this script, not to
// the page, so they outlive a dialog that is closed. Without this file the form has a button. src/features/media takes them in.

const AT_ONCE = 2;
/** Milliseconds between tries while there is no network. */
const WAITS = [1000, 2000, 4000, 8000, 15000, 30000];
/** Without a byte for so long, or an answer, the line is dead though nobody said so. */
const SILENCE = 45000;
const ANSWER = 180000;
/** States in which a file is neither there nor refused for good. */
const PENDING = ['queued', 'sending', 'waiting', 'failed'];

/** Every file that was chosen on this page, until it is there or taken back. */
const uploads = new Set();

/** 128 random bits: sent again after a lost answer, a file is not taken for a second one. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const make = (tag, more = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), more);
  element.append(...children);
  return element;
};

// The stylesheet hides the button that only a page without this script needs.
document.documentElement.dataset.uploads = 'ready';

// --- choosing -----------------------------------------------------------------------------------

function take(form, files) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && name !== 'requestId');
  for (const file of files) {
    const upload = { file, fields, key: form.dataset.upload, action: form.getAttribute('action'), id: newId(), state: 'queued', tries: 0 };
    uploads.add(upload);
    upload.row = rowOf(upload);
    // A phone may not say what it is; the server sees.
    const isPhoto = file.type.startsWith('image/');
    const most = Number(isPhoto ? form.dataset.mostPhoto : form.dataset.mostVideo);
    if (file.size === 0) set(upload, 'refused', 'This file is empty. Please take or choose it again.');
    else if (file.size > most)
      set(
        upload,
        'refused',
        `This ${isPhoto ? 'photo' : 'file'} is larger than ${Math.floor(most / 1e6)} MB, which is the most that is taken.`,
      );
    else set(upload, 'queued', 'Waiting for its turn');
  }
  place();
  next();
}

document.addEventListener('change', ({ target }) => {
  if (!target.matches('.media-file') || target.files.length === 0) return;
  take(target.form, [...target.files]);
  target.value = '';
});

/** Where a picture goes that was dropped or pasted: the form of the order as a whole, in the dialog if there is one. */
function formAt(target) {
  const within = target?.closest?.('.work-order') ?? document.querySelector('dialog[open] .work-order, .page > .work-order');
  return within?.querySelector('.media-add[data-upload$=" "]');
}
const bringsFiles = (event) => event.dataTransfer?.types.includes('Files');

document.addEventListener('dragover', (event) => {
  const form = bringsFiles(event) && formAt(event.target);
  if (!form) return;
  event.preventDefault();
  form.classList.add('dropping');
});
for (const name of ['dragleave', 'drop', 'dragend']) {
  document.addEventListener(name, () => {
    for (const form of document.querySelectorAll('.dropping')) form.classList.remove('dropping');
  });
}
document.addEventListener('drop', (event) => {
  const form = bringsFiles(event) && formAt(event.target);
  if (!form) return;
  event.preventDefault();
  take(form, [...event.dataTransfer.files]);
});
document.addEventListener('paste', (event) => {
  const files = [...(event.clipboardData?.files ?? [])].filter((file) => /^(image|video)\//.test(file.type));
  const form = files.length > 0 && formAt(event.target);
  if (!form) return;
  event.preventDefault();
  take(form, files);
});

// --- sending ------------------------------------------------------------------------------------

function next() {
  const all = [...uploads];
  let free = AT_ONCE - all.filter((upload) => upload.state === 'sending').length;
  for (const upload of all) if (upload.state === 'queued' && free-- > 0) send(upload);
}

function send(upload) {
  clearTimeout(upload.timer);
  const request = new XMLHttpRequest();
  upload.request = request;
  const body = new FormData();
  for (const [name, value] of upload.fields) body.append(name, value);
  body.append('requestId', upload.id);
  body.append('files', upload.file, upload.file.name);
  const watch = (patience) => {
    clearTimeout(upload.timer);
    upload.timer = setTimeout(() => {
      request.abort();
      lineLost(upload);
    }, patience);
  };
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    watch(loaded < total ? SILENCE : ANSWER);
    upload.bar.value = total ? loaded / total : 0;
    say(upload, loaded < total ? `${Math.floor((100 * loaded) / total)} %` : 'Sent. Looking at it …');
  });
  request.addEventListener('load', () => answered(upload, request));
  request.addEventListener('error', () => lineLost(upload));
  request.open('POST', upload.action);
  request.setRequestHeader('HX-Request', 'true');
  set(upload, 'sending', 'Sending');
  watch(SILENCE);
  request.send(body);
}

function answered(upload, request) {
  clearTimeout(upload.timer);
  const answer = new DOMParser().parseFromString(request.responseText, 'text/html');
  const told = answer.querySelector('output, .problem, p')?.textContent.trim();
  if (request.status === 200) {
    added(upload, told, request.responseText, answer.querySelector('output')?.dataset.media);
  } else if ([502, 503, 504].includes(request.status)) lineLost(upload);
  else if (request.status === 401) set(upload, 'failed', 'Please sign in again in another tab; then try again.');
  else if (request.status === 422 || request.status === 413) set(upload, 'refused', told || 'This file can’t be taken.');
  else set(upload, 'failed', told || 'Something went wrong on the way.');
  next();
}

function added(upload, told, text, media) {
  set(upload, 'done', told);
  const section = document.querySelector(`.work-order[data-address="${upload.action.replace(/\/media$/, '')}"] #work-order-media`);
  // Where it was pushed already, what came by push is newer than this answer.
  if (section && !document.getElementById(`media-${media}`)) htmx.swap({ sourceElement: section, target: section, swap: 'none', text });
  setTimeout(() => drop(upload), 4000);
}

/** Keeps it, and goes on by itself. */
function lineLost(upload) {
  if (upload.state !== 'sending') return;
  set(upload, 'waiting', 'Waiting for the network. It goes on by itself.');
  upload.bar.value = 0;
  clearTimeout(upload.timer);
  upload.timer = setTimeout(() => again(upload), WAITS[Math.min(upload.tries++, WAITS.length - 1)]);
  next();
}

function again(upload) {
  clearTimeout(upload.timer);
  if (!uploads.has(upload)) return;
  set(upload, 'queued', 'Waiting for its turn');
  next();
}

addEventListener('online', () => {
  for (const upload of uploads) {
    if (upload.state !== 'waiting') continue;
    upload.tries = 0;
    again(upload);
  }
});

addEventListener('beforeunload', (event) => {
  if ([...uploads].some(({ state }) => PENDING.includes(state))) event.preventDefault();
});

// --- showing ------------------------------------------------------------------------------------

function rowOf(upload) {
  const { file } = upload;
  const picture = make('span', { className: 'upload-picture' });
  if (file.type.startsWith('image/')) {
    upload.url = URL.createObjectURL(file);
    const image = make('img', { alt: '', src: upload.url });
    // A browser that can't show it (HEIC) still sends it.
    image.addEventListener('error', () => image.remove());
    picture.append(image);
  }
  upload.bar = make('progress', { max: 1, value: 0, ariaLabel: file.name });
  upload.told = make('span', { className: 'upload-told' });
  upload.retry = make('button', { type: 'button', textContent: 'Try again', hidden: true });
  upload.retry.addEventListener('click', () => again(upload));
  upload.cancel = make('button', { type: 'button', className: 'link' });
  upload.cancel.addEventListener('click', () => drop(upload));
  const name = make('span', { className: 'upload-name', dir: 'auto', textContent: file.name });
  return make('li', { className: 'upload' }, picture, make('div', {}, name, upload.bar, upload.told), upload.retry, upload.cancel);
}

function say(upload, text) {
  upload.told.textContent = text;
}

function set(upload, state, text) {
  upload.state = state;
  upload.row.dataset.state = state;
  say(upload, text);
  upload.bar.hidden = state !== 'sending';
  upload.retry.hidden = !['failed', 'waiting'].includes(state);
  upload.cancel.textContent = state === 'refused' ? 'Put it away' : 'Take it back';
  // Which one, for whoever does not see the row.
  for (const button of [upload.cancel, upload.retry]) button.ariaLabel = `${button.textContent}: ${upload.file.name}`;
  upload.cancel.hidden = state === 'done';
  if (['waiting', 'refused', 'failed', 'done'].includes(state)) announce(upload, text);
  tellTray();
}

/** Takes a file off the list; what is under way is broken off. */
function drop(upload) {
  uploads.delete(upload);
  clearTimeout(upload.timer);
  upload.request?.abort();
  if (upload.url) URL.revokeObjectURL(upload.url);
  const list = upload.row.parentElement;
  const hadFocus = upload.row.contains(document.activeElement);
  upload.row.remove();
  if (hadFocus) list?.closest('form').querySelector('.media-file:last-of-type').focus();
  tellTray();
  next();
}

const listOf = (key) => document.querySelector(`[data-upload="${key}"] [data-uploads]`);

function announce(upload, text) {
  const news = listOf(upload.key)?.parentElement.querySelector('[data-upload-news]');
  if (news) news.textContent = `${upload.file.name}: ${text}`;
}

/** The rows stand in their form wherever it is shown just now. */
function place() {
  for (const upload of uploads) {
    const list = listOf(upload.key);
    if (list && upload.row.parentElement !== list) list.append(upload.row);
  }
  tellTray();
}
document.addEventListener('htmx:after:swap', place);
document.getElementById('dialog')?.addEventListener('close', () => setTimeout(tellTray));

/** What is still being sent when its form is not on the screen. */
function tellTray() {
  const away = [...uploads].filter(({ key, state }) => PENDING.includes(state) && !listOf(key));
  let tray = document.getElementById('upload-tray');
  if (!tray && away.length === 0) return;
  if (!tray) {
    tray = make('p', { id: 'upload-tray', className: 'upload-tray' });
    tray.setAttribute('role', 'status');
    document.body.append(tray);
  }
  const number = away[0]?.key.split(' ')[0];
  const waits = away.some(({ state }) => state === 'waiting' || state === 'failed');
  const text = `${away.length === 1 ? 'A picture' : `${away.length} pictures`} for WO-${number} ${waits ? 'wait to be sent' : 'being sent'}`;
  tray.hidden = away.length === 0;
  if (tray.textContent !== text) tray.textContent = text;
}
