// Desk only; every form works without it. Guards words that are not saved yet, and says so.
(() => {
  const form = document.querySelector('[data-edits]'), state = document.querySelector('[data-save-state]');
  const first = document.querySelector('[role=alert][tabindex]');
  if (first) first.focus();
  if (!form || !state) return;
  let dirty = 'unsaved' in form.dataset;
  const lost = 'Not saved: no connection. Your words are kept here.';
  const say = (name, words) => { state.dataset.state = name; state.textContent = words; };
  form.addEventListener('input', () => { if (!dirty || state.dataset.state === 'saved') say('typing', 'Not saved yet'); dirty = true; });
  form.addEventListener('submit', (e) => {
    if (!navigator.onLine) { e.preventDefault(); say('offline', lost); return; }
    dirty = false;
    say('typing', 'Saving');
  });
  document.querySelectorAll('[data-drops]').forEach((link) => link.addEventListener('click', () => { dirty = false; }));
  addEventListener('pageshow', (e) => { if (e.persisted) say('typing', 'Not saved yet'); });
  addEventListener('offline', () => { if (dirty) say('offline', lost); });
  addEventListener('online', () => { if (dirty) say('typing', 'Not saved yet'); });
  addEventListener('beforeunload', (e) => { if (dirty) e.preventDefault(); });
})();
