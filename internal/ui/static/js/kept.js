// A form with data-kept survives a lost connection: what was typed stays, and so does the form's
// key, so that sending it again has one effect even if the first try arrived after all.
import { parse, show } from './page.js';

async function send(form, button) {
  const reply = await fetch(form.action, {
    method: 'POST', body: new URLSearchParams(new FormData(form, button)), headers: { Accept: 'text/html' },
  });
  show(parse(await reply.text()), reply.url);
  document.querySelector('[aria-invalid=true]')?.focus();
}

document.addEventListener('submit', (e) => {
  const form = e.target;
  if (form.dataset.kept === undefined || e.defaultPrevented) return;
  e.preventDefault();
  const lost = form.querySelector('[data-lost]');
  lost.hidden = true;
  send(form, e.submitter).catch(() => {
    for (const said of form.querySelectorAll('.error')) said.hidden = said !== lost;
    form.dispatchEvent(new Event('once:done', { bubbles: true }));
  });
});
