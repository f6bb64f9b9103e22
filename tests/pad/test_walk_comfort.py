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


def test_ticks_are_kept_as_drafts_and_so_is_taking_them_away(tablet):
    tablet.page.get_by_label("The arm").check()
    tablet.page.get_by_label("The neck").check()
    # The last of several fields with one name is what the server of these tests keeps.
    assert until_sent(tablet, "/draft", 2)[-1]["text"] == "neck"
    tablet.page.get_by_label("The arm").uncheck()
    tablet.page.get_by_label("The neck").uncheck()
    assert "text" not in until_sent(tablet, "/draft", 4)[-1]


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
    glass.page.locator("[data-cover]").wait_for(state="hidden")
    assert glass.page.evaluate("document.activeElement.id") == "typed"


def test_under_the_cover_nothing_is_reached_by_keyboard_or_reader_and_the_title_tells_nothing(tablet):
    tablet.page.evaluate(HIDE)
    assert tablet.page.title() == "Covered"
    assert tablet.page.evaluate("[...document.body.children].filter((each) => !each.inert).length") == 1
    for _tab in range(4):
        tablet.page.keyboard.press("Tab")
        assert tablet.page.evaluate("document.activeElement.closest('[data-cover], body').tagName") in ("DIV", "BODY")
    lift(tablet)
    assert tablet.page.title() == "Check this, then sign"
    assert tablet.page.evaluate("[...document.body.children].filter((each) => each.inert).length") == 0


def lift(tablet):
    tablet.page.get_by_role("button", name="Go on reading").tap()
    tablet.page.locator("[data-cover]").wait_for(state="hidden")


def test_all_that_was_drawn_ticked_and_typed_is_there_when_the_cover_lifts(glass):
    glass.page.clock.install()
    glass.page.goto("/sign")
    glass.draw()
    glass.page.locator("#way-draw").check()
    glass.page.get_by_label("Type your full name").fill("Maria Sam")
    kept = "[...document.querySelectorAll('input, textarea')].map((each) => each.value + each.checked)"
    before = glass.page.evaluate(kept), glass.ink
    glass.page.clock.run_for(3_600_000)
    assert glass.page.get_by_text("Are you still there?").is_visible()
    lift(glass)
    assert (glass.page.evaluate(kept), glass.ink) == before


def test_are_you_still_there_waits_without_end_and_one_touch_is_enough(glass):
    glass.page.clock.install()
    glass.page.goto("/sign")
    glass.page.clock.run_for(601_000)
    asked = glass.page.url
    glass.page.clock.run_for(3_000_000)
    assert glass.page.url == asked
    lift(glass)
    glass.page.clock.run_for(2_000)
    assert glass.page.locator("[data-cover]").is_hidden()


def test_without_a_connection_the_cover_stays_and_says_so(tablet):
    tablet.draw()
    before = tablet.field
    tablet.page.evaluate(HIDE)
    tablet.page.context.set_offline(True)
    tablet.page.get_by_role("button", name="Go on reading").tap()
    tablet.page.get_by_text("No connection just now.").wait_for()
    assert tablet.page.locator("[data-cover]").is_visible()
    tablet.page.context.set_offline(False)
    lift(tablet)
    assert tablet.field == before


def test_a_page_that_is_no_longer_theirs_is_left_and_never_uncovered(tablet):
    tablet.server.here = 409
    tablet.page.evaluate(HIDE)
    tablet.page.get_by_role("button", name="Go on reading").tap()
    tablet.page.wait_for_url("**/p/")


def test_a_page_that_opens_while_nobody_looks_is_covered_from_the_start(glass):
    glass.page.add_init_script("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    glass.page.goto("/sign")
    assert glass.page.locator("[data-cover]").is_visible()
    assert glass.page.title() == "Covered"


@pytest.mark.parametrize(
    "event", ["window.dispatchEvent(new Event('pagehide'))", "document.dispatchEvent(new Event('freeze'))"]
)
def test_a_page_put_into_memory_goes_there_covered(tablet, event):
    tablet.page.evaluate(event)
    assert tablet.page.locator("[data-cover]").is_visible()


def test_a_page_brought_back_from_memory_is_asked_for_anew(tablet):
    tablet.page.evaluate("window.old = true")
    with tablet.page.expect_navigation():
        tablet.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert tablet.page.evaluate("window.old === undefined")


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
