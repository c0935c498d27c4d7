// Previews: while a form is being filled in, an element with data-preview inside it shows what
// the address named there answers to the form as it stands. The server checks everything again.
// An answer in HTML takes the place of the parts with the same ids.
import { parse } from './page.js';

const later = new WeakMap();

async function preview(note, form) {
  const body = new URLSearchParams(new FormData(form));
  const reply = await fetch(note.dataset.preview, { method: 'POST', body, headers: { Accept: 'text/html, application/json' } });
  if (!reply.ok || !note.isConnected) return;
  if (!reply.headers.get('Content-Type').startsWith('text/html')) {
    note.textContent = (await reply.json()).text;
    return;
  }
  for (const part of parse(await reply.text()).querySelectorAll('[data-part]')) document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
}

// Enter in a part with data-enter presses the button of that value, not the form's first one.
document.addEventListener('keydown', (e) => {
  const part = e.key === 'Enter' && e.target.matches('input:not([type=checkbox])') && e.target.closest('[data-enter]');
  if (!part) return;
  e.preventDefault();
  part.querySelector(`button[value="${part.dataset.enter}"]`).click();
});

document.addEventListener('input', (e) => {
  const form = e.target.form, note = form?.querySelector('[data-preview]');
  if (!note) return;
  clearTimeout(later.get(form));
  later.set(form, setTimeout(() => preview(note, form).catch(() => {}), 250));
});
