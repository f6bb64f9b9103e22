// The signature pad. A drawing is a list of points in a box of 1000 by 400, so turning the tablet only redraws it.
// The server checks the points and draws them again: what is seen here is never evidence.
(() => {
  'use strict';
  const WIDTH = 1000, HEIGHT = 400, MOST_POINTS = 5000, MOST_STROKES = 200, DAY = 864e5;
  const MOVE = 6;          // px a finger travels before it may be the signature: a palm lies still
  const WIDE = 45;         // px: a palm, not a finger
  const PEN_RULES = 1500;  // ms in which touch is ignored after the pen

  const whole = (low, number, high) => Math.min(high, Math.max(low, Math.round(number)));
  const wide = (e) => Math.max(e.width, e.height) > WIDE;
  const middle = (a, b) => (a + b) >> 1;

  // The same curve as the server's svg_path.
  function curve(stroke) {
    const [x, y] = stroke[0];
    if (!stroke[1]) return `M${Math.max(x - 1, 0)} ${y}H${x || 1}`;
    let d = `M${x} ${y}`;
    for (let i = 1; i < stroke.length - 1; i++) {
      const [a, b] = stroke[i], [c, e] = stroke[i + 1];
      d += `Q${a} ${b} ${middle(a, c)} ${middle(b, e)}`;
    }
    const [p, q] = stroke.at(-1);
    return `${d}L${p} ${q}`;
  }

  function start(box) {
    const form = box.closest('form'), svg = box.querySelector('svg'), ink = box.querySelector('.ink');
    const field = form.querySelector('[name=strokes]'), status = form.querySelector('[data-pad-status]');
    const contacts = new Map();  // pointerId → contact, as long as it may be the signature
    let strokes = [], active = null, device = 'touch', penUntil = 0, clock = 0, frame = 0;

    const count = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
    const full = () => strokes.length >= MOST_STROKES || count() >= MOST_POINTS;

    function point(e) {
      const at = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
      clock = Math.max(clock, e.timeStamp);
      return [whole(0, at.x, WIDTH), whole(0, at.y, HEIGHT), whole(0, e.pressure * 1000, 1000), clock];
    }

    function draw() {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        ink.setAttribute('d', strokes.map(curve).join(''));
      });
    }

    function save() {
      const first = strokes[0]?.[0][3];
      const since = ([x, y, pressure, t]) => [x, y, pressure, whole(0, t - first, DAY)];
      field.value = strokes.length ? JSON.stringify({
        box: [WIDTH, HEIGHT],
        device: { type: device, dpr: whole(1, devicePixelRatio, 20) },
        strokes: strokes.map((stroke) => stroke.map(since)),
      }) : '';
    }

    function changed() {
      save();
      draw();
      if (status) status.textContent = (strokes.length ? status.dataset.drawn : status.dataset.empty) || '';
    }

    function refill() {
      const old = JSON.parse(field.value), ago = performance.now() - old.strokes.at(-1).at(-1)[3];
      strokes = old.strokes.map((stroke) => stroke.map(([x, y, pressure, t]) => [x, y, pressure, t + ago]));
      device = old.device.type;
      clock = performance.now();
      changed();
    }

    // Who moves or lifts first is the signature. Whatever lay beside it was a hand: it leaves no mark, now or later.
    function begin(contact, points) {
      contacts.clear();
      strokes.push(points);
      device = contact.type;
      const way = form.querySelector('[data-pad-way], [name=way][value=drawn]');
      if (way) way.checked = true;
    }

    function follow(contact, id) {
      begin(contact, contact.points);
      contacts.set(id, contact);
      active = contact;
    }

    function pen(e) {
      penUntil = e.timeStamp + PEN_RULES;
      if (active?.type === 'touch') {
        strokes.pop();
        active = null;
      }
    }

    function down(e) {
      if (e.button > 0) return;
      e.preventDefault();
      const type = ['pen', 'mouse'].includes(e.pointerType) ? e.pointerType : 'touch';
      if (active?.type === type && e.isPrimary) active = null;  // the end of the last one was never told
      if (type === 'pen') pen(e);
      if (active || full() || type === 'touch' && (wide(e) || e.timeStamp < penUntil)) return;
      box.setPointerCapture(e.pointerId);
      const contact = { type, points: [point(e)], x: e.clientX, y: e.clientY };
      contacts.set(e.pointerId, contact);
      if (type !== 'touch') follow(contact, e.pointerId);
      draw();
    }

    // Points closer than a step say nothing; the step grows with the drawing, so that the last ones still fit.
    function add(contact, now) {
      const last = contact.points.at(-1), sum = count() + (contact === active ? 0 : contact.points.length);
      const far = Math.hypot(now[0] - last[0], now[1] - last[1]) >= 2 + sum / 1000;
      if (far && sum < MOST_POINTS) contact.points.push(now);
    }

    function move(e) {
      const contact = contacts.get(e.pointerId);
      if (!contact) return;
      if (contact.type === 'pen') pen(e);
      if (contact !== active && wide(e)) return contacts.delete(e.pointerId);
      const events = e.getCoalescedEvents?.() ?? [];
      for (const each of events.length ? events : [e]) add(contact, point(each));
      if (!active && Math.hypot(e.clientX - contact.x, e.clientY - contact.y) > MOVE) follow(contact, e.pointerId);
      draw();
    }

    // Also for a contact that the system took away: what was drawn stays.
    function end(e) {
      const contact = contacts.get(e.pointerId);
      if (!contact) return;
      contacts.delete(e.pointerId);
      if (contact === active) active = null;
      else if (e.type === 'pointerup') begin(contact, [contact.points[0]]);
      else return;
      changed();
    }

    function drop(keep) {
      active = null;
      contacts.clear();
      strokes = strokes.slice(0, keep);
      changed();
    }

    box.addEventListener('pointerdown', down);
    box.addEventListener('pointermove', move);
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) box.addEventListener(name, end);
    // A finger held still on Android opens a menu; an iPad takes quick pen strokes for handwriting (Scribble).
    for (const name of ['contextmenu', 'touchmove']) box.addEventListener(name, (e) => e.preventDefault(), { passive: false });
    form.querySelector('[data-pad-undo]')?.addEventListener('click', () => drop(-1));
    form.querySelector('[data-pad-clear]')?.addEventListener('click', () => drop(0));
    form.addEventListener('submit', save, true);
    for (const each of form.querySelectorAll('[data-needs-script]')) each.hidden = false;
    try {
      if (field.value) refill();
    } catch {
      drop(0);
    }
  }

  const started = new WeakSet();
  function startAll() {
    for (const box of document.querySelectorAll('.pad[data-pad]')) {
      if (started.has(box)) continue;
      started.add(box);
      start(box);
    }
  }
  document.addEventListener('walk:swapped', startAll);
  startAll();
})();
