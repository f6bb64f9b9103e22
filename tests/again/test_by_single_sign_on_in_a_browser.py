"""To the provider and back in a real browser: no policy of ours stops it on the way, and no half-written form is lost by it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from consent import sittings
from consent.models import Sitting
from tests import people
from tests.again.test_by_single_sign_on import that_says_when_it_asked
from tests.again.test_proofs import countersigned
from tests.identity.test_passkeys import Browser, browser, chromium  # noqa: F401 (fixtures)
from tests.identity.test_single_sign_on import provider, running  # noqa: F401 (fixtures)

pytestmark = pytest.mark.browser
WORDS = "She was tired. She wants to wait until"
BUTTON = "Prove it by Example Trust"


@pytest.fixture
def nina(browser, provider, monkeypatch):  # noqa: F811
    """Nina at the desk; she has neither password nor PIN here."""
    that_says_when_it_asked(provider, monkeypatch)
    browser.provider = provider
    browser.go(reverse("single-sign-on"))
    prove(browser, browser.page)
    browser.go("/desk/")
    sittings.unlock(sitting=Sitting.objects.get())
    return browser


def prove(browser, page):  # noqa: F811
    """What Nina does at the provider."""
    page.wait_for_url(f"{browser.provider.issuer}/**")
    page.fill("[name=sub]", "nina")
    page.locator("button").first.click()
    page.wait_for_url(f"{browser.url}/**")


def test_a_clinician_without_a_password_countersigns(nina):
    episode, page = people.a_signed(), nina.page
    nina.go(reverse("desk:countersign", args=[episode.pk]))
    nina.look()
    page.get_by_role("button", name=BUTTON).click()
    prove(nina, page)
    nina.look()
    assert not countersigned(episode)
    page.locator("main [name=read]").check(force=True)
    page.get_by_role("button", name="Sign this one").click()
    page.wait_for_url("**/desk/?show=countersign")
    assert episode.signatures.get(meaning="explained").method == "single_sign_on"


def test_the_cover_goes_up_after_it_in_another_tab_and_the_form_is_as_it_was(nina):
    episode, page = people.a_released(), nina.page
    page.clock.install()
    nina.go(reverse("desk:refuse", args=[episode.pk]))
    page.fill("[name=words]", WORDS)
    Sitting.objects.update(seen_at=timezone.now() - timedelta(seconds=settings.STAFF_IDLE_SECONDS + 1))
    page.clock.fast_forward((settings.STAFF_IDLE_SECONDS + 1) * 1000)
    page.wait_for_selector("[data-lock]:not([hidden])")
    nina.look()
    with page.context.expect_page() as tab:
        page.locator("[data-lock]").get_by_role("link", name=BUTTON).click()
    prove(nina, tab.value)
    assert tab.value.evaluate("() => window.opener") is None
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector("[data-lock][hidden]", state="attached")
    assert page.input_value("[name=words]") == WORDS
