"""The cover over a desk page that nobody uses, in a real browser: nothing to read, nothing lost."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from consent.models import Sitting
from tests import people
from tests.journeys.conftest import AXE, RULES, WIDE

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "She was tired. She wants to wait until"


@pytest.fixture
def desk(chromium, live_server, places):
    """Bo at the desk, in a browser whose clock is in our hands: (page, the consent that it is about)."""
    episode = people.a_released(patient=people.a_patient("Zacharias", "Sample"))
    context = chromium.new_context(viewport=WIDE, base_url=live_server.url)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.clock.install()
    page.goto("/sign-in/")
    page.fill("[name=username]", "bo")
    page.fill("[name=password]", people.PASSWORD)
    page.click("main .btn-main")
    page.goto(f"/desk/episodes/{episode.pk}/refuse/")
    page.fill("[name=words]", WORDS)
    yield page, episode
    context.close()


def leave(page, seconds=settings.STAFF_IDLE_SECONDS + 1):
    """Nobody is there for so long: neither in the browser nor on the server."""
    Sitting.objects.update(seen_at=timezone.now() - timedelta(seconds=seconds))
    page.clock.fast_forward(seconds * 1000)


def covered(page):
    page.wait_for_selector("[data-lock]:not([hidden])")
    return page


def unlock(page, word, box="password"):
    page.fill(f"[name=cover-{box}]", word)
    page.click("[data-lock] .btn-main")


def test_a_half_written_form_is_covered_and_comes_back_as_it_was(desk):
    page, episode = desk
    leave(page)
    covered(page)
    assert "Zacharias" not in page.locator("body").inner_text() + page.title()
    assert page.locator("main, header.top, a.skip").evaluate_all("all => all.every(e => e.hidden && e.inert)")
    assert page.evaluate("() => document.activeElement.name") == "cover-password"
    assert broken_rules(page) == []
    unlock(page, people.PASSWORD)
    page.wait_for_selector("[data-lock][hidden]", state="attached")
    assert page.input_value("[name=words]") == WORDS
    assert page.evaluate("() => document.activeElement.name") == "words"
    page.click("main .btn-main")
    page.wait_for_url(f"**/episodes/{episode.pk}/")
    episode.refresh_from_db()
    assert episode.status == "refused"


def broken_rules(page):
    page.evaluate(AXE + ";0")
    run = "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => v.id))"
    return page.evaluate(run, RULES)


def test_somebody_else_signs_out_from_the_cover(desk):
    page, _episode = desk
    leave(page)
    covered(page).click("[data-lock] .btn-plain")
    page.wait_for_url("**/sign-in/")


def test_a_wrong_word_says_so_and_the_fifth_leads_to_the_sign_in_page(desk):
    page, _episode = desk
    leave(page)
    covered(page)
    for turn in range(4):
        unlock(page, "0000", "pin")
        page.wait_for_function(
            "turn => document.querySelector('[data-wrong]').innerText.includes('not your PIN')", arg=turn
        )
        assert page.input_value("[name=cover-pin]") == ""
        page.evaluate("() => { document.querySelector('[data-wrong]').textContent = '' }")
    unlock(page, "0000", "pin")
    page.wait_for_url("**/sign-in/**")
    assert "Zacharias" not in page.content()


def test_work_in_another_tab_keeps_this_one_open(desk):
    page, _episode = desk
    Sitting.objects.update(seen_at=timezone.now())
    with page.expect_response("**/lock/left/"):
        page.clock.fast_forward((settings.STAFF_IDLE_SECONDS - 3) * 1000)
    page.clock.run_for(8_000)
    assert page.locator("[data-lock]").is_hidden()
    assert page.input_value("[name=words]") == WORDS


def test_typing_tells_the_server_that_somebody_is_there(desk):
    page, _episode = desk
    then = timezone.now() - timedelta(seconds=300)
    Sitting.objects.update(seen_at=then)
    page.clock.fast_forward(300_000)
    with page.expect_response("**/lock/here/"):
        page.locator("[name=words]").press_sequentially(" Friday")
        page.clock.run_for(2_000)
    assert Sitting.objects.get().seen_at > then + timedelta(seconds=200)


def test_without_the_server_it_is_covered_all_the_same_and_keeps_nothing(desk):
    page, _episode = desk
    page.context.set_offline(True)
    page.clock.fast_forward((settings.STAFF_IDLE_SECONDS + 1) * 1000)
    covered(page)
    unlock(page, people.PASSWORD)
    page.wait_for_function("() => document.querySelector('[data-wrong]').innerText.includes('cannot reach')")
    assert page.locator("main").is_hidden()
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
