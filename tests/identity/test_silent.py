"""The provider's own session is that of whoever was here last: single sign-on asks who is there, and may be silent only where a hospital says so."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.models import Sitting
from tests import people
from tests.identity.provider import BEGIN
from tests.identity.test_single_sign_on import (  # noqa: F401 (fixtures)
    NINA,
    TODAY,
    countersign,
    nina,
    provider,
    running,
    with_pin,
)
from tests.identity.ways import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def remembers(provider):  # noqa: F811
    """Nina signed in at the provider an hour ago. It sends back whoever uses her browser, and asks nobody anything."""
    an_hour_ago = int((timezone.now() - timedelta(hours=1)).timestamp())
    provider.says("nina", **{**NINA, "roles": ["clinician"]}, auth_time=an_hour_ago)
    return provider


@pytest.fixture
def silent(remembers, settings):
    settings.OIDC_SILENT = True
    return remembers


def asks(client):
    """Is the provider told to ask who it is?"""
    asked = parse_qs(urlsplit(client.get(BEGIN).url).query)
    assert (asked.get("prompt"), asked.get("max_age")) in ((["login"], ["0"]), (None, None))
    return "prompt" in asked


def refused(client, page):
    assert page.status_code == 403
    assert "Single sign-on did not ask you again" in page.content.decode()
    assert "_auth_user_id" not in client.session


def hands_over(client, episode):
    """On the desk's own page."""
    data = {"said": "said", "free": "on", "party": episode.decision_maker.pk, "device": "tablet 4"}
    return client.post(reverse("desk:hand-over", args=[episode.pk]), data)


def locked():
    Sitting.objects.update(seen_at=timezone.now() - timedelta(minutes=30))


# --- as it comes -----------------------------------------------------------------------------------------------------


def test_every_sign_in_asks_who_it_is(client, remembers):
    assert asks(client)
    refused(client, remembers.sign_in(client, "nina"))


@pytest.mark.parametrize("allowed", [False, True])
def test_a_patient_with_the_tablet_does_not_come_in_as_the_nurse(client, provider, settings, allowed):  # noqa: F811
    settings.OIDC_SILENT = allowed
    with_pin(client, provider)
    hands_over(client, people.a_released())
    at_sign_in = client.post(reverse("walk:sign-in-instead")).url
    assert BEGIN in client.get(at_sign_in).content.decode()
    provider.says("nina", **NINA, auth_time=int(timezone.now().timestamp()) - 600)
    assert asks(client)
    refused(client, provider.sign_in(client, "nina"))
    assert client.get(TODAY).status_code == 302


@pytest.mark.parametrize("allowed", [False, True])
def test_nobody_opens_a_locked_desk_by_it(client, provider, settings, allowed):  # noqa: F811
    settings.OIDC_SILENT = allowed
    provider.sign_in(client, "nina")
    client.get(TODAY)
    locked()
    provider.says("nina", **NINA, auth_time=int(timezone.now().timestamp()) - 600)
    assert asks(client)
    assert provider.sign_in(client, "nina").status_code == 403
    assert client.get(TODAY).status_code == 403


# --- where it may be silent ------------------------------------------------------------------------------------------


def test_where_the_hospital_allows_it_nobody_is_asked(client, silent):
    assert not asks(client)
    assert silent.sign_in(client, "nina").url == TODAY
    assert client.get(TODAY).status_code == 200


def test_but_it_signs_nothing_and_sets_no_pin(client, silent):
    silent.sign_in(client, "nina")
    assert client.post(reverse("desk:pin"), {"pin": "2846", "again": "2846"}).url.startswith(BEGIN)
    user = nina()
    user.set_pin("2846")
    user.save()
    episode = people.a_signed()
    assert countersign(client, episode).status_code != 302
    assert not episode.signatures.filter(meaning="explained").exists()
    assert Sitting.objects.get(session__user=user).proved_at is None


def test_that_the_provider_happens_to_have_asked_just_now_changes_nothing(client, provider, settings):  # noqa: F811
    """The nurse has, and turned away from her desk."""
    settings.OIDC_SILENT = True
    provider.sign_in(client, "nina")
    client.get(TODAY)
    assert Sitting.objects.get().proved_at is None
    assert client.post(reverse("desk:pin"), {"pin": "2846", "again": "2846"}).url.startswith(BEGIN)


def test_what_must_be_asked_anew_is_not_done_silently(client, silent):
    silent.sign_in(client, "nina")
    other = Client()
    refused(other, silent.sign_in(other, "nina", again="yes"))
    answer = silent.sign_in(client, "nina", proves="yes", next=reverse("desk:unlock-elsewhere"))
    assert answer.status_code == 403


def signs_out(client):
    client.post(reverse("sign-out"))


def guesses(client):
    sign_in(client, "ada", "wrong")


def stays_too_long(client):
    Sitting.objects.update(began_at=timezone.now() - timedelta(hours=13))
    client.get(TODAY)


def is_over(client):
    Sitting.objects.update(began_at=timezone.now() - timedelta(hours=13))


@pytest.mark.parametrize("leaves", [signs_out, guesses, stays_too_long, is_over])
def test_whom_somebody_left_the_browser_to_is_asked(client, silent, leaves):
    silent.sign_in(client, "nina")
    client.get(TODAY)
    locked()
    leaves(client)
    assert asks(client)
    assert silent.sign_in(client, "nina").status_code == 403


def test_whoever_began_before_the_desk_was_locked_is_not_let_in_after(client, silent):
    silent.sign_in(client, "nina")
    client.get(TODAY)
    back = urlsplit(silent.send_back(client.get(BEGIN).url, "nina"))
    locked()
    assert client.get(f"{back.path}?{back.query}").status_code == 403
    assert client.get(TODAY).status_code == 403


def test_a_tablet_that_let_go_of_its_person_asks(client, silent):
    people.a_tablet(client, people.a_released())
    client.post(reverse("walk:sign-in-instead"))
    assert asks(client)
    refused(client, silent.sign_in(client, "nina"))


def test_a_browser_that_was_handed_over_once_asks_for_good(client, silent):
    silent.sign_in(client, "nina")
    hands_over(client, people.a_released())
    client.session.flush()
    assert asks(client)
