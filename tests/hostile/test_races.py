"""Several people act on one consent in the same moment: one wins, the others are told, and the chain stays whole."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from consent import asking, events, handover, lifecycle, preparing, signing
from consent.handover import WrongPin, staff_by_pin
from consent.models import Episode, Event, HandOver, Record, Signature, Status, Work
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def places(transactional_db):
    people.hospital()


def at_once(*acts):
    """Run every act in a thread of its own, all let go together. What each returned or raised, in order."""
    gate, ends = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            gate.wait(10)
            ends[number] = act()
        except Exception as error:  # noqa: BLE001 (it is looked at below)
            ends[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return ends


def faults(ends):
    """Errors that nobody has given a name: a locked database, a broken constraint."""
    named = (lifecycle.WrongMove, signing.AlreadySigned, lifecycle.Changed, signing.GateClosed, signing.KeyReused)
    return [end for end in ends if isinstance(end, Exception) and not isinstance(end, named)]


def chain_of(episode):
    episode = Episode.objects.get(pk=episode.pk)
    return events.verify_chain(f"episode:{episode.pk}", episode.head_seq, episode.head_hash)


def a_signer(episode, key, name="Maria Sample"):
    """A browser of its own that sends the sign page as it stands."""
    walk, browser = people.walk_of(episode), Client()
    session = browser.session
    session["hand_over"] = str(HandOver.objects.get(episode=episode, taken_back_at=None).pk)
    session.save()
    data = {
        "key": key,
        "disclosure": walk.disclosure.digest,
        "answers": walk.answers_digest,
        "way": "typed",
        "typed": name,
    }
    return lambda: browser.post(reverse("walk:sign"), data).status_code


def test_a_double_tap_from_four_tabs_signs_once():
    episode = people.an_episode("sign")
    ends = at_once(*[a_signer(episode, "one-key") for _tab in range(4)])
    assert ends == [303] * 4
    assert Signature.objects.filter(episode=episode).count() == Record.objects.filter(episode=episode).count() == 1
    assert Work.objects.filter(record__episode=episode).count() == 1
    assert chain_of(episode).whole


def test_four_tabs_with_keys_of_their_own_sign_once():
    episode = people.an_episode("sign")
    ends = at_once(*[a_signer(episode, f"key-{tab}") for tab in range(4)])
    assert sorted(ends) == [303, 409, 409, 409]
    assert Signature.objects.filter(episode=episode).count() == 1
    assert chain_of(episode).whole


@pytest.mark.parametrize("turn", range(2))
def test_signing_while_staff_take_the_plan_back_leaves_one_truth(turn):
    episode, theirs = people.an_episode("sign"), people.actor("ada")
    take = lambda: preparing.take_back(episode=Episode.objects.get(pk=episode.pk), by=theirs, reason="wrong")  # noqa: E731
    acts = [a_signer(episode, "k"), take]
    ends = at_once(*(acts if turn else reversed(acts)))
    assert not faults(ends)
    signed = Signature.objects.filter(episode=episode).exists()
    assert Episode.objects.get(pk=episode.pk).status == (Status.SIGNED if signed else Status.DRAFT)
    assert Record.objects.filter(episode=episode).exists() == signed
    assert chain_of(episode).whole


def test_signing_while_a_refusal_is_recorded_leaves_one_truth():
    episode, theirs = people.an_episode("sign"), people.actor("bo")
    ends = at_once(a_signer(episode, "k"), lambda: signing.refuse(walk=people.walk_of(episode), by=theirs))
    assert not faults(ends)
    status, kinds = Episode.objects.get(pk=episode.pk).status, list(Record.objects.filter(episode=episode).values_list("kind", flat=True))  # fmt: skip
    assert (status, kinds) in [(Status.SIGNED, ["signed"]), (Status.REFUSED, ["refusal"])]
    assert chain_of(episode).whole


def test_signing_while_a_question_is_asked_never_signs_over_it():
    episode = people.an_episode("sign")
    walk = people.walk_of(episode)
    ask = lambda: asking.ask(walk=walk, text="Wait. What about my work?", by=people.party_of(episode))  # noqa: E731
    ends = at_once(a_signer(episode, "k"), ask)
    assert not faults(ends)
    signature = Signature.objects.filter(episode=episode).first()
    asked = Event.objects.filter(episode=episode, kind="asked").first()
    if signature:
        assert asked.seq > Event.objects.get(episode=episode, kind="signed").seq
    assert chain_of(episode).whole


def test_two_clinicians_and_a_withdrawal_at_once_leave_one_truth():
    episode = people.a_signed()
    people.discuss(episode)
    proofs = {name: people.proved(episode, name) for name in ("ada", "finn")}
    acts = [
        lambda name=name, proof=proof: signing.countersign(
            episode=Episode.objects.get(pk=episode.pk), by=people.actor(name), key=f"c-{name}", **proof
        )
        for name, proof in proofs.items()
    ]
    withdraw = lambda: signing.withdraw(episode=Episode.objects.get(pk=episode.pk), by=people.actor("bo"))  # noqa: E731
    ends = at_once(*acts, withdraw)
    assert not faults(ends)
    kinds = list(Record.objects.filter(episode=episode).order_by("id").values_list("kind", flat=True))
    assert kinds in (["signed", "complete", "withdrawal"], ["signed", "withdrawal"])
    assert Episode.objects.get(pk=episode.pk).status == Status.WITHDRAWN
    assert chain_of(episode).whole


def test_two_hand_overs_at_once_leave_one_tablet_open():
    episode = people.a_released()
    hand = lambda: people.hand_over(Episode.objects.get(pk=episode.pk))  # noqa: E731
    assert not faults(at_once(hand, hand, hand))
    assert HandOver.objects.filter(episode=episode, taken_back_at=None).count() == 1


def test_many_at_one_consent_keep_the_chain_whole():
    episode = people.an_episode("check")

    def several():
        for number in range(4):
            asking.ask(walk=people.walk_of(episode), text=f"Question {number}", by=people.party_of(episode))

    assert not faults(at_once(*[several] * 6))
    verdict = chain_of(episode)
    assert verdict.whole
    assert Event.objects.filter(episode=episode, kind="asked").count() == 24


def test_ten_pins_at_once_are_five_tries():
    hand = HandOver.objects.get(episode=people.an_episode("check"))

    def guess():
        with pytest.raises(WrongPin):
            staff_by_pin(username="bo", pin="9999", hand_over=hand)

    assert not faults(at_once(*[guess] * 10))
    hand.refresh_from_db()
    assert (people.user("bo").pin_tries, hand.wrong_pins) == (5, 5)
    with pytest.raises(WrongPin):
        staff_by_pin(username="bo", pin=people.PIN, hand_over=hand)


def test_taking_a_tablet_back_while_it_signs_leaves_one_truth():
    episode = people.an_episode("sign")
    hand = HandOver.objects.get(episode=episode, taken_back_at=None)
    ends = at_once(a_signer(episode, "k"), lambda: handover.take_back(hand_over=hand, by=people.actor("bo")))
    assert not faults(ends)
    assert ends[0] in (303, 403, 409)
    assert Signature.objects.filter(episode=episode).exists() == (ends[0] == 303)
    assert chain_of(episode).whole
