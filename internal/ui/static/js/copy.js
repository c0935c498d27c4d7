// Copy buttons: data-copy holds the text; data-copy-from an address that answers a POST with it,
// for texts that may be shown only when asked for and noted down.
import { parse, say, show } from './page.js';

async function write(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy'); // the only way over plain http
  area.remove();
  if (!done) throw new Error('refused');
}

document.addEventListener('click', async (e) => {
  const button = e.target.closest('[data-copy], [data-copy-from]');
  if (!button) return;
  try {
    let text = button.dataset.copy;
    if (button.dataset.copyFrom) {
      const reply = await fetch(button.dataset.copyFrom, { method: 'POST' });
      text = await reply.text();
      if (!reply.ok || reply.redirected) {
        show(parse(text), reply.url); // the page that says why
        return;
      }
    }
    await write(text);
    button.classList.add('done');
    say(button.dataset.done || 'Copied');
    setTimeout(() => button.classList.remove('done'), 1600);
  } catch {
    say(button.dataset.failed || 'Could not copy');
  }
});
