// Arrows, circles and lines over a photo, with mouse, finger or pen. What is sent are the places of the marks, in ten-thousandths; the
// server draws them on a copy. Without this file one chooses a place, or clicks the photo.

const SVG = 'http://www.w3.org/2000/svg';
const WHOLE = 10000;
/** The marks of each form that is drawn in. */
const drawings = new WeakMap();

function prepare() {
  for (const form of document.querySelectorAll('form[data-drawing]')) {
    if (drawings.has(form)) continue;
    const canvas = form.querySelector('[data-canvas]');
    const height = (WHOLE * canvas.dataset.height) / canvas.dataset.width || WHOLE;
    const overlay = document.createElementNS(SVG, 'svg');
    overlay.setAttribute('viewBox', `0 0 ${WHOLE} ${height}`);
    overlay.setAttribute('aria-hidden', 'true');
    canvas.append(overlay);
    drawings.set(form, { marks: [], overlay, height });
    canvas.hidden = false;
    for (const part of form.querySelectorAll('[data-with-pointer]')) part.hidden = false;
    form.querySelector('[data-click-picture]').remove();
  }
}

function placeOf(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const share = (at, from, size) => Math.min(WHOLE, Math.max(0, Math.round((WHOLE * (at - from)) / size)));
  return { x: share(event.clientX, box.left, box.width), y: share(event.clientY, box.top, box.height) };
}

let held = null;

document.addEventListener('pointerdown', (event) => {
  const canvas = event.target.closest?.('[data-canvas]');
  if (!canvas || event.button !== 0 || held) return;
  event.preventDefault();
  const form = canvas.closest('form');
  const at = placeOf(canvas, event);
  const mark = { shape: form.elements.shape.value, from: at, to: at };
  held = { canvas, form, mark, pointer: event.pointerId };
  canvas.setPointerCapture(event.pointerId);
  drawings.get(form).marks.push(mark);
});

document.addEventListener('pointermove', (event) => {
  if (held?.pointer !== event.pointerId) return;
  held.mark.to = placeOf(held.canvas, event);
  show(held.form);
});

for (const name of ['pointerup', 'pointercancel']) {
  document.addEventListener(name, (event) => {
    if (held?.pointer !== event.pointerId) return;
    const { form, mark } = held;
    held = null;
    const { marks } = drawings.get(form);
    // A tap is no mark, but where a circle could be meant it is one around it.
    const isTap = Math.hypot(mark.to.x - mark.from.x, mark.to.y - mark.from.y) < 200;
    if (isTap || name === 'pointercancel') marks.splice(marks.indexOf(mark), 1);
    show(form);
    if (!isTap) tell(form, `Drawn: ${mark.shape}. ${marks.length} ${marks.length === 1 ? 'mark' : 'marks'} on the photo.`);
  });
}

document.addEventListener('click', (event) => {
  const form = event.target.closest('[data-undo-mark]')?.form;
  if (!form) return;
  drawings.get(form).marks.pop();
  show(form);
  tell(form, 'The last mark is gone.');
});

function tell(form, text) {
  form.querySelector('[data-drawing-news]').textContent = text;
}

function show(form) {
  const { marks, overlay, height } = drawings.get(form);
  const stroke = Math.max(WHOLE, height) / 130;
  const down = (y) => (y * height) / WHOLE;
  // The rims first: the photo may be as red as the mark.
  const paths = marks.map((mark) => pathOf(mark, down, stroke * 4.5));
  overlay.replaceChildren(
    ...paths.flatMap((path) =>
      [
        ['rim-dark', 1.9],
        ['rim-light', 1.6],
        ['mark', 1],
      ].map(([name, times]) => {
        const element = document.createElementNS(SVG, 'path');
        element.setAttribute('d', path);
        element.setAttribute('class', name);
        element.setAttribute('stroke-width', stroke * times);
        return element;
      }),
    ),
  );
  form.elements.marks.value = marks.map(({ shape, from, to }) => `${shape} ${from.x} ${from.y} ${to.x} ${to.y}`).join(';');
  form.querySelector('[data-undo-mark]').hidden = marks.length === 0;
}

function pathOf({ shape, from, to }, down, head) {
  const [x1, y1, x2, y2] = [from.x, down(from.y), to.x, down(to.y)];
  if (shape === 'circle') {
    const [across, high] = [Math.abs(x2 - x1) / 2, Math.abs(y2 - y1) / 2];
    const [left, middle] = [Math.min(x1, x2), (y1 + y2) / 2];
    return `M${left} ${middle}a${across} ${high} 0 1 0 ${2 * across} 0a${across} ${high} 0 1 0 ${-2 * across} 0`;
  }
  const line = `M${x1} ${y1}L${x2} ${y2}`;
  if (shape === 'line') return line;
  const length = Math.min(head, Math.hypot(x2 - x1, y2 - y1) * 0.6);
  const angle = Math.atan2(y1 - y2, x1 - x2);
  const barb = (turn) => `M${x2} ${y2}L${x2 + length * Math.cos(angle + turn)} ${y2 + length * Math.sin(angle + turn)}`;
  return line + barb(Math.PI / 6) + barb(-Math.PI / 6);
}

document.addEventListener('htmx:after:swap', prepare);
prepare();
