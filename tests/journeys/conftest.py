"""A real Chromium on a live server: tablets with touch, axe on every page, and no request to anywhere else."""

import json
import threading
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from django.db import connection
from playwright.sync_api import sync_playwright

from consent import work
from tests import people

TABLET = {"width": 768, "height": 1024}
WIDE = {"width": 1024, "height": 768}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = (__import__("pathlib").Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def places(transactional_db):
    """The hospital, put back after the flush of the test before."""
    return people.hospital()


@pytest.fixture(params=[TABLET, WIDE], ids=["upright", "wide"])
def browse(request, chromium, live_server, places):
    """Make browsers, each journey once upright and once on its side: `browse(javascript=False)`."""
    opened = []

    def make(viewport=request.param, javascript=True, browser=chromium, **more):
        context = browser.new_context(
            viewport=viewport,
            has_touch=True,
            java_script_enabled=javascript,
            base_url=live_server.url,
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(20_000)
        journey = Journey(context.new_page(), live_server.url, javascript)
        opened.append((context, journey))
        return journey

    yield make
    for context, journey in opened:
        context.close()
        assert journey.outside == [], "a page asked another host"
        assert journey.violations == [], journey.violations


class Journey:
    """One browser and what its person does. Every new page is checked by axe and for sideways scroll."""

    def __init__(self, page, url, scripted):
        self.page, self.url, self.scripted = page, url, scripted
        self.outside, self.violations, self.seen = [], [], set()
        page.on("request", self.note_request)
        page.on("console", self.note_console)

    def note_request(self, request):
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.outside.append(request.url)

    def note_console(self, message):
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.violations.append(f"{self.page.url}: {message.text}")

    @property
    def path(self):
        return urlsplit(self.page.url).path

    def go(self, path):
        self.page.goto(self.url + path)
        return self.look()

    def press(self, name, role="button", exact=True):
        """Touch a button (or link) by its name and wait for the page after it."""
        return self.touch(self.page.get_by_role(role, name=name, exact=exact))

    def follow(self, name):
        return self.press(name, role="link", exact=False)

    def choose(self, name, exact=True):
        """Touch a row of choices: the whole row is its label."""
        target = self.page.get_by_label(name, exact=exact).first
        label = self.page.locator(f"label[for='{target.get_attribute('id')}']").first
        label.scroll_into_view_if_needed()
        label.tap()
        return self

    def write(self, label, text):
        self.page.get_by_label(label).first.fill(text)
        return self

    def touch(self, target):
        """Touch something that leads to another page, or to another main part of this one, and wait until it is there."""
        target = target.first
        target.scroll_into_view_if_needed()
        if not self.scripted:
            with self.page.expect_navigation():
                target.tap()
            return self.look()
        self.page.evaluate("() => { document.querySelector('main').dataset.before = 'yes' }")
        target.tap()
        self.page.wait_for_function(
            "() => document.readyState === 'complete' && !document.querySelector('main')?.dataset.before"
        )
        return self.look()

    def settle(self):
        self.page.wait_for_load_state("load")

    def heading(self):
        return self.page.locator("h1").first.inner_text()

    def says(self, text):
        return text in self.page.locator("body").inner_text()

    def look(self):
        """axe and reflow, once for each path and heading of this journey."""
        if not self.scripted:
            return self
        key = (self.path, self.page.locator("h1").first.inner_text() if self.page.locator("h1").count() else "")
        if key not in self.seen:
            self.seen.add(key)
            self.check_accessibility()
            self.check_reflow()
        return self

    def check_accessibility(self):
        self.page.evaluate(AXE + ";0")
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))]))",
            RULES,
        )
        self.violations += [f"{self.path}: {json.dumps(each, ensure_ascii=False)}" for each in found]

    def check_reflow(self):
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 700})
        wide = self.page.evaluate("() => document.documentElement.scrollWidth")
        self.page.set_viewport_size(size)
        if wide > 320:
            self.violations.append(f"{self.path}: scrolls sideways at 320 px ({wide})")

    def told(self, key):
        """The section of the disclosure that this tablet's person has before them."""
        return people.walk_of(self.episode).section(key)

    # -- what people do -------------------------------------------------------------------------------------------

    def sign_in(self, username):
        self.go("/sign-in/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", people.PASSWORD)
        return self.touch(self.page.locator("main .btn-main"))

    def hand_over(self, episode):
        """Bo hands this tablet over for `episode`, through the desk's own page."""
        self.sign_in("bo")
        return self.give(episode)

    def give(self, episode):
        """Whoever is signed in here hands the tablet over."""
        self.episode = episode
        self.go(f"/desk/episodes/{episode.pk}/hand-over/")
        for control in ("input[name=said][value=said]", "input[name=free]"):
            name = self.page.locator(f"main {control}").get_attribute("id")
            self.page.locator(f"label[for='{name}']").tap()
        return self.touch(self.page.locator("main .btn-big"))

    def hand_over_again(self):
        """From the desk's page of the same episode."""
        return self.hand_over(self.episode)

    def unlock(self, username="ada"):
        """Staff give name and PIN in the box shown."""
        self.page.fill("[name=username]", username)
        self.page.fill("[name=pin]", people.PIN)
        return self.touch(self.page.locator("main button[type=submit]"))

    def draw(self, points=((180, 300), (260, 120), (340, 290), (480, 180), (620, 300), (760, 160))):
        """Draw by touch in the pad, through the browser's own touch events."""
        pad = self.page.locator("[data-pad]").first
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        at = [{"x": box["x"] + x * box["width"] / 1000, "y": box["y"] + y * box["height"] / 400} for x, y in points]
        cdp = self.page.context.new_cdp_session(self.page)
        cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at[0]]})
        for before, after in zip(at, at[1:], strict=False):
            for step in range(1, 9):
                point = {name: before[name] + (after[name] - before[name]) * step / 8 for name in ("x", "y")}
                cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        cdp.detach()
        return self


@pytest.fixture
def sealed():
    """Do all the work that waits, in a thread as the worker's process would: Playwright's loop runs in this one."""

    def work_off():
        while work.run_once():
            pass
        connection.close()

    def run():
        thread = threading.Thread(target=work_off)
        thread.start()
        thread.join()

    return run
