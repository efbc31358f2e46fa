// Cards are dragged with the mouse or, after a short hold, with a finger.

const board = document.getElementById('board');
const sortables = new Map();

function setUp() {
  for (const [cards, sortable] of sortables) {
    if (cards.isConnected) continue;
    sortable.destroy();
    sortables.delete(cards);
  }
  for (const cards of board.querySelectorAll('.cards')) {
    if (!sortables.has(cards)) sortables.set(cards, create(cards));
  }
}

function create(cards) {
  let origin;
  return Sortable.create(cards, {
    group: 'board',
    draggable: '.card',
    // The browser's own drag and drop can't be styled under a strict content security policy, nor used by touch.
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    animation: 120,
    delay: 180,
    delayOnTouchOnly: true,
    touchStartThreshold: 4,
    ghostClass: 'dragging-ghost',
    fallbackClass: 'dragging-lifted',
    filter: 'button, select, input, textarea',
    preventOnFilter: false,
    scrollSensitivity: 80,
    scrollSpeed: 16,
    onStart({ item }) {
      origin = { cards, next: item.nextElementSibling };
      document.body.classList.add('dragging');
    },
    onEnd({ item, from, to, oldDraggableIndex, newDraggableIndex }) {
      document.body.classList.remove('dragging');
      // The click that ends a drag must not open the card.
      document.body.dataset.dropped = String(Date.now());
      const stays = from === to && oldDraggableIndex === newDraggableIndex;
      if (stays) document.dispatchEvent(new CustomEvent('serviceflow:dropped'));
      else document.dispatchEvent(new CustomEvent('serviceflow:move', { detail: { card: item, origin } }));
    },
  });
}

if (board) {
  setUp();
  document.addEventListener('serviceflow:applied', setUp);
}
