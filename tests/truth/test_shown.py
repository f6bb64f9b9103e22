"""What was shown, to whom and in which words: the record says neither more nor less."""

import itertools

import pytest
from django.test import Client

from consent import preparing
from consent.steps import STEPS
from procedures import canonical
from tests import people
from tests.truth.saying import flat, newest, open_text, part, released, signed

pytestmark = pytest.mark.django_db


def the_page(episode, key):
    return people.a_tablet(Client(), episode).get(f"/p/step/{key}/")


# --- what was shown, and to whom -------------------------------------------------------------------------------------


def test_a_note_that_the_page_left_out_is_not_on_the_record_as_told():
    words = "Your sugar may stay high for a week."
    episode = people.a_draft()
    preparing.tailor(episode=episode, by=people.actor("ada"), words=words, risk="st_sugar")
    released(episode)
    people.walk_to(episode, "sign", answers={"tell_us": {"diabetes": "no"}})
    shown = words in the_page(episode, "common").content.decode()
    people.sign(episode)
    assert (words in flat(newest(episode))) == shown


def test_the_words_on_signing_were_shown_in_the_language_of_the_record():
    episode = people.a_released()
    client = people.a_tablet(Client(), episode)
    shown = client.get("/p/step/welcome/").content.decode()
    answer = client.post("/p/step/welcome/", {"language": "es", "text_size": "100"})
    shown += client.get(answer.url).content.decode()
    assert people.walk_of(episode).section("welcome")["signing"] in shown


def test_our_side_is_not_given_away_before_the_person_picks():
    """The record says "picked before ours was shown"."""
    episode = people.an_episode("side")
    pages = " ".join(open_text(the_page(episode, key)) for key in ("why", "matters", "tell_us", "side"))
    assert "left arm" not in pages


# --- whose words -----------------------------------------------------------------------------------------------------


def test_a_word_of_acceptance_tapped_by_staff_says_so():
    episode = people.an_episode("checklist")
    question = people.ask(episode)
    people.answer(question)
    client = people.a_tablet(Client(), episode)
    session = client.session
    session["tapped_by"] = "Bo Example, Nurse, Imaging"
    session.save()
    last = question.replies.last().pk
    client.post(f"/p/ask/{question.pk}/accept/", {"word": "satisfied", "reply": last})
    session = client.session
    session["tapped_by"] = ""
    session.save()
    assert "tapped" in flat(part(signed(episode), "understood")).casefold()


# --- what was answered -----------------------------------------------------------------------------------------------


def test_private_answers_cannot_be_worked_out_from_the_digest_on_the_record():
    """All other answers are printed or plain, so whoever holds the record can try the private ones one by one."""
    episode = people.an_episode("tell_us")
    keys = [each["key"] for each in people.walk_of(episode).section("tell_us")["items"]]
    people.walk_to(episode, "sign", answers={"tell_us": {"pressed": "yes", "hiv_medicine": "yes"}})
    digests = {key: answer.digest for key, answer in people.walk_of(episode).answers.items()}
    people.sign(episode)
    printed = newest(episode).bound.answers
    for said in itertools.product(("", "yes"), repeat=len(keys)):
        guess = {key: word for key, word in zip(keys, said, strict=True) if word}
        digests["tell_us"] = canonical.digest_of(guess)
        order = [[step.key, digests[step.key]] for step in STEPS if step.key in digests]
        assert canonical.digest_of(order) not in printed, f"found: {guess}"


# --- times, languages ------------------------------------------------------------------------------------------------


def test_a_time_typed_at_the_desk_is_the_hospitals_own_time():
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from django.urls import reverse
    from django.utils import timezone

    from consent.staff.models import Organisation

    Organisation.objects.update(time_zone="America/New_York")
    episode = people.a_signed()
    typed = (timezone.now() - timedelta(minutes=5)).astimezone(ZoneInfo("America/New_York"))
    day = {"on_day": typed.day, "on_month": typed.month, "on_year": typed.year, "at": f"{typed:%H:%M}"}
    said = {"release": episode.release.pk, "mode": "phone", "present": "", "note": "", **day}
    people.signed_in(Client(), "ada").post(reverse("desk:discussion", args=[episode.pk]), said)
    made = episode.discussions.get()
    assert made.happened_at == typed.replace(second=0, microsecond=0)
