// The theme form changes the page at once and tells the server behind it.
document.addEventListener('submit', (e) => {
  const theme = e.submitter?.name === 'theme' && e.submitter.value;
  if (!theme) return;
  e.preventDefault();
  document.documentElement.dataset.theme = theme;
  for (const b of e.target.querySelectorAll('button[name=theme]')) b.setAttribute('aria-pressed', String(b.value === theme));
  const body = new URLSearchParams(new FormData(e.target));
  body.set('theme', theme);
  fetch(e.target.action, { method: 'POST', body, redirect: 'manual' });
  e.target.dispatchEvent(new Event('once:done', { bubbles: true }));
});
