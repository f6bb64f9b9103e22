"""scratch"""
import os, pathlib, pytest
from django.test import Client
from django.conf import settings as S
from tests import people
from consent.steps import STEPS
from consent import asking
pytestmark = pytest.mark.browser
OUT = pathlib.Path(os.environ.get("OUT", "/tmp/polish/png")); OUT.mkdir(parents=True, exist_ok=True)
LANG = os.environ.get("LANG2", "en"); AMOUNT = os.environ.get("AMOUNT", "main")
ONLY = os.environ.get("ONLY", "").split(",") if os.environ.get("ONLY") else None
SIZES = {"t": (768, 1024), "p": (390, 844), "w": (1024, 768)}
VARIANTS = os.environ.get("VARIANTS", "t,p,w,t150,p150,tdark,n150").split(",")

def tells(walk):
    return {each["key"]: "yes" if each["key"] == "blood_thinner" else "no" for each in walk.section("tell_us")["items"]}

def test_polish_shots(browse, live_server):
    j = browse(); page = j.page; ctx = page.context
    def hold(episode):
        c = Client(); people.a_tablet(c, episode)
        ctx.clear_cookies()
        ctx.add_cookies([{"name": n, "value": m.value, "url": live_server.url} for n, m in c.cookies.items()])
        return c
    def shoot(name):
        for v in VARIANTS:
            w, h = SIZES[v[0]] if v[0] != "n" else (320, 700)
            page.set_viewport_size({"width": w, "height": h})
            page.evaluate("""([t,d]) => { const h=document.documentElement; t ? h.dataset.text=t : delete h.dataset.text; d ? h.dataset.theme=d : delete h.dataset.theme }""", ["150" if "150" in v else "", "dark" if "dark" in v else ""])
            page.wait_for_timeout(60)
            H = page.evaluate("document.documentElement.scrollHeight"); W = page.evaluate("document.documentElement.scrollWidth")
            print("SIZE", name, v, W, H, "pages %.1f" % (H / h), "WIDE" if W > w else "")
            page.set_viewport_size({"width": w, "height": max(h, H)})
            if v[0] != "n": page.screenshot(path=OUT / f"{LANG}-{v}-{name}.png", full_page=True)
    def go(path, name):
        page.set_viewport_size({"width": 768, "height": 1024}); page.goto(live_server.url + path); shoot(name)
    n = 0
    for step in STEPS:
        n += 1
        if ONLY and step.key not in ONLY: continue
        e = people.an_episode("welcome", language=LANG)
        for s in STEPS:
            walk = people.walk_of(e)
            if s.key == step.key: break
            if s in walk.steps: people.answer_step(walk, s.key, {"amount": {"amount": AMOUNT}, "tell_us": tells(walk) if walk.disclosure else None, "serious": {"read": True, "matters": ["gravest"]}}.get(s.key))
        if step not in people.walk_of(e).steps: continue
        c = hold(e)
        go("/p/sign/" if step.key == "sign" else f"/p/step/{step.key}/" if 0 else __import__("django.urls").urls.reverse("walk:step", args=[step.key]) if step.key != "sign" else "", f"{n:02d}-{step.key}")
    if ONLY and "others" not in ONLY: return
    from django.urls import reverse
    e = people.an_episode("checklist", language=LANG)
    walk = people.walk_of(e)
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), "gravest": "talk"})
    q = people.ask(e); people.answer(q); people.ask(e, "Has your team seen a stroke?")
    asking.talked(episode=e, item="checklist:gravest", by=people.actor("ada"))
    c = hold(e)
    go(reverse("walk:step", args=["checklist"]), "30-checklist-open")
    for name in ("ask", "stop", "refuse", "more-time", "paper", "staff"): go(reverse("walk:" + name), "31-" + name)
    people.answer_step(people.walk_of(e), "permissions"); go(reverse("walk:step", args=["decision"]), "32-decision-open")
    e = people.an_episode("check", language=LANG); walk = people.walk_of(e)
    people.answer_step(walk, "check", {**people.good_answer(walk, "check"), "cure": "yes"}); hold(e)
    go(reverse("walk:step", args=["check"]), "33-check-again")
    e = people.an_episode("sign", language=LANG); hold(e)
    go(reverse("walk:whole"), "34-whole"); go(reverse("walk:help"), "35-help")
    e = people.an_episode("side", language=LANG); people.answer_step(people.walk_of(e), "side", {"side": "right"}); hold(e)
    go(reverse("walk:held"), "36-held")
    e = people.a_signed(language=LANG); hold(e)
    go(reverse("walk:done"), "37-done"); go(reverse("walk:change"), "38-change")
    e = people.an_episode("after", language=LANG); c = hold(e); c.post(reverse("walk:stop")); go(reverse("walk:back-to-staff"), "39-back")
    ctx.clear_cookies(); go(reverse("walk:go-on"), "40-no-tablet")
    from consent import signing
    e = people.an_episode("why", language=LANG); hold(e); signing.refuse(walk=people.walk_of(e), by=people.party_of(e)); go(reverse("walk:stopped"), "41-stopped")
    # errors
    e = people.an_episode("amount", language=LANG); hold(e); page.goto(live_server.url + reverse("walk:step", args=["amount"])); page.locator("main .btn-main").tap(); page.wait_for_selector(".errors"); shoot("42-error")
