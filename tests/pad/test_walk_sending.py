"""What happens to a signature between the tap and the server's word, on a poor network."""

import re

import pytest

from consent import strokes as judge

pytestmark = pytest.mark.browser

NOTE = "[data-not-saved]"


def signed(tablet):
    tablet.page.wait_for_url("**/signed", timeout=5000)
    return True


def test_a_sent_form_carries_strokes_key_and_button_and_leaves(tablet):
    tablet.draw()
    tablet.agree()
    assert signed(tablet)
    [sent] = tablet.posted
    assert sent.headers["X-Requested-With"] == "walk"
    assert (sent.fields["key"], sent.fields["decision"], sent.fields["way"]) == ("key-1", "agree", "draw")
    assert len(judge.parse(sent.fields["strokes"]).strokes) == 1


def test_a_double_tap_sends_once(tablet):
    tablet.draw()
    tablet.page.evaluate("document.querySelectorAll('[type=submit]').forEach((b) => { b.click(); b.click(); })")
    assert signed(tablet)
    assert len(tablet.posted) == 1


def test_while_sending_the_button_says_so_and_keeps_the_focus(tablet):
    tablet.server.answers = [503]
    tablet.draw()
    button = tablet.page.get_by_role("button", name="I agree")
    button.focus()
    button.press("Enter")
    assert button.get_attribute("aria-disabled") == "true"
    assert tablet.page.locator("[data-sending]").text_content() == "Sending…"
    assert tablet.page.evaluate("document.activeElement.value") == "agree"
    assert signed(tablet)


def test_a_broken_server_is_asked_again_with_the_same_body(tablet):
    tablet.server.answers = [503, 500]
    tablet.draw()
    tablet.agree()
    assert signed(tablet)
    assert len(tablet.posted) == 3
    assert all(each.fields == tablet.posted[0].fields for each in tablet.posted)


def test_a_missed_tick_comes_back_with_the_signature_in_the_box(tablet):
    tablet.server.answers = [422]
    tablet.draw()
    before, ink = tablet.strokes, tablet.ink
    tablet.agree()
    tablet.page.wait_for_selector(".errors")
    assert tablet.page.evaluate("document.activeElement.className") == "errors"
    assert (tablet.strokes, tablet.ink, tablet.status) == (before, ink, "Signature drawn.")


def test_the_pad_of_the_answer_works_and_can_be_sent(tablet):
    tablet.server.answers = [409]
    tablet.draw()
    tablet.agree()
    tablet.page.wait_for_selector(".errors")
    tablet.draw(start=(300, 100), end=(500, 300))
    tablet.agree()
    assert signed(tablet)
    assert len(judge.parse(tablet.posted[1].fields["strokes"]).strokes) == 2


def test_a_page_that_opens_with_strokes_shows_them(tablet):
    strokes = '{"box":[1000,400],"device":{"type":"pen","dpr":2},"strokes":[[[10,20,500,0],[300,200,600,900]]]}'
    tablet.page.route(
        "**/sign", lambda route: route.fulfill(response=(got := route.fetch()), body=filled(got, strokes))
    )
    tablet.page.reload()
    assert tablet.ink == "M10 20L300 200"
    assert tablet.strokes == [[[10, 20, 500, 0], [300, 200, 600, 900]]]


def filled(response, strokes):
    return re.sub(r'name="strokes" value=""', f"name='strokes' value='{strokes}'", response.text())


def until_given_up(tablet):
    """Let the pauses between the tries pass without waiting for them."""
    for _pause in range(40):
        if tablet.page.locator(NOTE).is_visible():
            return
        tablet.page.clock.run_for(500)
    raise AssertionError("the page says nothing")


def test_wifi_that_is_cut_loses_nothing_and_the_next_tap_sends(tablet):
    tablet.page.clock.install()
    tablet.draw()
    tablet.page.get_by_label("Type your full name").fill("Maria Sample")
    before = tablet.field
    tablet.page.context.set_offline(True)
    tablet.agree()
    until_given_up(tablet)
    assert tablet.page.locator(NOTE).get_attribute("role") == "alert"
    assert tablet.field == before
    assert tablet.page.get_by_label("Type your full name").input_value() == "Maria Sample"
    assert tablet.posted == []
    tablet.page.context.set_offline(False)
    tablet.agree()
    assert signed(tablet)
    assert len(tablet.posted) == 1


def test_wifi_that_returns_by_itself_needs_no_second_tap(tablet):
    tablet.draw()
    tablet.page.context.set_offline(True)
    tablet.agree()
    tablet.page.wait_for_timeout(700)
    tablet.page.context.set_offline(False)
    assert signed(tablet)
    assert len(tablet.posted) == 1
