// Desk only; every form works without it. Keeps what is being typed for its person, and says since when; and who else is
// there.
(() => {
  const WAIT = 3000, AGAIN = 15000;
  // Who else has this edition open, and at the part that they write in.
  const tell = (lines) => {
    const said = new Map(lines.map((line) => line.split('\t')));
    document.querySelectorAll('[data-here]').forEach((at) => {
      const words = said.get(at.dataset.here) || '';
      if (at.textContent !== words) at.textContent = words;
    });
  };
  // A page that is looked at says so, and hears of the others; a hidden one does neither, nor one whose person is gone.
  const at = document.getElementById('here');
  if (at) {
    const stay = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(at.dataset.stays, { redirect: 'manual' });
        if (answer.ok) tell((await answer.text()).split('\n'));
        else if (answer.status < 500) clearInterval(every);
      } catch { /* no connection: asked again */ }
    };
    const every = setInterval(stay, 30000);
    addEventListener('visibilitychange', stay);
  }
  // Whoever signed in again in another window has another token: the page is asked for it, and typing goes on. The form
  // says whose it is, so that nobody else's words are kept by it.
  const renew = async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname, { redirect: 'manual' })).text(), 'text/html');
    const token = page.querySelector('[name=csrfmiddlewaretoken]');
    if (token) document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((box) => { box.value = token.value; });
    return Boolean(token);
  };
  const keep = (form) => {
    const state = form.querySelector('[data-save-state]');
    let timer = 0, dirty = false, over = false, renewed = false, asked = new AbortController();
    const body = () => {
      const typed = new URLSearchParams(new FormData(form));
      ['kept', 'password'].forEach((name) => typed.delete(name));
      return typed;
    };
    const stop = () => { clearTimeout(timer); timer = 0; };
    // Whoever types on is kept all the same: a time that runs goes on running.
    const later = (wait) => { if (!timer) timer = setTimeout(send, wait); };
    const states = [state, ...document.querySelectorAll(`[data-beside="${form.id}"]`)];
    const say = (words) => states.forEach((at) => { if (at && !over && at.textContent !== words) at.textContent = words; });
    async function send() {
      timer = 0;
      if (over || !dirty) return;
      dirty = false;
      asked = new AbortController();
      try {
        const answer = await fetch(form.dataset.scratch, { method: 'POST', body: body(), redirect: 'manual', signal: asked.signal });
        if (answer.ok) {
          const [words, ...others] = (await answer.text()).split('\n');
          renewed = false;
          if (!dirty) say(words);
          if (words.startsWith('Kept')) tell(others);
          return;
        }
        if (answer.type === 'opaqueredirect') { say('Not kept: sign in again in another window.'); dirty = true; return; }
        if (answer.status === 403 && !renewed) {
          renewed = dirty = true;
          if (await renew()) { later(0); return; }
        }
        if (answer.status < 500) { say('Not kept: save, or open this page again.'); dirty = true; return; }
      } catch { /* no connection: tried again */ }
      dirty = true;
      later(AGAIN);
    }
    const typed = () => { dirty = true; later(WAIT); };
    form.addEventListener('input', typed);
    // Boxes that stand beside what they are about, and how many of them go with it.
    const beside = [...form.elements].filter((one) => one.matches('textarea') && !form.contains(one));
    const button = form.querySelector('[data-counts]');
    const count = () => {
      const several = beside.filter((one) => one.value.trim()).length;
      if (button) button.textContent = several ? `Send back with ${several} remark${several > 1 ? 's' : ''}` : 'Send back to the editors';
    };
    beside.forEach((one) => one.addEventListener('input', () => { typed(); count(); }));
    form.addEventListener('submit', () => { over = true; stop(); });
    // Sent, or not saved after all: then it is kept at once.
    form.addEventListener('desk:sent', (e) => { over = e.detail.is; stop(); if (over) asked.abort(); else { dirty = true; later(0); } });
    form.addEventListener('htmx:sendError', (e) => { if (e.target === form) { over = false; dirty = true; stop(); later(AGAIN); } });
    addEventListener('pageshow', (e) => { if (e.persisted) over = false; });
    addEventListener('online', () => { if (dirty) { stop(); later(0); } });
    addEventListener('pagehide', () => {
      if (over || !dirty) return;
      dirty = false;
      navigator.sendBeacon(form.dataset.scratch, body());
    });
  };
  const all = (root) => root.querySelectorAll('form[data-scratch]').forEach(keep);
  all(document);
  addEventListener('htmx:load', (e) => { if (e.target !== document.body) all(e.target); });
})();
