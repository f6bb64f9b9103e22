"""Drafts, text size, dark mode, the privacy cover and reading aloud."""

import pytest

pytestmark = pytest.mark.browser

HIDE = """() => {
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
# Headless Chromium has no voices at all; this engine stands in for a tablet's and keeps what it was asked to say.
VOICES = """
  window.said = [];
  const engine = {
    getVoices: () => [{ lang: 'en_GB', localService: true }, { lang: 'es-ES', localService: false }],
    speak: (words) => said.push(words.text),
    cancel: () => said.push('cancelled'),
  };
  Object.defineProperty(window, 'speechSynthesis', { value: engine });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""


def sent_to(tablet, path):
    return [each.fields for each in tablet.server.posted if each.path == path]


def until_sent(tablet, path, count=1):
    for _turn in range(100):
        if len(sent_to(tablet, path)) >= count:
            return sent_to(tablet, path)
        tablet.page.wait_for_timeout(50)
    raise AssertionError(f"{count} posts to {path} did not come")


def test_a_draft_is_kept_once_the_typing_stops(tablet):
    tablet.page.get_by_label("What worries you?").press_sequentially("Stroke", delay=20)
    assert sent_to(tablet, "/draft") == []
    [draft] = until_sent(tablet, "/draft")
    assert draft == {"field": "worry", "text": "Stroke", "csrfmiddlewaretoken": "sample-token"}


def test_a_draft_is_kept_at_once_when_the_tablet_is_put_away(glass):
    glass.page.clock.install(time=0)
    glass.page.goto("/sign")
    glass.page.clock.pause_at(60)
    glass.page.get_by_label("What worries you?").fill("Stroke")
    glass.page.evaluate(HIDE)
    assert until_sent(glass, "/draft")[0]["text"] == "Stroke"


def test_text_size_changes_at_once_and_stops_at_its_ends(tablet):
    larger = tablet.page.get_by_role("button", name="Larger text")
    for size in ("125", "150", "150"):
        larger.tap()
        assert tablet.page.locator("html").get_attribute("data-text") == size
    assert [each["text_size"] for each in until_sent(tablet, "/comfort", 3)] == ["125", "150", "150"]
    assert tablet.page.url.endswith("/sign")


def test_dark_mode_changes_at_once_and_back(tablet):
    dark = tablet.page.get_by_role("button", name="Dark")
    dark.tap()
    assert tablet.page.locator("html").get_attribute("data-theme") == "dark"
    assert dark.get_attribute("aria-pressed") == "true"
    dark.tap()
    assert tablet.page.locator("html").get_attribute("data-theme") == "light"
    assert [each["theme"] for each in until_sent(tablet, "/comfort", 2)] == ["dark", "light"]


def test_a_tablet_left_alone_is_covered_and_one_tap_goes_back(glass):
    glass.page.clock.install()
    glass.page.goto("/sign")
    glass.page.get_by_label("Type your full name").focus()
    glass.page.clock.run_for(299_000)
    assert glass.page.locator("[data-cover]").is_hidden()
    glass.page.clock.run_for(2_000)
    assert glass.page.locator("[data-cover]").is_visible()
    assert glass.page.locator("main").evaluate("(main) => main.inert")
    assert glass.page.evaluate("document.activeElement.textContent") == "Go on reading"
    glass.page.get_by_role("button", name="Go on reading").tap()
    assert glass.page.locator("[data-cover]").is_hidden()
    assert glass.page.evaluate("document.activeElement.id") == "typed"


def test_a_touch_puts_the_cover_off(glass):
    glass.page.clock.install()
    glass.page.goto("/sign")
    glass.page.clock.run_for(200_000)
    glass.tap_glass(500, 200)
    glass.page.clock.run_for(200_000)
    assert glass.page.locator("[data-cover]").is_hidden()


def test_after_ten_minutes_the_cover_asks_whether_anyone_is_there(glass):
    glass.page.clock.install()
    glass.page.goto("/sign")
    glass.page.clock.run_for(590_000)
    assert glass.page.get_by_text("Are you still there?").is_hidden()
    glass.page.clock.run_for(12_000)
    assert glass.page.get_by_text("Are you still there?").is_visible()


def test_a_tablet_put_away_is_covered_at_once(tablet):
    tablet.draw()
    before = tablet.field
    tablet.page.evaluate(HIDE)
    assert tablet.page.locator("[data-cover]").is_visible()
    assert tablet.field == before


def test_listen_is_not_offered_without_a_voice_on_the_tablet(tablet):
    assert tablet.page.get_by_role("button", name="Listen").is_hidden()


def test_listen_is_not_offered_with_a_voice_that_lives_elsewhere(glass):
    glass.page.add_init_script(VOICES.replace("localService: true", "localService: false"))
    glass.page.goto("/sign")
    assert glass.page.get_by_role("button", name="Listen").is_hidden()


def test_listen_reads_paragraph_by_paragraph_and_a_second_tap_stops(glass):
    glass.page.add_init_script(VOICES)
    glass.page.goto("/sign")
    listen = glass.page.get_by_role("button", name="Listen")
    listen.tap()
    assert listen.get_attribute("aria-pressed") == "true"
    assert glass.page.evaluate("said.slice(0, 3)") == ["Check this, then sign", "Draw my name", "Type my name"]
    assert not glass.page.evaluate("said.some((words) => words.includes('Not saved yet'))")
    listen.tap()
    assert listen.get_attribute("aria-pressed") == "false"
    assert glass.page.evaluate("said.at(-1)") == "cancelled"


def test_nothing_is_kept_in_the_browser(tablet):
    tablet.page.get_by_label("What worries you?").fill("Stroke")
    tablet.draw()
    kept = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert tablet.page.evaluate(kept) == [0, 0, ""]
