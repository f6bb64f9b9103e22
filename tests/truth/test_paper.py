"""What the record of a consent on paper may say, and what it must not leave out."""

from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from consent import signing
from consent.models import Answer
from consent.records import paper, shape
from consent.staff.models import Organisation
from procedures import canonical
from tests import people
from tests.paper.conftest import attach, by_ada, post
from tests.truth.saying import fact, flat, newest, part

pytestmark = pytest.mark.django_db


def after_a_withdrawal(episode, words=""):
    """The record that ends a consent on paper, from the rows as a withdrawal leaves them."""
    signing.withdraw(episode=episode, by=people.actor("bo"), words=words)
    episode.refresh_from_db()
    last = episode.records.order_by("-id").first()
    return shape.parse(paper.compose_withdrawal(episode=episode, at=last.at, previous=last.previous))


def on_paper(at=None):
    episode = people.an_episode(at) if at else people.a_released()
    attach(episode, **by_ada())
    return episode


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_talk_told_by_paper_is_not_said_to_have_been_here():
    episode = on_paper()
    said = flat(part(newest(episode), "people"))
    assert ", here." not in said
    assert ", by phone." in said


def test_a_signature_on_paper_is_not_said_to_be_made_by_who_entered_it():
    episode = on_paper()
    lines = [each for each in flat(part(newest(episode), "people")).split("\n") if "Signed" in each]
    assert [each.split(" | ")[-1] for each in lines] == ["Maria Sample", "Dr Ada Example"]
    assert [each for each in lines if "entered by Bo Example" not in each] == []


# --- the tablet before the paper -------------------------------------------------------------------------------------


def test_a_question_asked_on_the_tablet_is_not_lost_when_paper_is_signed():
    episode = people.an_episode("checklist")
    people.ask(episode, "I play the violin. When can I practise again?")
    attach(episode, **by_ada())
    record = newest(episode)
    assert "Open: I play the violin." in flat(part(record, "on_tablet"))
    assert "still open" in fact(record, "paper")


def test_an_unsure_line_on_the_tablet_is_not_lost_when_paper_is_signed():
    episode = people.an_episode("checklist")
    section = people.walk_of(episode).section("checklist")
    said = dict.fromkeys(section["statements"], "yes")
    key, words = next(iter(section["statements"].items()))
    people.answer_step(people.walk_of(episode), "checklist", {**said, key: "unsure"})
    attach(episode, **by_ada())
    assert f"Open: {words}" in flat(part(newest(episode), "on_tablet"))


def test_a_page_never_reached_on_the_tablet_asked_nothing():
    record = newest(on_paper("before"))
    assert "Open:" not in flat(part(record, "on_tablet"))
    assert "still open" not in fact(record, "paper")


def test_what_was_told_us_in_private_stays_private():
    episode = people.an_episode("checklist")
    attach(episode, **by_ada())
    assert Answer.objects.filter(episode=episode, step="tell_us").exists()
    assert "tell us" not in flat(part(newest(episode), "on_tablet")).casefold()


def test_a_tablet_that_was_never_used_is_not_spoken_of():
    record = newest(on_paper())
    assert "on_tablet" not in [each.code for each in record.parts]
    assert record.bound.answers == ()


# --- taken back ------------------------------------------------------------------------------------------------------


def test_a_paper_consent_taken_back_is_not_said_to_have_been_unread():
    record = flat(after_a_withdrawal(on_paper()))
    assert "did not open them" not in record
    for false in ("Not shown", "None was asked", "No interpreter took part"):
        assert false not in record
    assert "Signed on paper" in record


def test_a_paper_consent_taken_back_keeps_the_words_said():
    record = after_a_withdrawal(on_paper(), words="I would rather wait.")
    assert "I would rather wait." in fact(record, "reason")
    assert (record.kind, record.state.code) == ("withdrawal", "withdrawn")
    assert [each.word for each in record.items] == ["NO LONGER AGREED"]
    assert record.signatures.rows == ()


def test_a_paper_consent_taken_back_names_the_one_it_ends():
    episode = on_paper()
    record = after_a_withdrawal(episode)
    assert record.bound.previous == (episode.records.order_by("id").first().digest,)
    assert len(record.bound.answers) == 1


# --- times -----------------------------------------------------------------------------------------------------------


def bodies(episode):
    return [canonical.loads(each.body) for each in episode.signatures.all()]


def test_a_signature_on_paper_keeps_the_hospitals_zone_and_not_the_servers():
    Organisation.objects.update(time_zone="Asia/Kolkata")
    assert {(each["zone"], each["offset"]) for each in bodies(on_paper())} == {("Asia/Kolkata", "+0530")}


def test_a_time_read_off_the_paper_is_the_hospitals_own_time():
    Organisation.objects.update(time_zone="Asia/Kolkata")
    episode = people.a_released()
    signed = timezone.now().astimezone(ZoneInfo("Asia/Kolkata")).replace(second=0, microsecond=0)
    said = {"on_day": signed.day, "on_month": signed.month, "on_year": signed.year, "at": f"{signed:%H:%M}"}
    post(people.signed_in(Client(), "bo"), episode, **said)
    assert episode.scans.get().signed_at == signed
