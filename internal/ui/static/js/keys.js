// Keys: "/" goes to the search, Ctrl-K or ⌘-K opens a palette of the navigation and the search.
const typing = (t) => t.closest?.('input, select, textarea, [contenteditable]');

function places() {
  return [...document.querySelectorAll('.side a[href], .head .acts a[href]')].map((a) => ({
    text: (a.querySelector('.label') ?? a).textContent.trim(), href: a.href, dialog: a.dataset.dialog,
    group: a.closest('section')?.querySelector('b')?.textContent ?? (a.closest('.side') ? '' : 'On this page'),
    icon: a.querySelector('svg')?.cloneNode(true),
  }));
}

function entry(place, n) {
  const li = document.createElement('li'), a = document.createElement('a'), group = document.createElement('small');
  li.id = `palette-${n}`;
  li.role = 'option';
  a.href = place.href;
  if (place.dialog) a.dataset.dialog = place.dialog;
  if (place.search) a.dataset.search = '';
  a.tabIndex = -1;
  group.textContent = place.group;
  a.append(...(place.icon ? [place.icon] : []), place.text, group);
  li.append(a);
  return li;
}

function palette() {
  const box = document.getElementById('palette-dialog').content.firstElementChild.cloneNode(true);
  const input = box.querySelector('input'), list = box.querySelector('ul'), search = box.querySelector('form');
  const all = places();
  let at = 0;
  const mark = (to) => {
    const items = list.children;
    at = (to + items.length) % items.length || 0;
    [...items].forEach((li, i) => li.setAttribute('aria-selected', String(i === at)));
    items[at]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', items[at]?.id ?? '');
  };
  const fill = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter((p) => words.every((w) => `${p.text} ${p.group}`.toLowerCase().includes(w)));
    // Searched by POST: what is typed may be a code, which belongs into no address.
    if (words.length > 0) found.push({ text: `Search for “${input.value.trim()}”`, href: search.action, group: '', search: true });
    list.replaceChildren(...found.map(entry));
    mark(0);
  };
  input.addEventListener('input', fill);
  box.addEventListener('keydown', (e) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      mark(at + (e.key === 'ArrowDown' ? 1 : -1));
    }
  });
  search.addEventListener('submit', (e) => {
    const a = list.children[at]?.querySelector('a');
    if (a?.dataset.search !== undefined) return;
    e.preventDefault();
    box.close();
    a?.click();
  });
  list.addEventListener('click', (e) => {
    if (e.target.closest('a')?.dataset.search === undefined) return box.close();
    e.preventDefault();
    search.submit();
  });
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  fill();
  input.focus();
}

document.addEventListener('keydown', (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k' && document.getElementById('palette-dialog')) {
    e.preventDefault();
    if (!document.querySelector('dialog.palette')) palette();
    return;
  }
  if (e.key === '/' && !e.ctrlKey && !e.metaKey && !e.altKey && !typing(e.target)) {
    const find = document.querySelector('.top .find input');
    if (find) {
      e.preventDefault();
      find.select();
      find.focus();
    }
  }
});
