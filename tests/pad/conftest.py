"""A page with the signature pad, a server that keeps what it is sent, and a hand that draws, for the scripts' tests."""

import json
import threading
from collections import namedtuple
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "static" / "js"
FILES = {
    "/page.css": (HERE / "page.css", "text/css"),
    "/static/js/hands.js": (SCRIPTS / "hands.js", "text/javascript"),
    "/static/js/pad.js": (SCRIPTS / "pad.js", "text/javascript"),
    "/static/js/walk.js": (SCRIPTS / "walk.js", "text/javascript"),
}
# As strict as in production.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'"
)
ERRORS = '<div class="errors" role="alert" tabindex="-1"><h2>Please look at this</h2></div>'
TABLET = {"width": 768, "height": 1024}

Posted = namedtuple("Posted", "path headers fields")


class Desk(BaseHTTPRequestHandler):
    """Shows the page, and answers a post with whatever the test has put into `answers`, or else with success."""

    def do_GET(self):
        if self.path in FILES:
            file, kind = FILES[self.path]
            return self.reply(200, kind, file.read_bytes())
        if self.path.startswith("/here"):
            return self.reply(self.server.here, "text/plain", b"")
        if self.path.startswith("/sign"):
            return self.reply(200, "text/html", a_page().encode())
        return self.reply(200, "text/html", b"<!doctype html><title>Signed</title><h1>Signed</h1>")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = fields_of(self.headers["Content-Type"], body)
        self.server.posted.append(Posted(self.path, self.headers, fields))
        if self.path != "/sign":
            return self.reply(204, "text/plain", b"")
        answer = self.server.answers.pop(0) if self.server.answers else 200
        if answer == 200:
            return self.reply(200, "application/json", b'{"go": "/signed"}')
        return self.reply(answer, "text/html", a_page(errors=ERRORS, strokes=fields["strokes"]).encode())

    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def fields_of(kind, body):
    if not kind.startswith("multipart"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    whole = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    parts = whole.iter_parts()
    return {part.get_param("name", header="content-disposition"): part.get_content().rstrip("\r\n") for part in parts}


def a_page(*, errors="", strokes=""):
    text = (HERE / "page.html").read_text()
    return text.replace("<!-- errors -->", errors).replace("<!-- strokes -->", strokes.replace('"', "&quot;"))


class Tablet:
    """The page as a person sees it, with fingers, a palm and a pen."""

    def __init__(self, page, server):
        self.page, self.server, self.box = page, server, None
        self.cdp = page.context.new_cdp_session(page)

    @property
    def posted(self):
        return [each for each in self.server.posted if each.path == "/sign"]

    @property
    def field(self):
        return self.page.locator("[name=strokes]").input_value()

    @property
    def strokes(self):
        return json.loads(self.field)["strokes"] if self.field else []

    @property
    def ink(self):
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self.page.locator(".ink").get_attribute("d")

    @property
    def status(self):
        return self.page.locator("[data-pad-status]").text_content()

    def look(self):
        """Find the pad, which lies elsewhere when the page has been scrolled or the tablet turned."""
        svg = self.page.locator(".pad svg")
        svg.scroll_into_view_if_needed()
        self.box = svg.bounding_box()

    def at(self, x, y):
        """The place on the glass of a point in the box of 1000 by 400."""
        if self.box is None:
            self.look()
        return self.box["x"] + x * self.box["width"] / 1000, self.box["y"] + y * self.box["height"] / 400

    def touch(self, kind, *fingers):
        """Whoever lands or moves is named with all that are down; who is lifted is named alone."""
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(fingers)})

    def finger(self, x, y, *, number=1, radius=10):
        left, top = self.at(x, y)
        return {"x": left, "y": top, "id": number, "radiusX": radius, "radiusY": radius, "force": 0.5}

    def draw(self, *, start=(200, 300), end=(600, 100), points=8, resting=()):
        """A finger's stroke, beside whatever else rests on the glass."""
        self.look()
        steps = [between(start, end, step / points) for step in range(points + 1)]
        self.touch("touchStart", *resting, self.finger(*steps[0]))
        for step in steps[1:]:
            self.touch("touchMove", *resting, self.finger(*step))
        self.touch("touchEnd", self.finger(*end))

    def tap_glass(self, x, y, **more):
        self.touch("touchStart", self.finger(x, y, **more))
        self.touch("touchEnd", self.finger(x, y, **more))

    def pen(self, kind, x, y):
        left, top = self.at(x, y)
        button = {"button": "left", "buttons": 1, "clickCount": 1, "force": 0.7, "pointerType": "pen"}
        self.cdp.send("Input.dispatchMouseEvent", {"type": kind, "x": left, "y": top, **button})

    def write(self, *, start=(200, 200), end=(800, 200), points=8):
        """A pen's stroke."""
        self.look()
        self.pen("mousePressed", *start)
        for step in range(1, points + 1):
            self.pen("mouseMoved", *between(start, end, step / points))
        self.pen("mouseReleased", *end)

    def agree(self):
        self.page.get_by_role("button", name="I agree").tap()


def between(start, end, part):
    return tuple(a + (b - a) * part for a, b in zip(start, end, strict=True))


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def desk():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def glass(chromium, desk):
    """A tablet with no page open yet. A script's error, a dialog or a breach of the CSP fails the test."""
    desk.posted, desk.answers, desk.here = [], [], 204
    context = chromium.new_context(viewport=TABLET, has_touch=True, base_url=f"http://127.0.0.1:{desk.server_port}")
    page, trouble = context.new_page(), []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda line: "Content Security Policy" in line.text and trouble.append(line.text))
    page.on("dialog", lambda dialog: trouble.append(dialog.message) or dialog.dismiss())
    yield Tablet(page, desk)
    context.close()
    assert trouble == []


@pytest.fixture
def tablet(glass):
    glass.page.goto("/sign")
    return glass
