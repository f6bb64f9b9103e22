"""Name and password at the sign-in page: what opens, what is counted, and whom guessing locks out."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.staticfiles import finders
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from consent.identity.lockout import name_of
from consent.staff.models import User
from tests import people
from tests.identity.ways import is_in, sign_in, with_app

pytestmark = pytest.mark.django_db
TODAY = "/desk/"


@pytest.mark.parametrize("name", ["bo", "Bo", "BO", " bo "])
def test_capitals_in_a_name_do_not_matter(client, name):
    assert sign_in(client, name).url == TODAY
    assert is_in(client)


@pytest.mark.parametrize("password", ["Correct-Horse-42", "correct-horse-4", " correct-horse-42", ""])
def test_in_a_password_everything_matters(client, password):
    sign_in(client, "bo", password)
    assert not is_in(client)


def test_two_accounts_never_differ_by_capitals_alone():
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="BO", full_name="Bo the Second")


def test_it_leads_on_to_the_page_that_was_asked_for(client):
    asked = client.get(reverse("desk:prepare"))
    page = client.get(asked.url).content.decode()
    assert '<input type="hidden" name="next" value="/desk/prepare/">' in page
    assert sign_in(client, next="/desk/prepare/").url == "/desk/prepare/"


def test_whoever_was_signed_in_before_is_signed_out_first(client):
    people.signed_in(client, "ada")
    sign_in(client, "bo", "wrong")
    assert "_auth_user_id" not in client.session
    people.signed_in(client, "ada")
    sign_in(client, "bo")
    assert is_in(client, "bo")


def test_the_session_gets_a_new_key(client):
    client.get(reverse("sign-in"))
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


# --- guessing --------------------------------------------------------------------------------------------------------


def guess(client, times, username="bo", address="192.0.2.1"):
    for number in range(times):
        response = sign_in(client, username, f"wrong-{number}", address)
    return response


def test_the_fifth_wrong_password_locks(client):
    assert guess(client, 4).status_code == 200
    locked = guess(client, 1)
    assert locked.status_code == 429
    assert "Wait a quarter of an hour" in locked.content.decode()
    assert f'href="{reverse("sign-in")}"' in locked.content.decode()


def test_a_locked_door_does_not_open_for_the_right_password(client):
    guess(client, 5)
    assert sign_in(client).status_code == 429
    assert not is_in(client)


def test_it_is_locked_at_that_place_only(client):
    guess(client, 5, address="192.0.2.66")
    assert sign_in(client, address="192.0.2.1").status_code == 302
    assert is_in(client)


def test_a_colleague_at_the_same_place_is_let_in(client):
    guess(client, 5)
    assert sign_in(client, "ada").status_code == 302


def test_guessing_from_many_places_locks_the_name(client):
    for place in range(5):
        guess(client, 5, address=f"198.51.100.{place}")
    assert sign_in(client, address="192.0.2.1").status_code == 429


def test_guessing_from_a_few_places_does_not(client):
    for place in range(4):
        guess(client, 5, address=f"198.51.100.{place}")
    assert sign_in(client, address="192.0.2.1").status_code == 302


def test_a_name_that_is_here_and_one_that_is_not_look_the_same(client):
    here, nowhere = ([sign_in(client, name, "wrong") for _ in range(6)] for name in ("bo", "nobody"))
    assert [page.status_code for page in here] == [200, 200, 200, 200, 429, 429]
    assert [page.status_code for page in nowhere] == [page.status_code for page in here]
    assert here[-1].content == nowhere[-1].content


def test_capitals_give_no_more_tries(client):
    for name in ("bo", "Bo", "bO", "BO", "ｂｏ"):
        sign_in(client, name, "wrong")
    assert sign_in(client).status_code == 429


def test_after_a_quarter_of_an_hour_it_is_open_again(client):
    guess(client, 5)
    a_while_ago(minutes=16)
    assert sign_in(client).status_code == 302


def test_tries_while_it_is_locked_do_not_make_it_longer(client):
    guess(client, 5)
    a_while_ago(minutes=10)
    guess(client, 3)
    a_while_ago(minutes=6)
    assert sign_in(client).status_code == 302


def a_while_ago(minutes):
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


def test_signing_in_forgets_the_wrong_ones(client):
    guess(client, 4)
    sign_in(client)
    assert guess(Client(), 4).status_code == 200


def test_signing_in_elsewhere_forgets_none_of_them(client):
    guess(client, 4, address="192.0.2.66")
    sign_in(Client(), address="192.0.2.1")
    assert guess(Client(), 1, address="192.0.2.66").status_code == 429


def test_a_pin_at_a_tablet_forgets_none_of_them(client):
    """Whoever guesses at the tablet's own address, as a whole hospital may have one, gets no new tries by it."""
    guess(client, 4)
    browser = people.a_tablet(Client(), people.a_released())
    browser.post(reverse("walk:back-to-staff"), {"username": "bo", "pin": people.PIN}, REMOTE_ADDR="192.0.2.1")
    assert is_in(browser)
    assert guess(Client(), 1).status_code == 429


def test_a_password_without_its_second_step_forgets_none_of_them(client):
    with_app()
    guess(client, 4)
    assert sign_in(client).url == reverse("mfa_authenticate")
    assert guess(Client(), 1).status_code == 429


def test_a_forwarded_address_buys_no_more_tries(client):
    for number in range(5):
        client.post(
            reverse("sign-in"), {"username": "bo", "password": "x"}, headers={"x-forwarded-for": f"203.0.113.{number}"}
        )
    assert client.post(reverse("sign-in"), {"username": "bo", "password": people.PASSWORD}).status_code == 429


def test_no_password_is_kept_with_the_tries(client):
    sign_in(client, "bo", "a-secret-that-was-mistyped")
    attempt = AccessAttempt.objects.get()
    assert "a-secret-that-was-mistyped" not in attempt.post_data
    assert attempt.username == name_of(None, {"username": "bo"})


# --- what there is, and what there is not ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_set_password",
        "account_logout",
        "socialaccount_signup",
        "socialaccount_connections",
        "mfa_index",
        "mfa_download_recovery_codes",
    ],
)
def test_nobody_makes_an_account_or_gets_a_password_by_themselves(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["/account/signup/", "/account/email/", "/account/password/reset/", "/accounts/"])
def test_their_addresses_lead_nowhere(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["/back-office/", "/back-office/login/", "/back-office/staff/user/"])
def test_the_back_office_has_no_sign_in_of_its_own(client, page):
    end = client.get(page, follow=True)
    assert end.redirect_chain[-1][0].startswith(reverse("sign-in"))


def test_a_password_sent_to_the_back_office_opens_nothing(client):
    User.objects.filter(username="ada").update(is_staff=True, is_superuser=True)
    client.post("/back-office/login/", {"username": "ada", "password": people.PASSWORD, "next": "/back-office/"})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("pattern", get_resolver("consent.identity.urls").url_patterns, ids=lambda each: each.name)
def test_every_page_for_staff_asks_who_it_is(client, pattern):
    given = {"pk": 1, "session": "x"}
    url = reverse(pattern.name, kwargs={key: given[key] for key in pattern.pattern.converters})
    if url == reverse("sign-in") or pattern.name.startswith("single-sign-on"):  # where there is none, nothing is there
        return
    response = client.get(url)
    assert response.status_code in (302, 405), url
    assert response.status_code == 405 or response.url.startswith(reverse("sign-in"))


def test_the_scripts_of_the_sign_in_page_are_ours_and_there(client):
    page = client.get(reverse("sign-in")).content.decode()
    sources = re.findall(r'<script src="/static/([^"]+)" defer></script>', page)
    assert "js/passkey.js" in sources
    assert page.count("<script") == len(sources)
    assert all(finders.find(each) for each in sources)
