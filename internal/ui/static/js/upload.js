// A form with a file shows how much of it has been sent. Without this module the browser does.
import { parse, show } from './page.js';

function bar(form) {
  const box = document.createElement('div');
  box.className = 'progress';
  box.innerHTML = '<div><span>Uploading</span><span class="soft" data-percent></span></div><progress aria-label="Uploading"></progress><small class="soft small">The file is checked as it arrives. Stay on this page until it is there.</small>';
  form.querySelector('.form-foot').before(box);
  return box;
}

function send(form) {
  const box = bar(form), progress = box.querySelector('progress'), percent = box.querySelector('[data-percent]');
  const request = new XMLHttpRequest();
  const fail = () => {
    box.className = 'error';
    box.textContent = 'The file did not arrive. Look under Imports whether it did, then try again.';
    form.dispatchEvent(new Event('once:done', { bubbles: true }));
  };
  request.upload.addEventListener('progress', (e) => {
    if (!e.lengthComputable) return;
    progress.max = e.total;
    progress.value = e.loaded;
    percent.textContent = `${Math.floor((100 * e.loaded) / e.total)} %`;
  });
  request.addEventListener('error', fail);
  request.addEventListener('load', () => {
    const doc = parse(request.responseText);
    if (!doc.querySelector('main')) fail();
    else show(doc, request.responseURL);
  });
  request.open('POST', form.action);
  request.setRequestHeader('Accept', 'text/html');
  request.send(new FormData(form));
}

document.addEventListener('submit', (e) => {
  const form = e.target;
  if (form.enctype !== 'multipart/form-data' || e.defaultPrevented || form.closest('dialog')) return;
  e.preventDefault();
  send(form);
});
