"""The tablet between two pairs of hands: old cookies, old staff, other clinics' staff, and tablets of those who no longer decide."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import deciding, handover, preparing
from consent.models import Episode, HandOver, Status
from tests import people

pytestmark = pytest.mark.django_db


def copied(client):
    """Another browser with the same cookies."""
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return other


def give(client, episode):
    """Bo hands the tablet over on the desk's own page."""
    people.signed_in(client, "bo")
    return client.post(
        reverse("desk:hand-over", args=[episode.pk]),
        {"said": "said", "free": "on", "party": episode.decision_maker.pk, "device": "tablet 4"},
    )


def pin(client, name="walk:back-to-staff", username="bo", number=people.PIN):
    return client.post(reverse(name), {"username": username, "pin": number})


def test_the_cookie_of_staff_is_worth_nothing_after_the_hand_over(client):
    people.signed_in(client, "bo")
    old = copied(client)
    assert old.get(reverse("desk:today")).status_code == 200
    give(client, people.a_released())
    assert old.get(reverse("desk:today")).status_code == 302
    assert client.get(reverse("desk:today")).headers["Location"] == reverse("walk:back-to-staff")


def test_the_cookie_of_a_tablet_is_worth_nothing_after_it_came_back(client):
    give(client, people.a_released())
    old = copied(client)
    assert old.get(reverse("walk:step", args=["welcome"])).status_code == 200
    assert pin(client).status_code == 302
    assert old.get(reverse("walk:step", args=["welcome"])).status_code == 403
    assert old.get(reverse("desk:today")).status_code == 302
    assert client.get(reverse("desk:today")).status_code == 200


def test_a_session_that_was_set_before_is_not_taken_on(client):
    """Fixation: whoever knows the session before a hand-over or a PIN does not know it afterwards."""
    people.signed_in(client, "bo")
    keys = [client.session.session_key]
    give(client, people.a_released())
    keys.append(client.session.session_key)
    pin(client)
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


def test_staff_of_another_clinic_neither_step_in_nor_take_the_tablet(client):
    people.a_tablet(client, people.an_episode("check"))
    for name in ("walk:back-to-staff", "walk:staff"):
        assert pin(client, name, "chidi").status_code == 404
        assert "stepped_in" not in client.session
        assert "_auth_user_id" not in client.session


def test_a_closed_account_opens_no_tablet(client):
    people.a_tablet(client, people.an_episode("check"))
    user = people.user("bo")
    user.is_active = False
    user.save()
    assert pin(client).status_code == 422
    assert pin(client, "walk:staff").status_code == 422


def test_stepping_in_ends_by_giving_back_and_by_itself(client):
    people.a_tablet(client, people.an_episode("check"))
    pin(client, "walk:staff", "ada")
    assert client.get(reverse("walk:bedside")).status_code == 200
    client.post(reverse("walk:bedside-give-back"))
    assert client.get(reverse("walk:bedside")).headers["Location"] == reverse("walk:staff")
    pin(client, "walk:staff", "ada")
    session = client.session
    session["stepped_in"] |= {"at": (timezone.now() - timedelta(minutes=11)).isoformat()}
    session.save()
    assert client.post(reverse("walk:bedside-discussion"), {"mode": "here"}).headers["Location"] == reverse(
        "walk:staff"
    )


def test_a_nurse_at_the_bedside_answers_nothing_and_explains_nothing(client):
    episode = people.an_episode("check")
    question = people.ask(episode)
    people.a_tablet(client, episode)
    pin(client, "walk:staff", "bo")
    assert client.post(reverse("walk:bedside-answer", args=[question.pk]), {"text": "Yes"}).status_code == 403
    assert client.post(reverse("walk:bedside-discussion"), {"mode": "here"}).status_code == 403
    assert not question.replies.exists()
    assert not episode.discussions.exists()


def test_a_question_of_another_consent_is_not_answered_from_this_tablet(client):
    other = people.ask(people.an_episode("check"))
    people.a_tablet(client, people.an_episode("check"))
    pin(client, "walk:staff", "ada")
    assert client.post(reverse("walk:bedside-answer", args=[other.pk]), {"text": "Yes"}).status_code == 404


def test_five_wrong_pins_need_more_than_a_pin(client):
    people.a_tablet(client, people.an_episode("check"))
    for _try in range(5):
        assert pin(client, number="9999").status_code == 422
    assert pin(client).status_code == 422


def test_the_tablet_of_somebody_who_no_longer_decides_is_shut(client):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    findings = {"because": "delirium"}
    deciding.assess(episode=episode, kind="capacity", findings=findings, by=people.actor("ada"))
    deciding.appoint(
        episode=episode, name="Alba Sample", relationship="daughter", authority="attorney", evidence="seen", by=people.actor("ada")
    )  # fmt: skip
    preparing.release(episode=Episode.objects.get(pk=episode.pk), by=people.actor("ada"))
    for response in (
        client.get(reverse("walk:go-on")),
        client.post(reverse("walk:step", args=["welcome"]), {"language": "en"}),
        client.post(reverse("walk:refuse")),
    ):
        assert response.status_code == 403
    assert Episode.objects.get(pk=episode.pk).status == Status.READY
    assert not HandOver.objects.filter(episode=episode, taken_back_at=None).exists()


def test_a_tablet_taken_back_from_the_desk_shows_nothing_more(client):
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    hand = HandOver.objects.get(episode=episode, taken_back_at=None)
    handover.take_back(hand_over=hand, by=people.actor("bo"))
    response = client.get(reverse("walk:whole"))
    assert response.status_code == 403
    assert b"Maria" not in response.content


def test_another_clinics_staff_end_no_tablet_of_ours(client):
    episode = people.an_episode("check")
    hand = HandOver.objects.get(episode=episode, taken_back_at=None)
    people.signed_in(client, "chidi")
    assert client.post(reverse("desk:take-tablet-back", args=[episode.pk, hand.pk])).status_code == 404
    ours = people.an_episode("check")
    people.signed_in(client, "bo")
    assert client.post(reverse("desk:take-tablet-back", args=[ours.pk, hand.pk])).status_code == 404
