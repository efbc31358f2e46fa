// How long a message can still be taken back. Said by the button alone, so that nobody is read a number each second.
const count = () => {
  for (const button of document.querySelectorAll('[data-undo-until]')) {
    const left = Math.ceil((new Date(button.dataset.undoUntil) - Date.now()) / 1000);
    const words = button.querySelector('.left');
    if (left > 0) words.textContent = `${left} s left`;
    else {
      // As long as it waits it can be taken back; only the time for it is over.
      words.remove();
      delete button.dataset.undoUntil;
    }
  }
};
setInterval(count, 1000);
