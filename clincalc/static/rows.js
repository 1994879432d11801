// Desk only; every form works without it. In the rows of a dose Enter goes on in the next row, or asks for one, and the
// arrows go to the same box of the row above and below. A choice keeps its own arrows.
(() => {
  const at = (box) => { const fold = box.closest('details'); if (fold) fold.open = true; box.focus(); if (box.select) box.select(); };
  addEventListener('keydown', (e) => {
    const box = e.target, list = box.closest && box.closest('.doseform .rows');
    if (!list || !['Enter', 'ArrowUp', 'ArrowDown'].includes(e.key) || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.isComposing) return;
    if (!box.matches('input') && !(e.key === 'Enter' && box.matches('select'))) return;
    const rows = [...list.querySelectorAll(':scope > .rows-row')], here = rows.findIndex((row) => row.contains(box));
    const next = rows[here + (e.key === 'ArrowUp' ? -1 : 1)], name = box.name.slice(box.name.lastIndexOf('-'));
    e.preventDefault();
    if (next) at(e.key === 'Enter' ? next.querySelector('input') : next.querySelector(`[name$="${name}"]`));
    else if (e.key === 'Enter') {
      const says = [...rows[here].querySelectorAll('input')].some((one) => one.value.trim());
      const after = [...box.form.querySelectorAll('input.input, textarea.input, select.input')].find((one) => list.compareDocumentPosition(one) & 4 && !list.contains(one) && one.checkVisibility());
      const more = list.querySelector(':scope > p > [name=more]');
      if (says && more) more.click(); else if (after) at(after);
    }
  });
})();
