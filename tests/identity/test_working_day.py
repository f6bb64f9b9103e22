"""A PIN opens a tablet for one working day after somebody has signed in in full, and makes that day no longer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import handover
from consent.models import Signature, Sitting
from consent.staff.models import User
from tests import people
from tests.identity.ways import code, give_code, is_in, sign_in, with_app

pytestmark = pytest.mark.django_db
TODAY = "/desk/"


@pytest.fixture(autouse=True)
def in_a_hospital(settings, monkeypatch):
    """Where people are real, and texts approved, nobody counts as here who has not signed in."""
    settings.DEMO = False
    monkeypatch.setattr(handover, "refuse_unapproved", lambda episode: None)
    settings.SECOND_FACTOR = False
    User.objects.update(signed_in_at=None)


def came(username="bo"):
    return people.user(username).signed_in_at


def ago(username="bo", **time):
    User.objects.filter(username=username).update(signed_in_at=timezone.now() - timedelta(**time))


def tablet(step="check"):
    return people.a_tablet(Client(), people.an_episode(step))


def pin(browser, name="walk:back-to-staff", number=people.PIN):
    return browser.post(reverse(name), {"username": "bo", "pin": number})


# --- what a PIN opens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["walk:back-to-staff", "walk:staff"])
def test_a_pin_alone_opens_no_tablet_for_who_has_not_signed_in_today(name):
    browser = tablet()
    page = pin(browser, name)
    assert page.status_code == 422
    assert "Sign in once in full today" in page.content.decode()
    assert "stepped_in" not in browser.session
    assert not is_in(browser)


@pytest.mark.parametrize("name", ["walk:back-to-staff", "walk:staff"])
def test_it_does_within_twelve_hours_and_no_later(name):
    ago(hours=11, minutes=59)
    assert pin(tablet(), name).status_code == 302
    ago(hours=12, seconds=1)
    assert pin(tablet(), name).status_code == 422


def test_a_witness_has_signed_in_today():
    browser = tablet("sign")
    url = reverse("walk:help")
    given = browser.get(url).context["form"].initial
    form = {**given, "how": "spoken", "why": "A tremor", "words": "I agree", "witness_1": "bo", "pin_1": people.PIN}
    assert "Sign in once in full today" in browser.post(url, form).content.decode()
    assert not Signature.objects.exists()
    ago(hours=1)
    assert browser.post(url, form).status_code == 303


def test_who_guesses_a_pin_learns_nothing_of_it():
    page = pin(tablet(), number="9999").content.decode()
    assert "Sign in once in full today" not in page


def test_coming_back_by_pin_makes_no_working_day_longer(client):
    ago(hours=9)
    for _tablet in range(3):
        browser = tablet()
        pin(browser)
        assert browser.get(TODAY).status_code == 200
        sitting = Sitting.objects.get(session__session_key=browser.session.session_key)
        assert sitting.began_at == came()
    assert timezone.now() - came() > timedelta(hours=8)
    ago(hours=13)
    Sitting.objects.update(began_at=came())
    assert browser.get(TODAY).url.startswith(reverse("sign-in"))


# --- what signing in in full is --------------------------------------------------------------------------------------


def is_now(at):
    return at is not None and timezone.now() - at < timedelta(minutes=1)


def test_a_password_is_where_nothing_more_is_asked_for(client):
    sign_in(client)
    assert is_now(came())


def test_a_wrong_password_is_not(client):
    sign_in(client, "bo", "wrong")
    assert came() is None


def test_with_a_second_factor_it_is_both(client, settings):
    settings.SECOND_FACTOR = True
    with_app()
    sign_in(client)
    assert came() is None
    give_code(client, code())
    assert is_in(client)
    assert is_now(came())


def test_a_password_without_the_second_factor_that_is_asked_for_is_not(
    client, settings, django_capture_on_commit_callbacks
):
    settings.SECOND_FACTOR = True
    sign_in(client)
    assert is_in(client)
    assert came() is None
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert is_now(came())


def new_password(browser, new="three-quiet-otters"):
    given = {"oldpassword": people.PASSWORD, "password1": new, "password2": new}
    browser.post(reverse("account_change_password"), given)
    assert people.user("bo").check_password(new)


def test_a_password_that_somebody_else_knows_is_not(client):
    User.objects.filter(username="bo").update(password_is_lent=True)
    sign_in(client)
    assert came() is None
    new_password(client)
    assert is_now(came())


def test_being_asked_again_after_a_pin_is_not(client):
    """Neither the password once more nor a new one makes the day longer."""
    ago(hours=9)
    browser = tablet()
    pin(browser)
    browser.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})
    new_password(browser)
    assert not is_now(came())


def test_an_hour_later_a_new_password_does_not_make_the_day_longer(client):
    sign_in(client)
    session = client.session
    session["account_authentication_methods"] = [
        {**each, "at": each["at"] - 3600} for each in session["account_authentication_methods"]
    ]
    session.save()
    ago(hours=1)
    new_password(client)
    assert not is_now(came())


def test_the_demonstrations_people_are_all_at_work(client, settings):
    settings.DEMO = True
    assert pin(tablet()).status_code == 302
