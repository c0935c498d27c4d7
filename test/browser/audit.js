(() => {
  const problems = [];
  const report = (e, text) => problems.push(`${text}: ${e.outerHTML.replace(/\s+/g, " ").slice(0, 140)}`);
  const all = selector => [...document.querySelectorAll(selector)];
  const shown = e => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1;
  };

  // The document as a whole.
  if (!document.title.trim()) problems.push("the document has no title");
  if (!document.documentElement.lang) problems.push("the document does not say its language");
  for (const one of ["main", "h1"]) {
    const n = all(one).filter(e => e.checkVisibility()).length;
    if (n !== 1) problems.push(`the document has ${n} <${one}>, not one`);
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) problems.push(`the page is ${wide} pixels too wide`);

  // References and names.
  const ids = new Set();
  for (const e of all("[id]")) {
    if (ids.has(e.id)) report(e, "another element has this id");
    ids.add(e.id);
  }
  for (const name of ["for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget"]) {
    for (const e of all(`[${name}]`)) {
      for (const id of e.getAttribute(name).split(/\s+/)) {
        if (id && !ids.has(id)) report(e, `${name} names nothing`);
      }
    }
  }
  const words = e => (e?.textContent ?? "").trim();
  const named = e =>
    e.getAttribute("aria-label") || e.title || [...(e.labels ?? [])].map(words).join("") || words(e) ||
    (e.getAttribute("aria-labelledby") ?? "").split(/\s+/).map(id => words(document.getElementById(id))).join("") ||
    [...e.querySelectorAll("img[alt]")].map(i => i.alt).join("");
  for (const e of all("input:not([type=hidden]), select, textarea, button, a[href], summary, [role=img], dialog, nav, table, iframe")) {
    if (!named(e)) report(e, "it has no name");
  }
  for (const e of all("img:not([alt])")) report(e, "it has no text instead");

  // Contrast (WCAG 2.2, 1.4.3). A canvas knows every way to write a colour.
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const colours = new Map();
  const rgba = text => {
    if (!colours.has(text)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = text;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      colours.set(text, [r, g, b, a / 255]);
    }
    return colours.get(text);
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const luminance = ([r, g, b]) => [r, g, b]
    .map(c => c / 255)
    .map(c => (c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ratio = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
  };
  // All that may be behind an element: a gradient has several colours.
  const behind = e => {
    if (!e) return [rgba(getComputedStyle(document.documentElement).colorScheme.startsWith("dark") ? "#121212" : "#fff")];
    const style = getComputedStyle(e), own = rgba(style.backgroundColor);
    const gradient = (style.backgroundImage.match(/(rgba?|color|oklch|oklab|lab|lch)\([^()]*\)/g) ?? []).map(rgba);
    if (gradient.length) return gradient;
    return own[3] === 1 ? [own] : behind(e.parentElement).map(b => over(own, b));
  };
  const opacity = e => (e ? getComputedStyle(e).opacity * opacity(e.parentElement) : 1);
  const read = (e, style, colour = style.color) => {
    if (e.closest(":disabled, [aria-disabled=true], .sr, [inert]") || !shown(e)) return;
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const [r, g, b, a] = rgba(colour);
    for (const back of behind(e)) {
      const got = ratio(over([r, g, b, a * opacity(e)], back), back);
      if (got < (large ? 3 : 4.5)) return report(e, `contrast ${got.toFixed(2)}`);
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), seen = new Set();
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.nodeValue.trim() || seen.has(e) || e.matches("script, style, noscript, option, template")) continue;
    seen.add(e);
    read(e, getComputedStyle(e));
  }
  for (const e of all("input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select")) {
    read(e, getComputedStyle(e));
    if (e.placeholder && !e.value) read(e, getComputedStyle(e), getComputedStyle(e, "::placeholder").color);
  }

  // Targets (2.5.8): 24 pixels each way, or that far from the next, or in running text.
  const scrolled = scrollY;
  scrollTo(0, 0); // where what sticks to an edge covers nothing
  const layer = e => e.closest(":modal, :popover-open, details[open] > :not(summary)");
  const targets = all("a[href], button, summary, select, input:not([type=hidden])")
    .filter(e => shown(e) && getComputedStyle(e).display !== "inline").map(e => [e, e.getBoundingClientRect()]);
  for (const [e, box] of targets) {
    if (box.width >= 24 && box.height >= 24) continue;
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const near = targets.some(([o, b]) => o !== e && !o.contains(e) && !e.contains(o) && layer(o) === layer(e) &&
      Math.hypot(Math.max(b.left - x, 0, x - b.right), Math.max(b.top - y, 0, y - b.bottom)) < 12);
    if (near) report(e, `only ${Math.round(box.width)} by ${Math.round(box.height)} pixels to hit, close to the next`);
  }
  scrollTo(0, scrolled);
  return problems;
})()
