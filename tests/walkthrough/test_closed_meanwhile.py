"""A tablet is taken back, or a link ended, while a page of it is on its way: nothing is changed, and the page says so."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import access, handover, inviting, signing
from consent.models import HandOver
from consent.walkthrough import views
from tests import people
from tests.walkthrough.test_bare_posts import database

pytestmark = pytest.mark.django_db


def hand_of(episode):
    return HandOver.objects.get(episode=episode, taken_back_at=None)


def taken_back(hand):
    handover.take_back(hand_over=hand, by=people.actor("bo"))


def revoked(hand):
    inviting.revoke(invitation=hand.invitation, by=people.actor("bo"))


def run_out(hand):
    HandOver.objects.filter(pk=hand.pk).update(at=timezone.now() - timezone.timedelta(days=1))


def opened_elsewhere(hand):
    """Somebody opens a link of the same person: the tablet at the bedside is closed by it."""
    people.at_home(Client(), hand.episode)


def a_question(episode):
    return people.answer(people.ask(episode)).question


def accepted(client, episode, question):
    return client.post(
        reverse("walk:accept", args=[question.pk]), {"word": "satisfied", "reply": question.replies.last().pk}
    )


def at(name, *args, **data):
    return lambda client, episode, _: client.post(reverse(f"walk:{name}", args=args), data)


def signed(client, episode, _=None):
    walk = people.walk_of(episode)
    act = {"key": "k", "disclosure": walk.disclosure.digest, "answers": walk.answers_digest}
    return client.post(reverse("walk:sign"), {**act, "way": "typed", "typed": walk.party.name})


def helped(client, episode, _=None):
    walk = people.walk_of(episode)
    act = {"key": "k", "disclosure": walk.disclosure.digest, "answers": walk.answers_digest}
    seen = {"how": "spoken", "why": "tremor", "words": "Yes", "witness_1": "bo", "pin_1": people.PIN}
    return client.post(reverse("walk:help"), {**act, **seen})


def answered(key, **more):
    def act(client, episode, _):
        digest = people.walk_of(episode).disclosure.section_digest(key)
        return client.post(reverse("walk:step", args=[key]), {"page": digest, **more})

    return act


ACTS = {
    "welcome": ("welcome", at("step", "welcome", language="en", text_size="100", shown="en")),
    "step": ("why", answered("why")),
    "side": ("side", answered("side", side="left")),
    "decision": ("decision", answered("decision", decision="consent")),
    "sign": ("sign", signed),
    "help": ("sign", helped),
    "ask": ("why", at("ask", text="How long does it take?")),
    "accept": ("why", accepted),
    "more-time": ("why", at("more-time")),
    "refuse": ("why", at("refuse", reason="")),
    "change": ("signed", at("change", words="")),
    "paper": ("why", at("paper")),
    "not-me": ("why", at("not-me")),
    "stop": ("why", at("stop")),
    "comfort": ("why", at("comfort", text_size="150")),
    "draft": ("why", lambda client, _episode, _q: client.post(f"{reverse('walk:draft')}?step=ask", {"field": "text", "text": "How long"})),
}  # fmt: skip


@pytest.fixture
def closing(monkeypatch):
    """From now on `close` happens after a page has found its hand-over open, and before its verb has the lock."""

    def by(close):
        found = views.bound

        def late(request):
            hand = found(request)
            monkeypatch.setattr(views, "bound", found)
            close(HandOver.objects.get(pk=hand.pk))
            late.before = database()
            return hand

        monkeypatch.setattr(views, "bound", late)
        return late

    return by


def an_episode(step):
    return people.a_signed() if step == "signed" else people.an_episode(step)


@pytest.mark.parametrize("name", ACTS)
def test_nothing_is_changed_by_a_tablet_that_was_taken_back(client, closing, name):
    step, act = ACTS[name]
    episode = an_episode(step)
    question = a_question(episode) if name == "accept" else None
    people.a_tablet(client, episode)
    late = closing(taken_back)
    response = act(client, episode, question)
    assert response.status_code == 409
    assert "This page was closed" in response.content.decode()
    assert database() == late.before


@pytest.mark.parametrize("close", [revoked, run_out, taken_back])
@pytest.mark.parametrize("name", ["step", "sign", "refuse", "ask"])
def test_nothing_is_changed_by_a_link_that_was_closed(client, closing, name, close):
    step, act = ACTS[name]
    episode = an_episode(step)
    people.at_home(client, episode)
    late = closing(close)
    response = act(client, episode, None)
    assert response.status_code == 409
    assert "open your link once more" in response.content.decode()
    assert database() == late.before


def test_a_signature_at_the_bedside_waits_in_vain_when_a_link_is_opened(client, closing):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    closing(opened_elsewhere)
    assert signed(client, episode).status_code == 409
    assert not episode.signatures.exists()


def test_what_a_signature_says_of_its_place_comes_from_what_it_came_by(client):
    episode = people.an_episode("sign")
    people.at_home(client, episode)
    mine = hand_of(episode)
    signed(client, episode)
    said = json.loads(bytes(episode.signatures.get().body))["remote"]
    assert (said["invitation"], said["opened_at"]) == (mine.invitation_id, mine.at.isoformat())


def test_a_signature_sent_again_gets_its_reply_although_the_tablet_is_closed(client):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    hand = hand_of(episode)
    walk = people.walk_of(episode, hand)
    sent = {
        "walk": walk, "by": people.party_of(episode), "key": "k", "method": "typed", "typed": walk.party.name,
        "disclosure": walk.disclosure.digest, "answers": walk.answers_digest,
    }  # fmt: skip
    made = signing.sign(**sent)
    taken_back(hand)
    assert signing.sign(**sent) == made
    with pytest.raises(access.HandOverClosed):
        signing.sign(**{**sent, "key": "another"})


def test_a_tablet_taken_back_twice_was_taken_back_once(client):
    episode = people.an_episode("why")
    hand, again = hand_of(episode), hand_of(episode)
    taken_back(hand)
    taken_back(again)
    assert episode.events.filter(kind="taken_back").count() == 1
