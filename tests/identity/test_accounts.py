"""An account is closed: its sessions end at once, everywhere, and that is written down."""

import pytest
from django.test import Client
from django.urls import reverse

from consent import accounts
from consent.models import Event
from consent.staff.models import Organisation, Session, User
from tests import people

pytestmark = pytest.mark.django_db
TODAY = "/desk/"


def closed(username="bo", by="ada"):
    accounts.disable(user=people.user(username), by=people.actor(by))


def test_every_session_of_a_closed_account_ends_at_once():
    browsers = [people.signed_in(Client(), "bo") for _ in range(2)]
    closed()
    assert not Session.objects.filter(user=people.user("bo")).exists()
    for browser in browsers:
        assert browser.get(TODAY).url.startswith(reverse("sign-in"))


def test_a_session_that_lives_on_by_mistake_is_no_longer_anybodys(client):
    people.signed_in(client, "bo")
    User.objects.filter(username="bo").update(is_active=False)
    assert client.get(TODAY).url.startswith(reverse("sign-in"))


def test_others_stay_signed_in(client):
    people.signed_in(client, "ada")
    closed("bo", by="finn")
    assert client.get(TODAY).status_code == 200


def test_it_is_written_down_with_who_did_it_and_only_once():
    people.signed_in(Client(), "bo")
    closed()
    closed()
    event = Event.objects.get(kind="account_disabled", episode=None)
    assert "Dr Ada Example" in event.actor
    assert b'"sessions":1' in bytes(event.payload.body)


def test_it_stands_in_the_chain_of_those_who_employ_them():
    Organisation.objects.create(name="Other Example Hospital")
    closed()
    assert Event.objects.get(kind="account_disabled").organisation.name == "Example General Hospital"


def test_a_closed_account_is_opened_again_with_nothing_lost(client):
    closed()
    accounts.enable(user=people.user("bo"), by=people.actor("ada"))
    assert people.user("bo").roles == {"nurse"}
    assert people.signed_in(client, "bo").get(TODAY).status_code == 200
    assert Event.objects.filter(kind="account_enabled").count() == 1


def test_nobody_closes_their_own_account():
    with pytest.raises(accounts.OwnAccount):
        closed("ada", by="ada")
    assert people.user("ada").is_active


def test_a_tablet_in_a_patients_hands_is_nobodys_session(client):
    episode = people.a_released()
    people.signed_in(client, "bo")
    client.post(reverse("desk:hand-over", args=[episode.pk]), people_said(episode))
    assert not Session.objects.filter(user=people.user("bo")).exists()
    closed()
    assert client.get(reverse("walk:go-on"), follow=True).status_code == 200


def people_said(episode):
    return {"said": "said", "free": "on", "party": episode.decision_maker.pk, "device": ""}
