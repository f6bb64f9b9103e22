"""Palms, turns of the tablet, double taps, no Wi-Fi, no script: the signature is neither lost nor doubled."""

import pytest

from consent.models import Episode, Signature, Status
from tests import people
from tests.journeys.steps import read_on, tap_main

pytestmark = pytest.mark.browser


@pytest.fixture
def at_sign(browse):
    """A tablet at the sign page: the way there is walked by the verbs, since other stories walk it by hand."""

    def make(**more):
        tablet = browse(**more)
        tablet.hand_over(people.walk_to(people.a_released(), "sign"))
        return tablet

    return make


def signatures(tablet):
    return Signature.objects.filter(episode=tablet.episode).count()


def status(tablet):
    return Episode.objects.get(pk=tablet.episode.pk).status


def test_a_palm_that_lands_first_does_not_lose_the_signature(at_sign):
    tablet = at_sign()
    pad = tablet.page.locator("[data-pad]").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    cdp = tablet.page.context.new_cdp_session(tablet.page)
    palm = {"x": box["x"] + 60, "y": box["y"] + box["height"] - 20, "id": 1}
    finger = lambda n: {"x": box["x"] + 150 + 12 * n, "y": box["y"] + 90 + (n % 5) * 9, "id": 2}  # noqa: E731
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [palm]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [palm, finger(0)]})
    for n in range(1, 30):
        cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [palm, finger(n)]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [palm]})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tap_main(tablet)
    assert status(tablet) == Status.SIGNED


def test_turning_the_tablet_keeps_the_ink(at_sign):
    tablet = at_sign()
    tablet.draw()
    drawn = tablet.page.input_value("[name=strokes]")
    held = tablet.page.viewport_size
    tablet.page.set_viewport_size({"width": held["height"], "height": held["width"]})
    assert tablet.page.input_value("[name=strokes]") == drawn
    tap_main(tablet)
    assert status(tablet) == Status.SIGNED


def test_a_double_tap_signs_once(at_sign):
    tablet = at_sign()
    tablet.draw()
    tablet.page.locator("main .btn-main").first.dblclick()
    tablet.page.wait_for_url("**/p/done/")
    assert (status(tablet), signatures(tablet)) == (Status.SIGNED, 1)


def test_without_wifi_the_signature_stays_and_one_tap_sends_it_later(at_sign):
    tablet = at_sign()
    tablet.draw()
    tablet.page.context.set_offline(True)
    tablet.page.locator("main .btn-main").first.tap()
    tablet.page.locator("[data-not-saved]").wait_for(state="visible", timeout=20_000)
    assert tablet.page.input_value("[name=strokes]")
    assert signatures(tablet) == 0
    tablet.page.context.set_offline(False)
    tap_main(tablet)
    assert tablet.heading() == "Thank you, Maria"
    assert signatures(tablet) == 1


def test_everything_works_without_javascript(browse):
    tablet = browse(javascript=False)
    tablet.hand_over(people.a_released())
    read_on(tablet)
    tablet.page.locator("label[for=way-typed]").tap()
    tablet.page.fill("[name=typed]", "Maria Sample")
    tap_main(tablet)
    assert tablet.heading() == "Thank you, Maria"
    assert Signature.objects.get(episode=tablet.episode).method == "typed"


def test_an_empty_box_is_a_friendly_page_and_nothing_is_stored(at_sign):
    tablet = at_sign()
    tap_main(tablet)
    assert tablet.page.locator(".errors").count() == 1
    assert signatures(tablet) == 0
    tablet.draw()
    tap_main(tablet)
    assert status(tablet) == Status.SIGNED


def test_what_is_being_typed_survives_a_flat_battery(browse):
    tablet = browse()
    tablet.hand_over(people.walk_to(people.a_released(), "matters"))
    tablet.page.locator("textarea[name=own]").fill("I want to lift my grandson again.")
    tablet.page.wait_for_timeout(1500)
    tablet.page.goto("about:blank")
    tablet.go("/p/")
    assert tablet.page.locator("textarea[name=own]").input_value() == "I want to lift my grandson again."
