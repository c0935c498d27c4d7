// Live parts. data-progress-url: a job's progress, by EventSource when data-progress-stream names
// one, else by asking. data-live-url: reloads the page's content when its version has changed.
import { eachPage, parse } from './page.js';

const quick = 1000, slow = 15000;

// poll asks url again and again until f says it is done; failures slow it down.
function poll(element, url, every, f) {
  let wait = every;
  const ask = async () => {
    if (!element.isConnected) return;
    if (!document.hidden) {
      try {
        const reply = await fetch(url, { headers: { Accept: 'application/json' } });
        if (!reply.ok) throw new Error(reply.status);
        wait = every;
        if (f(await reply.json()) === 'done') return;
      } catch {
        wait = Math.min(wait * 2, slow);
      }
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, every);
}

function progress(element, state) {
  const bar = element.querySelector('progress');
  if (state.total > 0) {
    bar.max = state.total;
    bar.value = state.done;
  }
  element.querySelector('[data-note]').textContent = state.note ?? '';
  const percent = element.querySelector('[data-percent]');
  if (percent && state.total > 0) percent.textContent = `${Math.floor((100 * state.done) / state.total)} %`;
  if (!state.finished) return '';
  if (element.dataset.reload !== undefined) refresh();
  return 'done';
}

// refresh fetches this page again and changes its content in place.
async function refresh() {
  const reply = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!reply.ok || reply.redirected) {
    location.reload();
    return;
  }
  const fresh = parse(await reply.text()).querySelector('main');
  const old = document.querySelector('main');
  if (!fresh || !old || old.contains(document.activeElement?.closest('form'))) return;
  old.replaceWith(document.adoptNode(fresh));
  document.dispatchEvent(new Event('page:shown'));
}

function watch(element) {
  element.dataset.watched = '';
  const { progressUrl, progressStream, liveUrl } = element.dataset;
  if (progressStream && 'EventSource' in window) {
    const source = new EventSource(progressStream);
    source.addEventListener('progress', (e) => {
      if (!element.isConnected || progress(element, JSON.parse(e.data)) === 'done') source.close();
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED && progressUrl) poll(element, progressUrl, quick, (s) => progress(element, s));
    });
  } else if (progressUrl) {
    poll(element, progressUrl, quick, (s) => progress(element, s));
  } else if (liveUrl) {
    poll(element, liveUrl, 3 * quick, (s) => {
      if (String(s.version) === element.dataset.liveVersion) return '';
      refresh();
      return 'done';
    });
  }
}

eachPage(() => {
  document.querySelectorAll('[data-progress-url]:not([data-watched]), [data-live-url]:not([data-watched])').forEach(watch);
});
