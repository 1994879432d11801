// Desk only, after desk.js, and only beside htmx: every part that is open and not saved yet, in one change set. Without it each part has
// its own Save. Ctrl+S (or Cmd+S) saves all that is not saved yet, Ctrl+Enter the part that
// somebody is in, and goes on at the next gap.
(() => {
  const all = () => document.getElementById('save-all');
  const open = () => [...document.querySelectorAll('form[data-edits][data-part]')];
  // What is on its way by its own button is not sent a second time.
  const unsaved = () => open().filter((form) => 'unsaved' in form.dataset && ('sent' in form.dataset || !form.hasAttribute('aria-busy')));
  const says = (words) => { all().querySelector('[data-says]').textContent = words; };
  const hold = (is) => unsaved().forEach((form) => {
    window.desk.holds(form, is);
    form.toggleAttribute('data-sent', is);
    form.dispatchEvent(new CustomEvent('desk:sent', { detail: { is } }));
  });
  const count = () => {
    if (!all() || !window.htmx) return;
    const several = unsaved().length;
    const tells = 'held' in all().dataset;
    if (several > 1 && !tells) says(`${several} parts are not saved yet.`);
    all().hidden = several < (tells ? 1 : 2);
  };
  let waits = 0, again = false, busy = false;
  const soon = () => { clearTimeout(waits); waits = setTimeout(count, 50); };
  addEventListener('input', soon);
  addEventListener('click', soon);
  addEventListener('htmx:afterSettle', (e) => { if (e.detail.elt !== all() && !(all() && all().contains(document.activeElement))) soon(); });
  addEventListener('keydown', (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey || e.key.toLowerCase() !== 's' || !all()) return;
    e.preventDefault();
    const forms = unsaved(), clash = forms.find((form) => form.querySelector('[name=over]'));
    if (forms.length > 1 && window.htmx) all().requestSubmit();
    // Whose words stand in the end is said by a button of that part alone.
    else if (clash) clash.closest('.editpart').querySelector('[role=alert]').focus();
    else {
      // One that was filled in for whoever is in it has nothing typed into it, and is saved as well.
      const form = forms[0] || document.activeElement.closest('form[data-edits][data-part^="new-"]:not([aria-busy])');
      if (form) form.requestSubmit(form.querySelector('button:not([name])'));
    }
  });
  addEventListener('keydown', (e) => {
    const form = (e.ctrlKey || e.metaKey) && !e.defaultPrevented && e.key === 'Enter' && e.target.closest('form[data-edits][data-part]');
    if (!form || form.hasAttribute('aria-busy') || form.querySelector('[name=over]')) return;
    e.preventDefault();
    (form.querySelector('button[name=next]') || form.querySelector('button:not([name])')).click();
  });
  addEventListener('htmx:configRequest', (e) => {
    if (e.target !== all()) return;
    unsaved().forEach((form, number) => {
      for (const [name, value] of new FormData(form)) if (!['csrfmiddlewaretoken', 'act', 'whose', 'kept'].includes(name)) e.detail.formData.append(`${number}.${name}`, value);
      e.detail.formData.append(`${number}.part`, form.dataset.part);
    });
  });
  addEventListener('htmx:beforeRequest', (e) => {
    if (e.target !== all()) return;
    if (busy) { e.preventDefault(); return; }
    busy = true;
    says('Saving');
    hold(true);
  });
  addEventListener('htmx:afterRequest', (e) => { if (e.detail.requestConfig && e.detail.requestConfig.elt.id === 'save-all') busy = false; });
  addEventListener('htmx:sendError', (e) => { if (e.target === all()) { hold(false); says(window.desk.lost); } });
  // Whoever was signed out signs in in another window and saves again: what is typed stays on this page.
  addEventListener('htmx:beforeSwap', async (e) => {
    if (e.detail.requestConfig.elt !== all()) return;
    if (e.detail.xhr.getResponseHeader('X-Part')) { again = false; return; }
    e.detail.shouldSwap = false;
    hold(false);
    if (e.detail.xhr.status !== 403 && e.detail.xhr.status >= 400) { says(window.desk.unanswered); return; }
    says('Not saved: sign in again in another window, then save again. Your words are kept here.');
    try {
      const page = new DOMParser().parseFromString(await (await fetch(all().action.replace(/all\/$/, ''))).text(), 'text/html').getElementById('save-all');
      if (!page) return;
      if (page.dataset.person !== all().dataset.person) { says('Not saved: somebody else is signed in here now. Copy your words before you leave this page.'); return; }
      all().elements.csrfmiddlewaretoken.value = page.elements.csrfmiddlewaretoken.value;
      says('Not saved: you had been signed out. Save again.');
      if (again || busy) return;
      again = true;
      all().requestSubmit();
    } catch { /* no connection: said so already */ }
  });
  // Where somebody goes on: at what was held back, else at what was said.
  addEventListener('htmx:afterSettle', (e) => {
    if (!e.detail.requestConfig || e.detail.requestConfig.elt.id !== 'save-all') return;
    const at = document.querySelector('form[data-edits] [role=alert][tabindex], .editpart-open [role=alert][tabindex]') || document.querySelector('.editpart [role=status][tabindex]');
    if (at) at.focus();
  });
})();
