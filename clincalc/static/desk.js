// Desk only; every form works without it. Guards words that are not saved yet, and says so.
(() => {
  const form = document.querySelector('[data-edits]'), state = document.querySelector('[data-save-state]');
  const first = document.querySelector('[role=alert][tabindex]');
  if (first) first.focus();
  if (!form || !state) return;
  let dirty = false;
  const say = (name, words) => { state.dataset.state = name; state.textContent = words; };
  form.addEventListener('input', () => { if (!dirty) { dirty = true; say('typing', 'Not saved yet'); } });
  form.addEventListener('submit', () => { dirty = false; say('typing', 'Saving'); });
  addEventListener('offline', () => { if (dirty) say('offline', 'Not saved: no connection. Your words are kept here.'); });
  addEventListener('online', () => { if (dirty) say('typing', 'Not saved yet'); });
  addEventListener('beforeunload', (e) => { if (dirty) e.preventDefault(); });
})();
