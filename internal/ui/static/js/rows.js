// Rows: the box in the head ticks all, shift ticks a range, and the bar of the ticked shows itself.
import { eachPage } from './page.js';

let last = null;

function boxes(table) {
  return [...table.querySelectorAll('td.tick input')];
}

function count(table) {
  const all = boxes(table), on = all.filter((b) => b.checked);
  for (const b of all) b.closest('tr').setAttribute('aria-selected', String(b.checked));
  const head = table.querySelector('th.tick input');
  if (head) {
    head.checked = on.length > 0 && on.length === all.length;
    head.indeterminate = on.length > 0 && on.length < all.length;
  }
  const bar = document.getElementById(table.dataset.bulk);
  if (!bar) return;
  bar.hidden = on.length === 0;
  const n = bar.querySelector('[data-count]');
  if (n) n.textContent = String(on.length);
}

document.addEventListener('click', (e) => {
  const box = e.target.closest('.tick input');
  const table = box?.closest('table');
  if (!table) return;
  const all = boxes(table);
  if (box.closest('th')) {
    for (const b of all) b.checked = box.checked;
  } else if (e.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const b of all.slice(from, to + 1)) b.checked = box.checked;
  }
  if (!box.closest('th')) last = box;
  count(table);
});

eachPage(() => document.querySelectorAll('table[data-bulk]').forEach(count));

// A table that bursts its box scrolls sideways; the head of one that fits sticks to the top bar.
function measure(table) {
  const box = table.closest('.scroll');
  box.classList.toggle('bursts', table.offsetWidth > box.clientWidth);
}

const sizes = new ResizeObserver((entries) => entries.forEach((e) => measure(e.target.closest('.scroll').querySelector('table'))));

eachPage(() => {
  sizes.disconnect();
  for (const table of document.querySelectorAll('.scroll > table')) {
    measure(table);
    sizes.observe(table);
    sizes.observe(table.closest('.scroll'));
  }
});

// The current tab may be out of sight on a phone.
eachPage(() => {
  for (const tab of document.querySelectorAll('.tabs [aria-current]')) {
    const bar = tab.closest('.tabs');
    bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  }
});

// Text areas with data-counter say how much has been written.
document.addEventListener('input', (e) => {
  const counter = e.target.dataset?.counter && document.getElementById(e.target.dataset.counter);
  if (counter) counter.textContent = `${[...e.target.value].length}${e.target.maxLength > 0 ? ` / ${e.target.maxLength}` : ''}`;
});

document.addEventListener('click', (e) => {
  e.target.closest('[data-dismiss]')?.closest('.flash')?.remove();
  if (e.target.closest('[data-print]')) print();
});
