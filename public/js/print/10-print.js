// The button appears only where it can do something; everybody else is told to use the browser's menu.
const button = document.getElementById('print');
button.hidden = false;
button.addEventListener('click', () => print());
