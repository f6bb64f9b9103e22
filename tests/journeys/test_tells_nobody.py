"""What a real browser sends along: patients' pages tell nobody their address, and their forms go through all the same."""

import pytest

from tests import people
from tests.hardening import canary
from tests.journeys.steps import read_on

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(browse):
    """A tablet on its way, and the headers of every form that it sends."""
    tablet, sent = browse(javascript=False), []
    tablet.page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return tablet, sent


def test_forms_of_patients_pages_go_through_without_an_address(tablet):
    tablet, sent = tablet
    tablet.hand_over(people.a_released())
    del sent[:]
    read_on(tablet, until="why")
    told = [each.all_headers() for each in sent]
    assert len(told) >= 3
    assert {(each["origin"], each["sec-fetch-site"], each.get("referer")) for each in told} == {
        ("null", "same-origin", None)
    }


def test_a_form_of_a_page_that_has_no_origin_is_refused(tablet):
    """Such a page sends `Origin: null` as our own pages do."""
    tablet, sent = tablet
    tablet.hand_over(people.a_released())
    read_on(tablet, until="why")
    secret = tablet.page.locator("main input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    field = f"<input name=csrfmiddlewaretoken value={secret}>"
    tablet.page.goto(
        f"data:text/html,<form method=post action={tablet.url}/p/refuse/>{field}<button>Win</button></form>"
    )
    with tablet.page.expect_response("**/p/refuse/") as answer:
        tablet.page.get_by_role("button").click()
    told = sent[-1].all_headers()
    assert (told["origin"], told["sec-fetch-site"], answer.value.status) == ("null", "cross-site", 403)


KEPT = """async () => ({
  local: {...localStorage}, session: {...sessionStorage}, caches: await caches.keys(), name: window.name,
  databases: await indexedDB.databases(), workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def test_the_browser_keeps_nothing_of_the_person(browse):
    tablet = browse()
    told = []
    tablet.page.on("request", lambda request: told.append(request.url))
    tablet.hand_over(canary.a_canary_released())
    read_on(tablet, until="why")
    tablet.follow("I have a question")
    tablet.write("What would you like to ask?", f"Am I {canary.WORDS}?")
    tablet.press("For staff", role="link")
    kept = tablet.page.evaluate(KEPT)
    assert kept == {"local": {}, "session": {}, "caches": [], "name": "", "databases": [], "workers": 0}
    assert canary.found_in(f"{told} {tablet.page.context.cookies()}") == []
