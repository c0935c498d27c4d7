// Runs before the page is drawn, so that what only scripts can do does not flicker in.
document.documentElement.classList.add('js');
