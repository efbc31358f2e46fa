// A picture opens large over the page, and the way back leads to where one was.
const viewer = document.getElementById('viewer');

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('[data-picture]');
  if (!link || !viewer?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const picture = viewer.querySelector('img');
  picture.src = link.href;
  picture.alt = link.querySelector('img').alt;
  viewer.querySelector('p').textContent = link.dataset.picture;
  viewer.showModal();
});
viewer?.addEventListener('click', (event) => {
  if (event.target === viewer || event.target.matches('img')) viewer.close();
});
