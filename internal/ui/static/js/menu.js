// Menus: places popovers where the browser cannot do it itself, and closes <details> menus.
const placed = CSS.supports('position-area: bottom');

document.addEventListener('toggle', (e) => {
  const menu = e.target;
  if (placed || e.newState !== 'open' || !menu.matches?.('.menu[popover]')) return;
  const button = document.querySelector(`[popovertarget="${menu.id}"]`)?.getBoundingClientRect();
  if (!button) return;
  const box = menu.getBoundingClientRect();
  const below = button.bottom + 4 + box.height < innerHeight;
  menu.style.top = `${below ? button.bottom : Math.max(4, button.top - box.height - 8)}px`;
  menu.style.left = `${Math.max(4, Math.min(button.right - box.width, innerWidth - box.width - 4))}px`;
}, true);

document.addEventListener('click', (e) => {
  for (const drop of document.querySelectorAll('details.drop[open]')) {
    if (!drop.contains(e.target)) drop.open = false;
  }
});

document.addEventListener('keydown', (e) => {
  if (e.key === 'Escape') {
    const drop = document.querySelector('details.drop[open]');
    if (drop) {
      drop.open = false;
      drop.querySelector('summary').focus();
    }
  }
  if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
  const items = [...(document.activeElement?.closest('.menu')?.querySelectorAll('a, button') ?? [])];
  if (items.length === 0 || document.activeElement.matches('input, select, textarea')) return;
  e.preventDefault();
  const step = e.key === 'ArrowDown' ? 1 : items.length - 1;
  items[(items.indexOf(document.activeElement) + step) % items.length].focus();
});

document.addEventListener('toggle', (e) => {
  if (e.target.matches?.('details.drop[open]')) e.target.querySelector('.menu input, .menu select')?.focus();
}, true);
