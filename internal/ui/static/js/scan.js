// The till's camera: where the browser can read codes in pictures, a button with data-scan
// fills the field it names and sends its form.
import { eachPage } from './page.js';

async function scan(button) {
  const field = document.getElementById(button.dataset.scan);
  const video = document.getElementById(button.dataset.video);
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const stop = () => {
    for (const t of stream.getTracks()) t.stop();
    video.hidden = true;
    video.srcObject = null;
  };
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const reader = new BarcodeDetector();
  const look = async () => {
    if (video.hidden || !video.isConnected) return stop();
    const [found] = await reader.detect(video).catch(() => []);
    if (!found) return requestAnimationFrame(look);
    stop();
    field.value = found.rawValue;
    field.form.requestSubmit();
  };
  button.onclick = () => { stop(); button.onclick = null; };
  look();
}

document.addEventListener('click', (e) => {
  const button = e.target.closest('[data-scan]');
  if (button && !button.onclick) scan(button).catch(() => { button.hidden = true; });
});

eachPage(() => {
  for (const b of document.querySelectorAll('[data-scan]')) b.hidden = !('BarcodeDetector' in window && navigator.mediaDevices);
  // A hand scanner types wherever the focus is; keep it in the field.
  const field = document.querySelector('[data-keep-focus]');
  field?.focus();
});
