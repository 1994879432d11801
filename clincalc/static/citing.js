// Desk only; every form works without it. Citing in a box of words: “[@” or a button lists the sources that fit what is
// typed behind it, and the one that is chosen puts its key there. Above the box stand buttons for the marks of a text.
import Combobox from './vendor/combobox-nav/index.js';
import { InputRange } from './vendor/dom-input-range/input-range.js';

const BEGUN = /\[@([^\]\n]{0,300})$/, WAIT = 150;
const status = document.createElement('p');
status.className = 'vh';
status.setAttribute('role', 'status');
document.body.append(status);

let box = null, start = 0, left = -1; // the box, where its “[@” begins, and that of which the list was closed by hand
let list = null, combobox = null, timer = 0, asked = null, chooses = false;
let waits = null; // where the key of a reference goes that is being added

const typed = () => { const found = box && BEGUN.exec(box.value.slice(0, box.selectionStart)); return found && found.index === start ? found[1] : null; };

// Typed by the browser, so that it can be undone, and seen by whoever listens to the box.
const put = (at, from, to, words) => {
  if (at.readOnly) return;
  at.focus();
  at.setSelectionRange(from, to);
  if (document.execCommand('insertText', false, words)) return;
  at.setRangeText(words, from, to, 'end');
  at.dispatchEvent(new Event('input', { bubbles: true }));
};

const close = () => {
  clearTimeout(timer);
  if (asked) asked.abort();
  if (combobox) combobox.destroy();
  if (list) list.remove();
  list = combobox = asked = null;
  chooses = false;
};

const show = (html) => {
  const eager = chooses;
  close();
  const made = document.createElement('div');
  made.innerHTML = html;
  list = made.firstElementChild;
  const field = box.closest('.field'), edge = field.getBoundingClientRect().top;
  const line = new InputRange(box, start).getBoundingClientRect();
  list.style.top = `${Math.round(Math.min(line.bottom, box.getBoundingClientRect().bottom) - edge) + 4}px`;
  field.append(list);
  combobox = new Combobox(box, list, { tabInsertsSuggestions: false });
  combobox.start();
  // A box of several lines stays one for those who hear it: what it may say beside is which source is active.
  ['role', 'aria-expanded'].forEach((name) => box.removeAttribute(name));
  list.addEventListener('mousedown', (e) => e.preventDefault());
  list.addEventListener('combobox-commit', (e) => choose(e.target));
  status.textContent = list.dataset.said;
  const first = list.querySelector('[role=option]');
  if (first.hasAttribute('data-first')) combobox.navigate(1);
  list.scrollIntoView({ block: 'nearest' });
  if (eager && first.hasAttribute('data-first')) choose(first);
};

const ask = () => {
  clearTimeout(timer);
  if (asked) asked.abort();
  asked = new AbortController();
  const mine = asked;
  timer = setTimeout(async () => {
    const words = typed();
    if (words === null) return;
    try {
      const answer = await fetch(`${box.dataset.cites}?q=${encodeURIComponent(words)}`, { headers: { 'HX-Request': 'true' }, redirect: 'manual', signal: mine.signal });
      if (!answer.headers.has('X-Part')) throw new Error(answer.type);
      const html = await answer.text();
      if (mine === asked && typed() !== null && document.activeElement === box) show(html);
    } catch {
      if (mine !== asked) return;
      close();
      status.textContent = 'Sources cannot be looked for just now. Type the key, as in [@nice2017].';
    }
  }, WAIT);
};

const look = (at) => {
  const found = BEGUN.exec(at.value.slice(0, at.selectionStart));
  if (!found || at.readOnly) { left = -1; close(); return; }
  if (at === box && found.index === left) return;
  left = -1;
  if (at !== box || found.index !== start) close();
  [box, start] = [at, found.index];
  ask();
};

const choose = (option) => {
  const end = box.selectionStart, at = box, from = start;
  close();
  if (option.dataset.key) { put(at, from, end, `[@${option.dataset.key}]`); status.textContent = option.dataset.said || ''; return; }
  left = from;
  find(at, from, end, option.dataset.find);
};

// A form for a new reference, on the same page; its key comes back to where it is cited.
const find = (at, from, to, words) => {
  const link = document.getElementById('add-references-citation');
  if (!link || !window.htmx) return;
  waits = { box: at, from, words: at.value.slice(from, to) };
  status.textContent = 'Looking for it.';
  window.htmx.ajax('GET', `${link.getAttribute('href')}?q=${encodeURIComponent(words)}`, { target: link.closest('.editpart-gap'), swap: 'beforebegin' });
};
addEventListener('desk:cited', (e) => {
  const back = waits;
  waits = null;
  // Only where what was looked for still stands: whoever took it out wants no source there.
  if (!back || !document.contains(back.box) || back.box.value.indexOf(back.words, back.from) !== back.from) return;
  setTimeout(() => put(back.box, back.from, back.from + back.words.length, `[@${e.detail.value}]`));
});

// Whoever closes that form is back where they were.
addEventListener('click', (e) => {
  const closes = waits && e.target instanceof Element && e.target.closest('[data-drops]');
  if (!closes || closes.closest('.editpart').contains(waits.box)) return;
  const at = waits.box;
  waits = null;
  const back = (tries) => { if (!document.contains(closes)) { left = -1; at.focus(); } else if (tries) setTimeout(back, 50, tries - 1); };
  back(100);
});

const cites = (e) => e.target instanceof Element && e.target.matches('textarea[data-cites]');
addEventListener('input', (e) => { if (cites(e) && !e.isComposing) look(e.target); });
addEventListener('compositionend', (e) => { if (cites(e)) look(e.target); });
addEventListener('focusout', (e) => { if (e.target === box) close(); });
addEventListener('keydown', (e) => {
  if (e.target !== box || typed() === null || left === start) return;
  if (e.key === 'Escape') { left = start; close(); e.preventDefault(); e.stopPropagation(); }
  // Faster than the list: what comes first in it is taken when it is there.
  else if (e.key === 'Enter' && !(list && list.querySelector('[aria-selected=true]')) && asked && !(list && !timer)) { chooses = true; e.preventDefault(); }
}, true);

// -- Buttons --------------------------------------------------------------------------------------------------------
const picked = (at) => at.value.slice(at.selectionStart, at.selectionEnd);
const MARKS = {
  'Cite a source': (at) => {
    const from = at.selectionEnd, before = at.value[from - 1];
    put(at, from, from, `${before && !/\s|[([]/.test(before) ? ' ' : ''}[@`);
  },
  'List': (at) => {
    const from = at.value.lastIndexOf('\n', at.selectionStart - 1) + 1, behind = at.value.indexOf('\n', at.selectionEnd), to = behind < 0 ? at.value.length : behind;
    const lines = at.value.slice(from, to).split('\n').map((line) => (/^(- |$)/.test(line) && line ? line : `- ${line}`)).join('\n');
    put(at, from, to, `${/(^|\n\n|\n *- [^\n]*\n)$/.test(at.value.slice(0, from)) ? '' : '\n'}${lines}`);
  },
  'Bold': (at) => {
    const from = at.selectionStart, words = picked(at) || 'words';
    put(at, from, at.selectionEnd, `**${words}**`);
    at.setSelectionRange(from + 2, from + 2 + words.length);
  },
  'Link': (at) => {
    const from = at.selectionStart, words = picked(at) || 'words';
    put(at, from, at.selectionEnd, `[${words}](https://)`);
    at.setSelectionRange(from + words.length + 11, from + words.length + 11);
  },
};
const equip = (at) => {
  const tools = document.createElement('div');
  tools.className = 'tools';
  tools.setAttribute('role', 'group');
  tools.setAttribute('aria-label', `Insert into ${at.labels[0] ? at.labels[0].textContent : 'the text'}`);
  for (const [words, does] of Object.entries(MARKS)) {
    const button = document.createElement('button');
    [button.type, button.className, button.textContent] = ['button', 'btn btn-quiet', words];
    button.addEventListener('click', () => does(at));
    tools.append(button);
  }
  at.before(tools);
};
const all = (root) => root.querySelectorAll('textarea[data-cites]').forEach(equip);
all(document);
addEventListener('htmx:load', (e) => { if (e.target !== document.body) all(e.target); });
