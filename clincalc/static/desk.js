// Desk only; every form works without it. Guards words that are not saved yet, says so, and, where htmx is there, lets
// several parts of a page be open side by side.
(() => {
  const lost = 'Not saved: no connection. Your words are kept here.', unanswered = 'Not saved: this was not answered as it should be. Your words are kept here. Try again.';
  const forms = () => [...document.querySelectorAll('form[data-edits]')];
  const unsaved = (form) => 'unsaved' in form.dataset;
  const say = (form, name, words) => { const at = form.querySelector('[data-save-state]'); if (at) { at.dataset.state = name; at.textContent = words; } };
  // Where somebody goes on in a part that came: at what stands against it, in the box that they asked for, in the one
  // that comes first to whoever writes it, or in its first box for words.
  let wanted = '';
  const goOn = (part) => {
    const box = wanted && part.querySelector(`[name="${wanted}"]`);
    wanted = '';
    const at = part.querySelector('[role=alert][tabindex]') || box || part.querySelector('form[data-edits]:not([data-unsaved]) [data-first]') || part.querySelector('form[data-edits]:not([data-unsaved]) textarea, form[data-edits]:not([data-unsaved]) input.input') || part.querySelector('[autofocus]');
    if (at) at.focus();
  };
  const alerted = document.querySelector('[role=alert][tabindex]');
  if (alerted) alerted.focus();
  addEventListener('input', (e) => {
    const form = e.target.closest('form[data-edits]');
    if (!form) return;
    if (!unsaved(form)) say(form, 'typing', 'Not saved yet');
    form.dataset.unsaved = '';
  });
  // What is said beside a box is said of what stood in it: once that changes, it says so, until a save judges it again.
  addEventListener('input', (e) => {
    const bad = e.target.closest('.field-bad:not([data-was])');
    if (!bad) return;
    bad.dataset.was = '';
    [bad, ...bad.querySelectorAll('[id]')].forEach((one) => {
      one.removeAttribute('aria-invalid');
      document.querySelectorAll(`.errors a[href="#${CSS.escape(one.id)}"]`).forEach((link) => { link.dataset.was = ''; });
    });
  });
  addEventListener('submit', (e) => {
    const form = e.target;
    if (form.matches('[data-sends]') && forms().some(unsaved)) {
      e.preventDefault();
      form.parentElement.querySelector('[role=status]').textContent = 'Not sent: save what you typed first, or close it without saving.';
      return;
    }
    if (!form.matches('form[data-edits]')) return;
    if (form.hasAttribute('aria-busy')) { e.preventDefault(); e.stopPropagation(); return; }
    if (!navigator.onLine) { e.preventDefault(); e.stopPropagation(); say(form, 'offline', lost); return; }
    if (form.hasAttribute('data-hx-post') && window.htmx) return;
    delete form.dataset.unsaved;
    say(form, 'typing', 'Saving');
  }, true);
  addEventListener('click', (e) => {
    const drops = e.target.closest('[data-drops]'), opens = e.target.closest('[data-opens]');
    if (drops && !(window.htmx && drops.hasAttribute('data-hx-get'))) forms().filter((form) => form.closest('.editpart') === drops.closest('.editpart')).forEach((form) => delete form.dataset.unsaved);
    const link = opens && window.htmx && document.getElementById(opens.dataset.opens);
    if (link) { e.preventDefault(); wanted = opens.dataset.at || ''; link.click(); }
    if (window.htmx && e.target.closest('[data-begins]')) { e.preventDefault(); begin([...document.querySelectorAll('a[data-gap]')]); }
  });
  // What the page lacks is opened one after the other; whoever asked for it begins at the first.
  const begin = async (links) => {
    for (const link of links) await window.htmx.ajax('GET', link.dataset.hxGet, { target: link.closest('.editpart-gap'), swap: 'beforebegin' });
    if (links.length) setTimeout(() => goOn(links[0].closest('.editplace').querySelector('.editpart-open:has(form[data-part^="new-"])')), 100); // after the last has settled
  };
  addEventListener('pageshow', (e) => { if (e.persisted) forms().forEach((form) => say(form, 'typing', 'Not saved yet')); });
  addEventListener('offline', () => forms().filter(unsaved).forEach((form) => say(form, 'offline', lost)));
  addEventListener('online', () => forms().filter(unsaved).forEach((form) => say(form, 'typing', 'Not saved yet')));
  addEventListener('beforeunload', (e) => { if (forms().some(unsaved)) e.preventDefault(); });

  // Parts of the page. What is no part (a sign-in, a refusal of the desk) is asked for as a page, with all that was typed.
  const form = (e) => e.target.closest('form[data-edits]');
  const isPreview = (e) => e.detail.elt.classList.contains('preview');
  // What is sent is what is answered: until then nothing more is typed into it.
  // A choice knows no readOnly: it is disabled, once what it says was read.
  const holds = (form, is) => { form.querySelectorAll('input, textarea').forEach((box) => { box.readOnly = is; }); form.querySelectorAll('select').forEach((box) => { box.disabled = is; }); form.toggleAttribute('aria-busy', is); };
  window.desk = { holds, lost, unanswered }; // for what saves several of them (save_all.js)
  addEventListener('htmx:beforeRequest', (e) => { if (e.target.matches('form[data-edits]')) { say(e.target, 'typing', 'Saving'); holds(e.target, true); } });
  addEventListener('htmx:sendError', (e) => { if (e.target.matches('form[data-edits]')) { say(e.target, 'offline', lost); holds(e.target, false); } });
  addEventListener('htmx:beforeSwap', (e) => {
    const answer = e.detail.xhr, asked = e.detail.requestConfig;
    if (answer.getResponseHeader('X-Part') || asked.elt.id === 'save-all') return;
    e.detail.shouldSwap = false;
    if (isPreview(e)) return;
    const whole = asked.elt.closest('form');
    if (whole && asked.verb !== 'get' && (answer.status >= 500 || [400, 408, 413, 429].includes(answer.status))) {
      say(whole, 'offline', unanswered);
      holds(whole, false);
      whole.dispatchEvent(new CustomEvent('desk:sent', { detail: { is: false } }));
      return;
    }
    if (asked.verb === 'get') {
      if (asked.elt.matches('[data-drops]')) forms().filter((form) => form.contains(asked.elt) || form.closest('.editpart') === asked.elt.closest('.editpart')).forEach((form) => delete form.dataset.unsaved);
      location.assign(asked.path);
      return;
    }
    if (!whole) return;
    const pressed = asked.triggeringEvent && asked.triggeringEvent.submitter;
    delete whole.dataset.unsaved;
    holds(whole, false);
    if (pressed && pressed.name) { const more = document.createElement('input'); more.type = 'hidden'; more.name = pressed.name; more.value = pressed.value; whole.append(more); }
    HTMLFormElement.prototype.submit.call(whole);
  });
  // A part that somebody is writing in stays as it is, but for what was sent.
  addEventListener('htmx:oobBeforeSwap', (e) => { if (e.detail.target.querySelector && e.detail.target.querySelector('form[data-edits]:not([data-sent])')) e.detail.shouldSwap = false; });
  addEventListener('htmx:afterSettle', (e) => {
    const at = e.detail.elt;
    if (!at || !at.matches) return;
    const writes = document.activeElement.closest('form[data-edits]'); // somebody who went on meanwhile stays where they are
    if (writes && !at.querySelector('form[data-edits]') && !at.contains(writes)) return;
    if (at.matches('.editpart')) goOn(at);
    else if (at === e.detail.target && at.matches('.editpart-gap')) goOn(at.previousElementSibling); // a new part came before it
  });
  addEventListener('desk:spent', (e) => {
    const lines = document.querySelector('[data-kept-lines]');
    if (!lines) return;
    lines.querySelectorAll('[data-kept]').forEach((line) => { if (e.detail.value.includes(line.dataset.kept)) line.remove(); });
    if (!lines.querySelector('[data-kept]')) lines.remove();
  });
  // Whoever closes a part goes on at its link; whoever gives up a new one, at the link that opened it.
  addEventListener('htmx:beforeRequest', (e) => {
    if (!e.target.matches('[data-drops]')) return;
    const part = e.target.closest('.editpart'), place = part.parentElement, id = part.id.replace('part-', 'open-');
    const back = (tries) => {
      if (document.contains(e.target)) { if (tries) setTimeout(back, 50, tries - 1); return; }
      const at = document.getElementById(id === 'header' ? 'open-header' : id) || place.querySelector('.editpart-gap a');
      if (at && document.activeElement === document.body) at.focus();
    };
    back(100);
  });
  // Enter in a line chooses no side of a clash.
  addEventListener('keydown', (e) => { if (e.key === 'Enter' && e.target.matches('form[data-edits] input') && e.target.form.querySelector('[name=over]')) e.preventDefault(); });
  addEventListener('desk:open', (e) => { const link = document.getElementById(e.detail.value); if (link) link.click(); });
})();
