// What the patient's pages do beyond plain HTML; they work without it. Nothing about the patient is kept in the browser.
(() => {
  'use strict';
  const html = document.documentElement;
  const one = (css, from = document) => from.querySelector(css);
  const all = (css, from = document) => [...from.querySelectorAll(css)];
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const post = (url, body, more) => fetch(url, {
    method: 'POST', body, headers: { 'X-Requested-With': 'walk' }, signal: AbortSignal.timeout(8000), ...more,
  });

  function focus(element) {
    if (!element) return;
    if (element.tabIndex < 0) element.tabIndex = -1;
    element.focus();
  }

  // A pad's own blocks are left to pad.js.
  function arrive() {
    for (const each of all('[data-needs-script]')) {
      if (!each.closest('form')?.querySelector('[data-pad]')) each.hidden = false;
    }
  }

  // Sending. The form's hidden key makes a second try harmless, so we may try again whenever we do not know.
  const sending = new WeakSet();

  async function answerTo(ask, pauses = [0, 500, 1000, 2000, 4000]) {
    for (const pause of pauses) {
      await wait(pause);
      try {
        const reply = await ask();
        if (reply.status < 500) return { reply, text: await reply.text() };
      } catch { /* no network, or no answer in time */ }
    }
  }

  function show(text) {
    const fresh = new DOMParser().parseFromString(text, 'text/html'), main = one('main', fresh), old = one('main');
    if (!main) return false;
    hush();
    main.inert = old.inert;
    old.replaceWith(main);
    name(fresh.title);
    arrive();
    document.dispatchEvent(new CustomEvent('walk:swapped'));
    focus(one('.errors', main) || one('h1', main));
    return true;
  }

  function busy(form, yes) {
    yes ? sending.add(form) : sending.delete(form);
    form.setAttribute('aria-busy', yes);
    // Not `disabled`: that would throw the focus away.
    for (const each of all('[type=submit]', form)) each.setAttribute('aria-disabled', yes);
    for (const each of all('[data-sending]', form)) each.textContent = yes ? each.dataset.sending : '';
  }

  // True when we are leaving, or when the server's page is in place.
  function take(answer) {
    if (!answer) return false;
    const { reply, text } = answer;
    try {
      location.assign(reply.redirected ? reply.url : JSON.parse(text).go.toString());
      return true;
    } catch {
      return show(text);
    }
  }

  async function send(form, button) {
    if (sending.has(form)) return;
    const note = one('[data-not-saved]', form) || one('[data-not-saved]'), body = new FormData(form);
    if (button?.name) body.append(button.name, button.value);
    if (note) note.hidden = true;
    busy(form, true);
    const url = button?.getAttribute('formaction') || form.getAttribute('action') || '';
    if (take(await answerTo(() => post(url, body)))) return;
    busy(form, false);
    if (!note) return;
    note.hidden = false;
    note.scrollIntoView({ block: 'center' });
  }

  // Drafts go one after the other, so that an older text never comes last.
  const drafts = new Map();
  let drafting = Promise.resolve();

  function keep(field) {
    clearTimeout(drafts.get(field));
    drafts.delete(field);
    const csrfmiddlewaretoken = one('[name=csrfmiddlewaretoken]', field.form).value;
    const body = new URLSearchParams({ field: field.name, csrfmiddlewaretoken });
    for (const each of all(`[name="${CSS.escape(field.name)}"]`, field.form)) {
      if (each.checked || !each.matches('[type=radio], [type=checkbox]')) body.append('text', each.value);
    }
    drafting = drafting.then(() => post(field.form.dataset.draftUrl, body, { keepalive: true })).catch(() => {});
  }

  // Comfort: at once here, and told to the server so that the next page knows.
  const dark = () => (html.dataset.theme || matchMedia('(prefers-color-scheme: dark)').matches && 'dark') === 'dark';

  function pressed() {
    for (const each of all('[data-comfort] [name=theme]')) each.setAttribute('aria-pressed', dark());
  }

  function comfort(form, button) {
    const body = new FormData(form), step = Number(button.dataset.step);
    if (button.name === 'theme') {
      body.set('theme', html.dataset.theme = dark() ? 'light' : 'dark');
    } else {
      const now = Number(html.dataset.text || 100);
      body.set('text_size', html.dataset.text = step ? Math.min(150, Math.max(100, now + 25 * step)) : button.value);
    }
    pressed();
    post(form.getAttribute('action'), body, { redirect: 'manual' }).catch(() => {});
  }

  // The privacy cover, for a tablet left alone or put away. It never loads the page again: a signature is only in memory.
  const cover = one('[data-cover]');
  let last = Date.now(), title = document.title, held;
  const awake = () => { if (cover?.hidden) last = Date.now(); };
  const others = (inert) => { for (const each of document.body.children) if (each !== cover) each.inert = inert; };

  function hide() {
    if (!cover?.hidden) return;
    hush();
    held = document.activeElement;
    others(true);
    cover.hidden = false;
    name(title);
    focus(one('button', cover));
  }

  // The page's name tells too: in the list of open pages, say.
  function name(text) {
    title = text;
    document.title = cover && !cover.hidden ? one('h2', cover).textContent : text;
  }

  // Only the server knows whether the page under the cover is still this person's to see.
  async function back() {
    const { here, home } = document.body.dataset, note = one('[data-no-answer]', cover);
    note.hidden = true;
    const ask = () => fetch(here, { redirect: 'manual', signal: AbortSignal.timeout(8000) });
    const answer = await answerTo(ask, [0, 500, 1000]);
    if (!answer) note.hidden = false;
    else if (answer.reply.status === 204) lift();
    else location.replace(home);
  }

  function lift() {
    cover.hidden = true;
    others(false);
    name(title);
    awake();
    tick();
    tick();
    if (held?.isConnected) held.focus();
  }

  function tick() {
    const idle = (Date.now() - last) / 1000, still = one('[data-still-there]', cover);
    if (idle >= (cover.dataset.idle || 300)) hide();
    if (still) still.hidden = idle < (cover.dataset.still || 600);
  }

  if (cover) {
    for (const name of ['pointerdown', 'pointermove', 'keydown', 'scroll', 'focusin']) addEventListener(name, awake, true);
    one('button', cover).addEventListener('click', back);
    setInterval(tick, 1000);
    document.addEventListener('freeze', hide);
    addEventListener('pagehide', hide);
  }

  // Reading aloud, only in a voice that lives on the tablet: the text goes nowhere.
  const speech = window.speechSynthesis, listen = one('[data-listen]'), PARTS = 'h1,h2,h3,p,li,dt,dd,legend,label';
  let queue = [];

  function voice(lang) {
    const base = (text) => text.toLowerCase().split(/[-_]/)[0];
    return speech.getVoices().find((each) => each.localService && base(each.lang) === base(lang));
  }

  function hush() {
    if (!queue.length) return;
    queue = [];
    speech.cancel();
    for (const each of all('[data-reading]')) each.removeAttribute('data-reading');
    listen.setAttribute('aria-pressed', false);
  }

  function utterance(part) {
    const words = new SpeechSynthesisUtterance(part.innerText), lang = part.closest('[lang]').lang;
    Object.assign(words, { lang, voice: voice(lang) });
    words.onstart = () => {
      awake();
      part.setAttribute('data-reading', '');
      part.scrollIntoView({ block: 'nearest' });
    };
    words.onend = () => {
      part.removeAttribute('data-reading');
      if (words === queue.at(-1)) hush();
    };
    return words;
  }

  function read() {
    if (queue.length) return hush();
    // Only what is seen, and each word once.
    const seen = (part) => (part.checkVisibility?.() ?? part.offsetParent) && part.innerText.trim();
    const mine = (part) => !part.parentElement.closest(PARTS) && seen(part) && voice(part.closest('[lang]').lang);
    queue = all(PARTS, one('main')).filter(mine).map(utterance);
    listen.setAttribute('aria-pressed', queue.length > 0);
    queue.forEach((each) => speech.speak(each));
  }

  if (listen && speech) {
    const offer = () => { listen.hidden = !voice(html.lang); };
    speech.onvoiceschanged = offer;
    listen.addEventListener('click', read);
    offer();
  }

  document.addEventListener('submit', (e) => {
    const job = e.target.matches('[data-send]') ? send : e.target.matches('[data-comfort]') ? comfort : null;
    if (!job) return;
    e.preventDefault();
    job(e.target, e.submitter);
  });
  document.addEventListener('input', ({ target }) => {
    if (!target.matches('[data-draft]')) return;
    clearTimeout(drafts.get(target));
    drafts.set(target, setTimeout(keep, 1000, target));
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) return;
    [...drafts.keys()].forEach(keep);
    hide();
  });
  addEventListener('pagehide', hush);

  arrive();
  pressed();
  focus(one('.errors'));
  if (document.hidden) hide();
})();
