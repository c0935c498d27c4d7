(() => {
  const norm = s => (s ?? "").replace(/\s+/g, " ").trim();
  const found = value => ({ Value: value, Problem: "" });
  const problem = text => ({ Problem: text });

  // While a modal dialog is open, the rest of the page is out of reach.
  const top = () => [...document.querySelectorAll("dialog:modal")].pop() ?? document.body ?? document.documentElement;
  const visible = e => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height > 0;
  };
  const innermost = list => list.filter(e => !list.some(o => o !== e && e.contains(o)));
  const all = (root, selector) => [...root.querySelectorAll(selector)].filter(visible);

  // Styles may change the case of what is shown, so the text as written counts too.
  const written = e => {
    const parts = [];
    const walk = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const parent = walk.currentNode.parentElement;
      if (parent?.checkVisibility({ visibilityProperty: true })) parts.push(walk.currentNode.nodeValue);
    }
    return parts;
  };
  const says = (e, text) =>
    [e.innerText, written(e).join(""), written(e).join(" ")].some(s => norm(s).includes(norm(text)));
  const names = e => {
    const button = e.matches("input") && ["submit", "button", "reset"].includes(e.type);
    const images = [...e.querySelectorAll("img[alt], svg[aria-label]")].map(i => i.alt ?? i.getAttribute("aria-label"));
    return [e.innerText, written(e).join(""), button ? e.value : "", e.getAttribute("aria-label"), e.title, ...images].map(norm);
  };

  const clickable = "a[href], button, summary, label, input[type=submit], input[type=button], input[type=reset]," +
    "[role=button], [role=link], [role=menuitem], [role=tab], [role=option], [role=switch]";
  const container = "tr, li, article, section, fieldset, form, details, [role=row], [role=listitem], [role=group]";

  const scope = text => {
    if (!text) return found(top());
    const around = innermost(all(top(), container).filter(e => says(e, text)));
    if (around.length === 1) return found(around[0]);
    return problem(around.length ? `${around.length} rows or sections show "${text}"` : `no row or section shows "${text}"`);
  };

  const point = e => {
    if (e.disabled || e.getAttribute("aria-disabled") === "true") return problem("it is disabled");
    e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = [...e.getClientRects()].find(r => r.width > 0 && r.height > 0);
    if (!box) return problem("it has no size");
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const hit = document.elementFromPoint(x, y);
    if (hit && (e.contains(hit) || hit.contains(e))) return found({ X: x, Y: y });
    return problem(`it is covered by <${hit ? hit.tagName.toLowerCase() + " class=" + hit.className : "nothing"}>`);
  };
  const only = (list, what) => {
    if (list.length === 0) return problem(`nothing visible is ${what}`);
    const places = new Set(list.map(e => e.href ?? e));
    return places.size > 1 ? problem(`${list.length} visible things are ${what}`) : point(list[0]);
  };

  const control = label => {
    const wanted = norm(label);
    const labels = [...top().querySelectorAll("label")];
    const named = labels.find(l => norm(written(l).join("")) === wanted || norm(l.innerText) === wanted)
      ?? labels.find(l => norm(l.innerText).startsWith(wanted) || norm(written(l).join("")).startsWith(wanted));
    return named?.control ?? [...top().querySelectorAll("input, select, textarea")].find(e =>
      norm(e.getAttribute("aria-label")) === wanted ||
      (e.getAttribute("aria-labelledby") ?? "").split(" ").some(id => id && norm(document.getElementById(id)?.innerText) === wanted)) ?? null;
  };
  const withField = (label, use) => {
    const e = control(label);
    if (!e) return problem(`no field is labelled "${label}"`);
    return e.disabled ? problem(`the field "${label}" is disabled`) : use(e);
  };
  const changed = e => {
    e.dispatchEvent(new Event("input", { bubbles: true }));
    e.dispatchEvent(new Event("change", { bubbles: true }));
    return found(false);
  };

  return {
    control,
    field: label => withField(label, () => found(true)),
    address: () => found(location.href),
    point: (name, text) => {
      const where = scope(text);
      if (where.Problem) return where;
      return only(innermost(all(where.Value, clickable).filter(e => names(e).includes(norm(name)))), `called "${name}"`);
    },
    pointAt: selector => only(all(top(), selector), `found by ${selector}`),
    // Returns whether the value is to be typed into the field, which is then selected.
    fill: (label, value) => withField(label, e => {
      e.focus();
      if (e.matches("select")) {
        const option = [...e.options].find(o => norm(o.text) === norm(value));
        if (!option) return problem(`"${label}" has no option "${value}"`);
        e.value = option.value;
        return changed(e);
      }
      if (["date", "time", "datetime-local", "month", "week", "color", "range"].includes(e.type)) {
        e.value = value;
        return changed(e);
      }
      e.select();
      return found(true);
    }),
    value: label => withField(label, e => {
      if (e.matches("select")) return found(norm(e.selectedOptions[0]?.text));
      return found(["checkbox", "radio"].includes(e.type) ? String(e.checked) : e.value);
    }),
    shows: (text, wanted) => {
      if (document.readyState === "loading") return problem("the page is loading");
      if (says(document.body, text) === wanted) return found(true);
      return problem(wanted ? "the page does not show it" : "the page still shows it");
    },
    text: selector => {
      const e = [...document.querySelectorAll(selector)].find(visible);
      return e ? found(e.innerText.trim()) : problem(`nothing visible is found by ${selector}`);
    },
    texts: selector => found(all(document, selector).map(e => norm(e.innerText))),
  };
})()
