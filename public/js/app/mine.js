// Pushed fragments are the same for everybody; what only the author (or a manager) may do is shown here.

const { me, moderator } = document.body.dataset;

function reveal() {
  for (const comment of document.querySelectorAll('#work-order-activity [data-author]')) {
    const own = comment.dataset.author === me;
    for (const part of comment.querySelectorAll('[data-own]')) {
      part.hidden = !own && !(moderator === 'true' && part.hasAttribute('data-moderate'));
    }
  }
}

// A comment that is being changed is left alone by updates.
document.addEventListener(
  'toggle',
  (event) =>
    event.target.matches?.('#work-order-activity details') &&
    event.target.closest('li').toggleAttribute('hx-morph-skip', event.target.open),
  true,
);
document.addEventListener('serviceflow:applied', reveal);
document.addEventListener('htmx:after:swap', reveal);
reveal();
