// A form is sent once: its button shows that it works, and a second press does nothing.
// The server keeps the promise; this only shows it.
function release(form) {
  delete form.dataset.sent;
  for (const b of form.querySelectorAll('[aria-busy=true]')) b.removeAttribute('aria-busy');
}

document.addEventListener('submit', (e) => {
  const form = e.target;
  if (form.method !== 'post' || e.defaultPrevented) return;
  if (form.dataset.sent) {
    e.preventDefault();
    e.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = 'yes';
  e.submitter?.setAttribute('aria-busy', 'true');
  if (form.dataset.stays !== undefined) setTimeout(() => release(form), 3000); // a download leaves the page as it is
}, true);

document.addEventListener('once:done', (e) => release(e.target));
addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(release));
