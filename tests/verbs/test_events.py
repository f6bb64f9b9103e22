"""The audit chain: written inside the change, and any later change to it is found and named."""

import pytest
from django.db import transaction

from consent import events, guards
from consent.models import Event, EventPayload
from tests import people

pytestmark = pytest.mark.django_db


def broken():
    return [verdict for verdict in events.verify_all() if not verdict.whole]


def test_an_untouched_chain_is_whole():
    people.a_complete()
    assert broken() == []


@pytest.mark.parametrize(
    ("field", "value"), [("actor", "staff:1 Somebody Else"), ("kind", "refused"), ("device", "x"), ("hash", "0" * 64)]
)
def test_a_changed_event_is_named(field, value):
    episode = people.a_signed()
    with guards.lifted():
        Event.objects.filter(episode=episode, seq=5).update(**{field: value})
    assert "event 5" in broken()[0].reason


def test_a_changed_payload_is_named():
    episode = people.a_signed()
    with guards.lifted():
        EventPayload.objects.filter(event__episode=episode, event__seq=4).update(body=b"{}")
    assert "event 4: its payload" in broken()[0].reason


def test_a_removed_event_is_noticed():
    episode = people.a_signed()
    with guards.lifted():
        EventPayload.objects.filter(event__episode=episode, event__seq=6).delete()
        Event.objects.filter(episode=episode, seq=6).delete()
    assert "expected event 6" in broken()[0].reason


def test_events_cut_off_at_the_end_are_noticed():
    episode = people.a_signed()
    with guards.lifted():
        last = Event.objects.filter(episode=episode).order_by("-seq").first()
        last.payload.delete()
        last.delete()
    assert "its head says" in broken()[0].reason


def test_a_forgotten_payload_leaves_the_chain_whole():
    episode = people.a_signed()
    with guards.lifted():
        EventPayload.objects.filter(event__episode=episode).delete()
    assert broken() == []


def test_a_change_that_fails_leaves_no_event():
    episode = people.an_episode("check")
    before = Event.objects.count()

    with transaction.atomic():
        people.ask(episode)
        transaction.set_rollback(True)
    assert Event.objects.count() == before
    assert broken() == []


def test_no_free_words_stand_in_the_chain():
    episode = people.an_episode("sign")
    people.ask(episode, "Does my secret lover get a letter?")
    said = b"".join(bytes(each.body) for each in EventPayload.objects.filter(event__episode=episode))
    assert b"lover" not in said
    assert b"grandson" not in said
