"""One real browser in many hands: staff, a patient, staff again, the next patient. Nobody finds what was another's."""

from urllib.parse import urlsplit

import pytest

from consent.models import HandOver, Status
from tests import people
from tests.journeys.conftest import TABLET
from tests.journeys.steps import pick, read_on, tap_main
from tests.pad.test_walk_comfort import HIDE

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("browse", [TABLET], ids=["upright"], indirect=True)]

KEPT = """async () => [
  localStorage.length, sessionStorage.length, document.cookie,
  (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
]"""


def quick(journey):
    """Other stories look at each page with axe."""
    journey.look = lambda: journey
    return journey


def two_people():
    """Maria, who gets the tablet, and Walter, whose name stands on the desk's list."""
    return people.a_released(), people.a_released(patient=people.a_patient("Walter", "Example"))


def path(page):
    return urlsplit(page.url).path


def tab(tablet, address):
    """Another tab of the same browser."""
    page = tablet.page.context.new_page()
    page.goto(tablet.url + address)
    return page


def shows_nothing_of(page, *words):
    page.wait_for_load_state("load")
    text = page.title() + page.content()
    assert not [word for word in words if word in text], (page.url, words)


def back_and_forward(page, *words):
    """As far as the browser's history goes, and on again."""
    for step in (page.go_back, page.go_back, page.go_back, page.go_back, page.go_forward, page.go_forward):
        if step() is None:
            continue
        shows_nothing_of(page, *words)
        assert page.url == "about:blank" or path(page).startswith("/p/"), page.url


def test_after_the_hand_over_no_way_of_a_browser_leads_to_the_desk(browse):
    tablet = quick(browse())
    maria, walter = two_people()
    tablet.sign_in("bo")
    lists, form, closed = (
        tab(tablet, address) for address in ("/desk/", f"/desk/episodes/{walter.pk}/refuse/", "/desk/")
    )
    assert "Walter" in lists.content()
    assert "Walter" in form.content()
    closed.close()
    tablet.give(maria)
    for page in (lists, form):
        page.wait_for_url("**/p/**")
        shows_nothing_of(page, "Walter")
        page.reload()
        shows_nothing_of(page, "Walter")
        page.go_back()
        shows_nothing_of(page, "Walter")
    back_and_forward(tablet.page, "Walter")
    for address in ("/desk/", f"/desk/episodes/{walter.pk}/", "/back-office/", "/sign-in/", "/", "/nothing/"):
        again = tab(tablet, address)
        assert path(again) == "/p/back/", address
        shows_nothing_of(again, "Walter", "Maria")
        again.goto(f"view-source:{tablet.url}{address}")
        shows_nothing_of(again, "Walter", "Maria")
        again.close()
    fetched = tablet.page.evaluate("fetch('/desk/').then(async (reply) => [reply.url, await reply.text()])")
    assert fetched[0].endswith("/p/back/")
    assert "Walter" not in fetched[1]


def test_after_the_persons_end_nothing_of_them_is_left_in_the_browser(browse):
    tablet = quick(browse())
    maria, _walter = two_people()
    tablet.hand_over(maria)
    read_on(tablet, until="matters")
    tablet.page.locator("textarea[name=own]").fill("I want to lift my grandson again.")
    left_open = tab(tablet, "/p/step/amount/")
    assert "Maria" in left_open.content()
    tablet.follow("Save and stop")
    tablet.press("Save and stop")
    assert tablet.heading() == "Please give the tablet back to us"
    left_open.wait_for_url("**/p/back/")
    for page in (tablet.page, left_open):
        shows_nothing_of(page, "Maria", "Sample", "grandson", "nerve", "LEFT")
        assert page.evaluate(KEPT) == [0, 0, "", 0, 0, 0]
        back_and_forward(page, "Maria", "grandson", "nerve root")


def test_the_next_person_finds_nothing_of_the_one_before(browse):
    tablet = quick(browse())
    maria, walter = two_people()
    tablet.hand_over(maria)
    read_on(tablet, until="matters")
    left_open = tab(tablet, "/p/step/matters/")
    tablet.follow("Save and stop")
    tablet.press("Save and stop")
    tablet.unlock("bo")
    left_open.wait_for_url("**/p/**")
    shows_nothing_of(left_open, "Maria")
    staffs = tab(tablet, f"/desk/episodes/{maria.pk}/")
    assert "Maria" in staffs.content()
    tablet.give(walter)
    staffs.wait_for_url("**/p/step/welcome/")
    for page in (left_open, staffs):
        shows_nothing_of(page, "Maria")
        page.reload()
        shows_nothing_of(page, "Maria")
    back_and_forward(tablet.page, "Maria")
    assert HandOver.objects.get(taken_back_at=None).episode == walter


def test_the_cover_lifts_with_one_tap_and_all_is_as_it_was(browse):
    tablet = quick(browse())
    tablet.hand_over(people.walk_to(people.a_released(), "matters"))
    page = tablet.page
    page.locator("textarea[name=own]").fill("I want to lift my grandson again.")
    pick(tablet, "matters", tablet.told("matters")["options"].popitem()[0])
    ticked = page.locator("input:checked").count()
    title = page.title()
    page.evaluate(HIDE)
    page.evaluate("delete document.hidden")
    assert (page.locator("[data-cover]").is_visible(), page.title()) == (True, "We have covered this page")
    page.get_by_role("button", name="Show it again").tap()
    page.locator("[data-cover]").wait_for(state="hidden")
    assert page.title() == title
    assert page.locator("textarea[name=own]").input_value() == "I want to lift my grandson again."
    assert page.locator("input:checked").count() == ticked == 1


def test_a_tablet_ended_at_the_desk_stays_covered_and_says_nothing(browse):
    from consent import handover

    tablet = quick(browse())
    tablet.hand_over(people.walk_to(people.a_released(), "matters"))
    tablet.page.evaluate(HIDE)
    handover.take_back(hand_over=HandOver.objects.get(taken_back_at=None), by=people.actor("ada"))
    tablet.page.get_by_role("button", name="Show it again").tap()
    tablet.page.get_by_text("This tablet is not in use").first.wait_for()
    shows_nothing_of(tablet.page, "Maria", "nerve")


def test_without_a_pin_a_nurse_signs_in_on_the_tablet_and_ends_it_there(browse):
    tablet = quick(browse())
    maria, _walter = two_people()
    tablet.hand_over(maria)
    tablet.go("/p/stop/")
    tablet.press("Save and stop")
    for _try in range(5):
        tablet.page.fill("[name=username]", "bo")
        tablet.page.fill("[name=pin]", "9999")
        tablet.press("Unlock")
    assert tablet.page.locator("[name=pin]").count() == 0
    tablet.press("Sign in without a PIN")
    shows_nothing_of(tablet.page, "Maria", "Walter")
    tablet.page.fill("[name=username]", "bo")
    tablet.page.fill("[name=password]", people.PASSWORD)
    tablet.touch(tablet.page.locator("main .btn-main"))
    tablet.press("End it")
    assert not HandOver.objects.filter(taken_back_at=None).exists()
    assert HandOver.objects.get().taken_back_by == people.user("bo")


def test_a_consent_is_given_in_kiosk_mode_in_one_window(browse, chromium, live_server):
    """Chromium's own kiosk mode, incognito: nothing opens, nothing asks, nothing is downloaded."""
    episode = people.walk_to(people.a_released(), "decision")
    kiosk = chromium.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--kiosk", "--incognito"],
    )
    tablet = quick(browse(browser=kiosk))
    opened = []
    tablet.page.context.on("page", lambda page: opened.append(page.url))
    for event in ("dialog", "download", "filechooser", "popup"):
        tablet.page.on(event, lambda each: opened.append(each))
    tablet.hand_over(episode)
    read_on(tablet)
    tablet.draw()
    tap_main(tablet)
    tablet.press("Finish")
    assert tablet.heading() == "Please give the tablet back to us"
    episode.refresh_from_db()
    assert episode.status == Status.SIGNED
    assert opened == []
    kiosk.close()
