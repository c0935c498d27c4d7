// What a page says about the form before it, its address asks for by "done". It is said once: not
// again when the page is reloaded or come back to.
import { eachPage } from './page.js';

eachPage(() => {
  const url = new URL(location.href);
  if (!url.searchParams.has('done')) return;
  url.searchParams.delete('done');
  history.replaceState(history.state, '', url);
});
