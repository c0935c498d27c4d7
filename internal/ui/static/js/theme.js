// The forms of theme and navigation width change the page at once and tell the server behind it.
function apply(form, button) {
  if (button.name === 'theme') {
    document.documentElement.dataset.theme = button.value;
    for (const b of form.querySelectorAll('button[name=theme]')) b.setAttribute('aria-pressed', String(b === button));
    return;
  }
  document.querySelector('.app').classList.toggle('narrow', button.value === 'narrow');
}

document.addEventListener('submit', (e) => {
  const button = e.submitter;
  if (!button || (button.name !== 'theme' && button.name !== 'nav')) return;
  e.preventDefault();
  apply(e.target, button);
  const body = new URLSearchParams(new FormData(e.target, button));
  fetch(e.target.action, { method: 'POST', body, redirect: 'manual' });
  if (button.name === 'nav') button.value = button.value === 'narrow' ? 'wide' : 'narrow';
  e.target.dispatchEvent(new Event('once:done', { bubbles: true }));
});
