"""Who came in, who failed to and who was refused stands in the log: by number, never by what was typed."""

import logging

import pytest
from django.urls import reverse

from tests import people
from tests.hardening.addresses import a_full_episode

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(caplog):
    caplog.set_level(logging.INFO, logger="consent.doorbook")
    return lambda: [each.getMessage() for each in caplog.records if each.name == "consent.doorbook"]


def sign_in(client, **more):
    said = {"username": "bo", "password": people.PASSWORD, **more}
    return client.post(reverse("sign-in"), said, REMOTE_ADDR="203.0.113.5")


def test_whoever_signs_in_and_out_stands_in_it(client, book):
    assert sign_in(client).status_code == 302
    client.post(reverse("sign-out"))
    user = people.user("bo").pk
    assert book() == [f"user {user} signed in from 203.0.113.5", f"user {user} signed out"]


def test_whoever_fails_to_stands_in_it_and_nothing_that_was_typed(client, book, caplog):
    sign_in(client, username="my-secret-word", password="another-secret-word")
    assert book() == ["a sign-in failed from 203.0.113.5"]
    assert "secret-word" not in caplog.text


@pytest.mark.parametrize(("who", "page", "status"), [("rae", "release", 403), ("chidi", "episode", 404), ("chidi", "release", 404)])  # fmt: skip
def test_whoever_is_refused_stands_in_it(client, book, who, page, status):
    url = reverse(f"desk:{page}", args=[a_full_episode().pk])
    people.signed_in(client, who)
    assert client.get(url).status_code == status
    assert book()[-1] == f"user {people.user(who).pk} was answered {status} at GET {url}"


def test_a_stranger_who_types_an_address_does_not(client, book):
    client.get("/nowhere/")
    assert book() == []
