// Desk only; every form works without it. Moves a part of the one page by its buttons or by its handle, and keeps the page.
(() => {
  const send = (form, name, value) => {
    const button = document.createElement('button');
    Object.assign(button, { name, value, hidden: true });
    form.append(button);
    form.requestSubmit(button);
    button.remove();
  };
  // A press while the one before is under way waits for its answer: the keys are quicker than the server. The newest waits alone.
  let waiting = null;
  addEventListener('submit', (e) => {
    const form = e.target;
    if (!form.matches('form[data-sorts]') || !window.htmx) return;
    e.preventDefault();
    const { name, value } = e.submitter;
    if (form.hasAttribute('aria-busy')) { waiting = { form, name, value }; return; }
    form.setAttribute('aria-busy', 'true');
    const free = () => {
      form.removeAttribute('aria-busy');
      const next = waiting;
      waiting = null;
      const now = next && document.getElementById(next.form.id);
      if (now) send(now, next.name, next.value);
    };
    window.htmx.ajax('POST', form.getAttribute('action'), { source: form, event: e, swap: 'none', values: { [name]: value } }).then(free, free);
  });
  addEventListener('htmx:sendError', (e) => {
    if (!e.target.matches('form[data-sorts]')) return;
    waiting = null;
    document.getElementById('sorted').textContent = 'Not moved: no connection. Press it again.';
  });
  // Parts are moved as they are: what is being typed in one of them stays.
  addEventListener('desk:order', (e) => {
    const { keys, focus } = e.detail;
    const rows = keys.map((key) => document.getElementById(`part-${key}`)).filter(Boolean);
    const now = [...rows].sort((a, b) => a.compareDocumentPosition(b) & 4 ? -1 : 1);
    if (rows.some((row, at) => row !== now[at])) {
      const end = now.at(-1).nextElementSibling;
      rows.forEach((row) => row.parentElement.insertBefore(row, end));
    }
    const at = document.getElementById(focus);
    if (at) at.focus();
  });

  // By pointer: what is held is put before or behind the part it is let go over. Escape leaves it where it is.
  let held = null;
  const drop = () => {
    if (!held) return;
    held.rows.forEach((row) => { delete row.dataset.drop; });
    delete held.row.dataset.held;
    held = null;
  };
  const over = (y) => {
    const others = held.rows.filter((row) => row !== held.row);
    const next = others.find((row) => { const box = row.getBoundingClientRect(); return y < box.top + box.height / 2; });
    return { next, last: others.at(-1) };
  };
  addEventListener('pointerdown', (e) => {
    const grip = e.target.closest('[data-grip]');
    if (!grip || e.button || !window.htmx) return;
    const row = grip.closest('.editpart'), form = row.querySelector('[name=up]').form;
    const rows = [...form.querySelectorAll('[name=seen]')].map((one) => document.getElementById(`part-${one.value}`));
    if (rows.includes(null)) return;
    e.preventDefault();
    grip.setPointerCapture(e.pointerId);
    row.dataset.held = '';
    held = { row, rows, form };
  });
  addEventListener('pointermove', (e) => {
    if (!held) return;
    if (e.clientY < 80) scrollBy(0, -16);
    if (e.clientY > innerHeight - 60) scrollBy(0, 16);
    const { next, last } = over(e.clientY);
    held.rows.forEach((row) => { delete row.dataset.drop; });
    if (next) next.dataset.drop = 'before'; else last.dataset.drop = 'behind';
  });
  addEventListener('pointerup', (e) => {
    if (!held) return;
    const { row, rows, form } = held, { next } = over(e.clientY);
    const after = rows[rows.indexOf(row) + 1];
    drop();
    const key = (one) => one ? one.id.slice('part-'.length) : '';
    if (next !== after) send(form, 'put', `${key(row)}/${key(next)}`);
  });
  addEventListener('pointercancel', drop);
  addEventListener('keydown', (e) => { if (e.key === 'Escape') drop(); });
})();
