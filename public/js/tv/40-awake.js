// Keeps the screen on, where the browser can. The lock ends when the page is hidden, so it is asked for again.
async function stayAwake() {
  if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return;
  try {
    await navigator.wakeLock.request('screen');
  } catch {
    // On battery, or not over https: then the settings of the TV decide.
  }
}

stayAwake();
document.addEventListener('visibilitychange', stayAwake);
