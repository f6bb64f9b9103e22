"""A passkey of a real Chromium, on a virtual device: at the signature, and at the cover with the form behind it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from consent.models import Sitting
from tests import people
from tests.again.test_proofs import countersigned
from tests.identity.test_passkeys import Browser, browser, chromium  # noqa: F401 (fixtures)

pytestmark = pytest.mark.browser
WORDS = "She was tired. She wants to wait until"


@pytest.fixture
def ada(browser):  # noqa: F811
    """Ada at the desk with her passkey."""
    browser.by_password("ada")
    browser.go(reverse("mfa_add_webauthn"))
    browser.press("Make the passkey")
    return browser


def offered(browser, where="main"):  # noqa: F811
    return browser.page.locator(f"{where} [data-passkey-into] button")


def test_it_signs_and_a_device_that_does_not_know_its_owner_does_not(ada):
    episode = people.a_signed()
    ada.go(reverse("desk:countersign", args=[episode.pk]))
    ada.page.locator("main [name=read]").check(force=True)
    ada.look()
    ada.knows_its_owner(False)
    offered(ada).click()
    ada.page.locator("main").get_by_text("No passkey was used").wait_for()
    assert not countersigned(episode)
    ada.knows_its_owner(True)
    offered(ada).click()
    assert ada.at(f"/desk/episodes/{episode.pk}/")
    assert episode.signatures.get(meaning="explained").method == "passkey"


def test_it_lifts_the_cover_and_the_form_behind_it_is_as_it_was(ada):
    episode = people.a_released()
    ada.page.clock.install()
    ada.go(reverse("desk:refuse", args=[episode.pk]))
    ada.page.fill("[name=words]", WORDS)
    locked(ada)
    offered(ada, "[data-lock]").click()
    ada.page.wait_for_selector("[data-lock][hidden]", state="attached")
    assert ada.page.input_value("[name=words]") == WORDS
    assert ada.page.input_value("[name=cover-passkey]") == ""


def locked(browser):  # noqa: F811
    Sitting.objects.update(seen_at=timezone.now() - timedelta(seconds=settings.STAFF_IDLE_SECONDS + 1))
    browser.page.clock.fast_forward((settings.STAFF_IDLE_SECONDS + 1) * 1000)
    browser.page.wait_for_selector("[data-lock]:not([hidden])")
    browser.look()


def test_a_desk_unlocked_in_another_tab_is_uncovered_on_coming_back(ada):
    ada.page.clock.install()
    ada.go("/desk/")
    locked(ada)
    Sitting.objects.update(seen_at=timezone.now())
    ada.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    ada.page.wait_for_selector("[data-lock][hidden]", state="attached")


def test_the_lock_page_takes_it_too(ada):
    ada.go("/desk/")
    Sitting.objects.update(seen_at=timezone.now() - timedelta(seconds=settings.STAFF_IDLE_SECONDS + 1))
    ada.go("/desk/?show=questions")
    ada.look()
    offered(ada).click()
    assert ada.at("/desk/?show=questions")


def test_without_script_nothing_of_it_shows(ada):
    cookies, episode = ada.page.context.cookies(), people.a_signed()
    context = ada.page.context.browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(ada.url + reverse("desk:countersign", args=[episode.pk]))
    assert not page.get_by_role("button", name="Use your passkey").count()
    context.close()
