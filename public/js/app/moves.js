// A card that was dropped somewhere, by mouse, touch or keyboard: tells the server, and puts it back when that fails.
// `serviceflow:move` carries the card and where it came from; the server says where it goes.

const notices = document.getElementById('notices');

document.addEventListener('serviceflow:move', ({ detail: { card, origin } }) => {
  const column = card.closest('[data-column]');
  const previous = card.previousElementSibling;
  const after = previous?.matches('.card') ? previous.dataset.card : '';
  const back = () => origin.cards.insertBefore(card, origin.next?.parentElement === origin.cards ? origin.next : null);
  const source = document.getElementById('board');
  const settle = ({ detail: { ctx } }) => {
    if (ctx.moving !== card) return;
    if (ctx.response && ctx.response.status >= 400) back();
  };
  document.addEventListener('htmx:after:request', settle);
  const mark = ({ detail: { ctx } }) => {
    if (ctx.request.action.includes(`/work-orders/${card.dataset.card}/moves`)) ctx.moving = card;
  };
  document.addEventListener('htmx:config:request', mark, { once: true });
  const fail = ({ detail: { ctx } }) => {
    if (ctx?.moving !== card || ctx.response) return;
    back();
    say('There is no connection, so the card is back where it was.');
  };
  document.addEventListener('htmx:error', fail);
  htmx
    .ajax('POST', `/work-orders/${card.dataset.card}/moves`, {
      source,
      target: '#board',
      swap: 'none',
      values: { column: column.dataset.column, after },
    })
    .finally(() => {
      document.removeEventListener('htmx:after:request', settle);
      document.removeEventListener('htmx:error', fail);
      document.dispatchEvent(new CustomEvent('serviceflow:dropped'));
    });
});

function say(text) {
  const notice = document.createElement('div');
  notice.className = 'notice bad';
  notice.setAttribute('role', 'alert');
  notice.append(Object.assign(document.createElement('p'), { textContent: text }));
  notices.replaceChildren(notice);
}
