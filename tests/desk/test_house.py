"""Signing in, one's own PIN, and the local values of a hospital."""

import pytest
from django.urls import reverse

from consent import placing
from consent.models import Event
from consent.staff.models import SiteValue, User
from tests import people

pytestmark = pytest.mark.django_db


# --- signing in ------------------------------------------------------------------------------------------------------


def test_signing_in_leads_to_todays_list(client):
    response = client.post(reverse("sign-in"), {"username": "bo", "password": people.PASSWORD})
    assert response.url == reverse("desk:today")


def test_a_wrong_password_says_what_to_check_and_not_which(client):
    known = client.post(reverse("sign-in"), {"username": "bo", "password": "x"}).content.decode()
    unknown = client.post(reverse("sign-in"), {"username": "nobody", "password": "x"}).content.decode()
    for page in (known, unknown):
        assert "do not belong together" in page


def test_it_does_not_send_anybody_to_another_site(client):
    data = {"username": "bo", "password": people.PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post(reverse("sign-in"), data).url == reverse("desk:today")


def test_an_account_that_is_closed_stays_outside(client):
    User.objects.filter(username="bo").update(is_active=False)
    response = client.post(reverse("sign-in"), {"username": "bo", "password": people.PASSWORD})
    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


# --- the PIN ---------------------------------------------------------------------------------------------------------


def set_pin(client, pin="2846", again=None, password=people.PASSWORD):
    data = {"password": password, "pin": pin, "again": again or pin}
    return people.signed_in(client, "bo").post(reverse("desk:pin"), data)


def test_a_new_pin_counts_and_unlocks(client):
    User.objects.filter(username="bo").update(pin_tries=5)
    set_pin(client)
    bo = people.user("bo")
    assert bo.pin_is("2846")
    assert not bo.pin_is_locked
    assert Event.objects.filter(kind="pin_set", episode=None).count() == 1


@pytest.mark.parametrize("pin", ["123", "1234", "0000", "9876", "4545", "28a6", "٢٨٤٦"])
def test_a_pin_that_is_easily_guessed_is_refused(client, pin):
    assert set_pin(client, pin).status_code == 422
    assert people.user("bo").pin_is(people.PIN)


def test_the_password_comes_first(client):
    assert set_pin(client, password="x").status_code == 422
    assert people.user("bo").pin_is(people.PIN)


def test_both_must_be_the_same(client):
    assert set_pin(client, "2846", "2847").status_code == 422


def test_a_pin_is_never_sent_back(client):
    assert "2847" not in set_pin(client, "2846", "2847").content.decode()


# --- local values ----------------------------------------------------------------------------------------------------


def values_url(site=None):
    return reverse("desk:site-values", args=[(site or people.clinic().site).pk, people.SLUG])


def sent(**more):
    return {**SiteValue.current(people.clinic().site, people.SLUG), **more}


def test_only_what_has_changed_is_inserted_and_the_old_value_stays(client):
    before = SiteValue.objects.count()
    people.signed_in(client, "ada").post(values_url(), sent(no_driving="48"))
    assert SiteValue.objects.count() == before + 1
    assert SiteValue.current(people.clinic().site, people.SLUG)["no_driving"] == "48"
    assert SiteValue.objects.filter(key="no_driving", value="24").exists()
    assert Event.objects.filter(kind="site_values_set").count() == 1


def test_saving_without_a_change_writes_nothing(client):
    before = SiteValue.objects.count()
    people.signed_in(client, "ada").post(values_url(), sent())
    assert SiteValue.objects.count() == before
    assert not Event.objects.filter(kind="site_values_set").exists()


@pytest.mark.parametrize(
    ("key", "value"), [("ward_phone", "call us"), ("no_driving", "-1"), ("no_driving", "soon"), ("imaging", "mri")]
)
def test_a_value_of_the_wrong_kind_is_refused(client, key, value):
    before = SiteValue.objects.count()
    assert people.signed_in(client, "ada").post(values_url(), sent(**{key: value})).status_code == 422
    assert SiteValue.objects.count() == before


def test_an_emptied_value_is_a_gap_again(client):
    people.signed_in(client, "ada").post(values_url(), sent(ward_phone=""))
    assert "1 not set" in client.get(reverse("desk:values")).content.decode()


def test_only_the_policys_groups_set_them(client):
    assert people.signed_in(client, "bo").get(reverse("desk:values")).status_code == 403
    assert people.signed_in(client, "bo").post(values_url(), sent()).status_code == 403


def test_another_hospitals_values_are_out_of_reach(client):
    from consent.staff.models import Organisation, Site

    other = Site.objects.create(organisation=Organisation.objects.create(name="Other"), name="Other")
    assert people.signed_in(client, "ada").post(values_url(other), sent()).status_code == 404


@pytest.mark.parametrize(
    ("pin", "weak"), [("1111", True), ("2345", True), ("5432", True), ("1212", True), ("2580", False), ("1357", False)]
)
def test_what_is_easily_guessed(pin, weak):
    assert placing.is_easily_guessed(pin) is weak
