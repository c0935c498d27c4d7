// What the other modules share: finding parts on every new page, and showing a page that was fetched.

// eachPage runs f now and again after show has replaced the page.
export function eachPage(f) {
  f();
  document.addEventListener('page:shown', f);
}

// parse turns the text of a reply into a document; nothing in it runs.
export function parse(text) {
  return new DOMParser().parseFromString(text, 'text/html');
}

const sheet = (doc) => doc.querySelector('link[rel=stylesheet]')?.getAttribute('href');

// show puts a fetched page in place of this one, as following a link would. A page of another look,
// such as the sign-in, is asked for anew.
export function show(doc, url) {
  if (sheet(doc) !== sheet(document)) {
    location.assign(url);
    return;
  }
  document.title = doc.title;
  document.body.replaceWith(document.adoptNode(doc.body));
  if (url !== location.href) history.pushState({ shown: true }, '', url);
  scrollTo(0, 0);
  document.dispatchEvent(new Event('page:shown'));
  document.querySelector('main')?.focus({ preventScroll: true });
}

addEventListener('popstate', () => location.reload());

// say tells people who listen to the page rather than see it.
export function say(text) {
  let box = document.getElementById('said');
  if (!box) {
    box = document.createElement('div');
    box.id = 'said';
    box.className = 'sr';
    box.setAttribute('role', 'status');
    document.body.append(box);
  }
  box.textContent = '';
  requestAnimationFrame(() => { box.textContent = text; });
}
