// A signature that is drawn: strokes as whole numbers on a sheet of fixed size, in a hidden field. A typed name alone signs as well.
function start(field) {
  const canvas = field.querySelector('canvas');
  const input = field.querySelector('[name="strokes"]');
  const pen = canvas.getContext('2d');
  let strokes = read(input.value);
  let stroke = null;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      within(((event.clientX - box.left) / box.width) * canvas.width, canvas.width),
      within(((event.clientY - box.top) / box.height) * canvas.height, canvas.height),
    ];
  };
  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 6;
    pen.lineCap = 'round';
    pen.lineJoin = 'round';
    for (const one of strokes) {
      pen.beginPath();
      pen.moveTo(one[0], one[1]);
      for (let index = 0; index < one.length; index += 2) pen.lineTo(one[index], one[index + 1]);
      pen.stroke();
    }
  };
  const keep = () => {
    input.value = strokes.length > 0 ? JSON.stringify(strokes) : '';
    draw();
  };
  canvas.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = at(event);
    strokes.push(stroke);
    draw();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!stroke || strokes.reduce((sum, one) => sum + one.length, 0) > 19_000) return;
    const [x, y] = at(event);
    if (Math.hypot(x - stroke.at(-2), y - stroke.at(-1)) < 3) return;
    stroke.push(x, y);
    draw();
  });
  for (const end of ['pointerup', 'pointercancel'])
    canvas.addEventListener(end, () => {
      if (stroke) keep();
      stroke = null;
    });
  field.querySelector('[data-clear]').addEventListener('click', () => {
    strokes = [];
    keep();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  field.hidden = false;
  draw();
}

function read(text) {
  try {
    return JSON.parse(text || '[]');
  } catch {
    return [];
  }
}

for (const field of document.querySelectorAll('[data-draw]')) start(field);
document.addEventListener('visit:placed', (event) => {
  for (const field of event.detail.querySelectorAll('[data-draw]')) start(field);
});

// Pressed twice, sent once; the server knows it as well.
document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-sign]')) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = 'yes';
  setTimeout(() => delete event.target.dataset.sent, 5000);
});
// Back from the next page, the form may be sent again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-sign]')) delete form.dataset.sent;
});
