// Links with data-dialog open a <dialog>: the one with that id on the page, or, for
// data-dialog="page", the form of the page they lead to. Without this module they are links.
import { eachPage, parse, show } from './page.js';

function open(box) {
  if (box.open) box.close();
  box.showModal();
  const first = ['[aria-invalid=true]', '[autofocus]', '.in:not([readonly])'].map((s) => box.querySelector(s)).find(Boolean);
  (first ?? box).focus();
}

// fill puts the form of a fetched page into box, and says whether there was one.
function fill(box, doc) {
  const part = doc.querySelector('[data-form]') ?? doc.querySelector('main');
  if (!part) return false;
  const title = part.querySelector('h1, h2')?.textContent ?? doc.title;
  const content = box.querySelector('.fetched');
  content.replaceChildren(...[...part.childNodes].map((n) => document.adoptNode(n)));
  box.querySelector('h2').textContent = title;
  for (const cancel of content.querySelectorAll('[data-cancel]')) cancel.setAttribute('data-close', '');
  return true;
}

async function openPage(link) {
  const reply = await fetch(link.href, { headers: { Accept: 'text/html' } });
  if (!reply.ok || reply.redirected) throw new Error('not a form');
  const doc = parse(await reply.text());
  if (!doc.querySelector('[data-form]')) throw new Error('no form');
  const box = document.getElementById('fetched-dialog').content.firstElementChild.cloneNode(true);
  fill(box, doc);
  box.addEventListener('close', () => { box.remove(); link.focus(); });
  box.dataset.from = link.href;
  document.body.append(box);
  open(box);
}

// send posts a form in a fetched dialog: refused, it is shown again there; done, the next page follows.
async function send(box, form, button) {
  const data = new FormData(form, button ?? undefined);
  const plain = form.enctype !== 'multipart/form-data';
  const reply = await fetch(form.getAttribute('action') || box.dataset.from, {
    method: 'POST', body: plain ? new URLSearchParams(data) : data, headers: { Accept: 'text/html' },
  });
  const doc = parse(await reply.text());
  if (reply.ok && (reply.redirected || !doc.querySelector('[data-form]'))) {
    show(doc, reply.url);
    return;
  }
  if (fill(box, doc)) (box.querySelector('[role=alert], [aria-invalid=true]') ?? box).focus();
}

document.addEventListener('click', (e) => {
  const link = e.target.closest('a[data-dialog]');
  if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey && e.button === 0) {
    const here = link.dataset.dialog !== 'page' && document.getElementById(link.dataset.dialog);
    if (here) {
      e.preventDefault();
      open(here);
    } else if (link.dataset.dialog === 'page') {
      e.preventDefault();
      openPage(link).catch(() => { location.href = link.href; });
    }
    link.closest('[popover]')?.hidePopover?.();
    return;
  }
  const close = e.target.closest('dialog [data-close]');
  if (close) {
    e.preventDefault();
    close.closest('dialog').close();
  }
});

document.addEventListener('submit', (e) => {
  const box = e.target.closest('dialog[data-from]');
  if (!box || e.target.method !== 'post' || e.defaultPrevented) return;
  if (e.target.dataset.stays !== undefined) { // a download; refused, the form follows as a page
    setTimeout(() => box.close(), 1000);
    return;
  }
  e.preventDefault();
  send(box, e.target, e.submitter)
    .catch(() => { box.querySelector('.lost').hidden = false; }) // never sent again by itself: it may have arrived
    .finally(() => e.target.dispatchEvent(new Event('once:done', { bubbles: true })));
});

eachPage(() => {
  for (const box of document.querySelectorAll('dialog[data-open]')) open(box);
});
