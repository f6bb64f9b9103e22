"""The password of somebody who is signed in cannot be guessed: five wrong ones in all, on whatever page, and only a full sign-in helps."""

import pytest
from django.urls import reverse

from consent.models import Event
from tests import people
from tests.desk import scenes
from tests.identity.ways import is_in, sign_in

pytestmark = pytest.mark.django_db
WRONG = "not-the-password"


def at_pin_page(client, password=WRONG):
    return client.post(reverse("desk:pin"), {"password": password, "pin": "2846", "again": "2846"})


def at_signature(client, password=WRONG):
    episode = people.a_signed()
    return client.post(reverse("desk:countersign", args=[episode.pk]), scenes.countersigned(episode, password=password))


def asked_again(client, password=WRONG):
    return client.post(reverse("account_reauthenticate"), {"password": password})


def at_change(client, password=WRONG):
    said = {"oldpassword": password, "password1": "five-six-seven-8", "password2": "five-six-seven-8"}
    return client.post(reverse("account_change_password"), said)


def back_by_pin(client):
    people.a_tablet(client, people.a_released())
    client.post(reverse("walk:back-to-staff"), {"username": "ada", "pin": people.PIN})
    assert is_in(client, "ada")
    return client


@pytest.fixture
def ada(client):
    return people.signed_in(client, "ada")


@pytest.mark.parametrize("page", [at_pin_page, at_signature, asked_again, at_change])
def test_the_fifth_wrong_password_ends_it_on_every_page(ada, page):
    assert [page(ada).status_code in (200, 422) for _try in range(4)] == [True] * 4
    response = page(ada)
    assert response.status_code == 403
    assert "Please sign in again" in response.content.decode()
    assert not is_in(ada, "ada")
    assert Event.objects.filter(kind="tries_used_up", episode=None).count() == 1


def test_pages_count_together(ada):
    for page in (at_pin_page, at_signature, asked_again, at_change):
        page(ada)
    assert at_pin_page(ada).status_code == 403


def test_coming_back_by_pin_gives_no_sixth(client):
    for _round in range(2):
        back_by_pin(client)
        at_signature(client), at_pin_page(client)
    back_by_pin(client)
    assert at_signature(client).status_code == 403
    assert at_pin_page(back_by_pin(client), people.PASSWORD).status_code == 403
    assert people.user("ada").pin_is(people.PIN)


def test_a_right_pin_forgets_no_wrong_password(ada):
    at_signature(ada, people.PASSWORD)
    for _try in range(4):
        at_pin_page(ada)
    episode = people.a_signed()
    form = scenes.countersigned(episode, password="", pin=people.PIN, key="by-pin")
    assert ada.post(reverse("desk:countersign", args=[episode.pk]), form).status_code == 302
    assert at_pin_page(ada).status_code == 403


def test_a_full_sign_in_forgets_them(ada):
    for _try in range(5):
        at_pin_page(ada)
    sign_in(ada, "ada")
    assert at_pin_page(ada, people.PASSWORD).status_code == 302
    assert people.user("ada").pin_is("2846")


def test_the_right_one_forgets_them(ada):
    for _round in range(2):
        for _try in range(4):
            assert at_pin_page(ada).status_code == 422
        assert at_pin_page(ada, people.PASSWORD).status_code == 302
    assert people.user("ada").password_tries == 0


def test_a_pin_that_will_not_do_is_no_try_at_the_password(ada):
    ada.post(reverse("desk:pin"), {"password": WRONG, "pin": "1234", "again": "1234"})
    assert people.user("ada").password_tries == 0
