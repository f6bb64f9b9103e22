// The desk's cover: nobody has used this page for a while, so nothing of it can be read until somebody unlocks it.
// The page itself stays, so that a half-written form is as it was. Nothing is kept in the browser; the server alone knows who is there.
(() => {
  'use strict';
  const cover = document.querySelector('[data-lock]');
  if (!cover) return;
  const form = cover.querySelector('form'), note = cover.querySelector('[data-wrong]'), boxes = [...form.querySelectorAll('.box')];
  const idle = cover.dataset.seconds * 1000, title = document.title;
  const here = { until: Date.now() + idle, told: Date.now(), busy: false, asking: false };
  let behind = [], focused, place;

  async function ask(url, body) {
    const reply = await fetch(url, {
      method: body ? 'POST' : 'GET', body, headers: { 'X-Requested-With': 'cover' }, signal: AbortSignal.timeout(8000),
    });
    // Signed out meanwhile, or after too many tries: the page must go.
    if (reply.redirected || reply.status === 403) {
      cover.dataset.gone = true;
      location.replace(location.pathname + location.search);
    }
    return reply.json();
  }

  // What the server says counts: another tab may have been used.
  async function hear(url, body) {
    if (here.asking) return;
    here.asking = true;
    try {
      const { left } = await ask(url, body);
      here.until = Date.now() + left * 1000;
      left > 0 ? lift() : lower();
    } catch { /* not reached: our own clock goes on, and covers in time */ }
    here.asking = false;
  }

  function lower() {
    if (!cover.hidden) return;
    focused = document.activeElement;
    place = scrollY;
    behind = [...document.body.children].filter((each) => each !== cover && !each.hidden);
    for (const each of behind) each.hidden = each.inert = true;
    for (const each of boxes) each.value = '';  // a browser may have filled in the password by itself
    cover.hidden = false;
    document.title = cover.dataset.title;
    focus();
  }

  function focus() {
    (boxes[0] || form.querySelector('button, .btn'))?.focus();
  }

  function lift() {
    if (cover.hidden || cover.dataset.gone) return;
    cover.hidden = note.hidden = true;
    for (const each of behind) each.hidden = each.inert = false;
    document.title = title;
    scrollTo(0, place);
    if (focused?.isConnected) focused.focus();
  }

  function tick() {
    const left = here.until - Date.now();
    if (left <= 0) {
      const first = cover.hidden;
      lower();
      if (first) hear(cover.dataset.left);
    } else if (here.busy && Date.now() - here.told > idle / 10) {
      here.busy = false;
      here.told = Date.now();
      hear(cover.dataset.here, new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value }));
    } else if (left < Math.min(5000, idle / 4)) {
      hear(cover.dataset.left);
    }
  }

  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    note.hidden = true;
    try {
      const { left, wrong } = await ask(form.action, new FormData(form));
      for (const each of boxes) each.value = '';
      if (left > 0) {
        here.until = Date.now() + left * 1000;
        return lift();
      }
      note.textContent = wrong.join('. ');
    } catch {
      note.textContent = cover.dataset.lost;
    }
    note.hidden = false;
    focus();
  });

  for (const name of ['pointerdown', 'keydown', 'wheel', 'touchmove']) {
    addEventListener(name, () => { here.busy ||= cover.hidden; }, { capture: true, passive: true });
  }
  document.addEventListener('visibilitychange', () => {
    tick();
    if (!cover.hidden && !document.hidden) hear(cover.dataset.left);  // unlocked in another tab, it may be
  });
  setInterval(tick, 1000);
})();
