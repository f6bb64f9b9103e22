"""Today's list: who is on it, what is missing, and that it gives nothing private away."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent.models import Access, Status, Work
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db
TODAY = reverse("desk:today")


def listed(client, username="bo", query=""):
    return people.signed_in(client, username).get(f"{TODAY}{query}").content.decode()


def test_a_line_shows_two_identifiers_and_the_side_in_capitals(client):
    people.a_draft(patient=people.a_patient(number="000 481 516"), side="right")
    page = listed(client)
    assert "Maria Sample" in page
    assert "14 Mar 1961" in page
    assert "000 481 516" in page
    assert "<b>RIGHT C6</b> nerve root" in page


def test_people_of_another_clinic_are_not_on_it(client):
    people.a_draft(patient=people.a_patient(number="000 481 516"))
    assert "000 481 516" not in listed(client, "chidi")


@pytest.mark.parametrize(
    ("make", "missing"),
    [
        (people.a_draft, "Not released"),
        (people.a_released, "Tablet not handed over"),
        (scenes.unsure, "1 thing to talk about"),
        (scenes.held, "The side they picked is not the side that was planned"),
        (people.a_signed, "Clinician has not signed. Discussion not recorded"),
        (people.a_complete, "Valid until"),
    ],
)
def test_a_line_says_what_is_missing(client, make, missing):
    make()
    assert missing in listed(client)


def test_what_was_told_in_private_never_stands_on_it(client):
    people.an_episode(
        "side",
        answers={"tell_us": {"blood_thinner": "yes", "blood_thinner__detail": "Aspirin 75 mg", "pressed": "yes"}},
    )
    page = listed(client)
    assert "Aspirin" not in page
    assert "pressed" not in page


def test_the_next_step_of_a_nurse_is_one_that_a_nurse_may_do(client):
    episode = people.a_signed()
    url = reverse("desk:countersign", args=[episode.pk])
    assert url not in listed(client, "bo")
    assert url in listed(client, "ada")


def test_words_searched_for_stay_out_of_the_address(client):
    people.a_draft(patient=people.a_patient(given="Noor", number="000 482 004"))
    people.a_draft(patient=people.a_patient(number="000 481 516"))
    response = people.signed_in(client, "bo").post(reverse("desk:find"), {"words": "Noor", "status": "draft"})
    assert response.url == f"{TODAY}?status=draft"
    page = client.get(response.url).content.decode()
    assert "000 482 004" in page
    assert "000 481 516" not in page


def test_a_search_is_written_down_without_its_words(client):
    people.signed_in(client, "bo").post(reverse("desk:find"), {"words": "Noor"})
    client.get(TODAY)
    assert Access.objects.get(what="searched").detail == "0 found"


def test_filters_by_status_and_day(client):
    people.a_draft(patient=people.a_patient(number="000 000 001"))
    later = people.a_released(patient=people.a_patient(number="000 000 002"))
    later.planned_on = timezone.localdate() + timedelta(days=3)
    later.save(update_fields=["planned_on"])
    assert "000 000 002" not in listed(client, query="?when=today")
    assert "000 000 001" not in listed(client, query="?status=ready")
    assert "000 000 002" in listed(client, query="?when=week&status=ready")


def test_counts_lead_to_the_lines_they_count(client):
    asked, _question = scenes.with_question()
    people.a_signed()
    page = listed(client, "ada", "?show=questions")
    assert reverse("desk:episode", args=[asked.pk]) in page
    assert "1 person on this list" in page
    assert "1 person on this list" in listed(client, "ada", "?show=countersign")


def test_who_has_no_clinic_yet_is_not_told_that_there_are_no_patients(client):
    people.a_signed()
    people.user("bo").clinics.clear()
    page = listed(client, "bo", "")
    assert "You have no clinic yet: ask whoever looks after accounts." in page
    assert "Nobody is on this list" not in page


def test_an_answered_question_waits_for_the_person_and_not_for_staff(client):
    _episode, question = scenes.with_question()
    people.answer(question)
    assert "Nobody is on this list" in listed(client, "ada", "?show=questions")
    people.accept(question, "not_yet")
    assert "1 person on this list" in listed(client, "ada", "?show=questions")


def test_a_seal_that_is_late_raises_an_alarm(client):
    episode = people.a_signed()
    work = Work.objects.get(record__episode=episode)
    work.done_at, work.made_at = None, timezone.now() - timedelta(minutes=4)
    work.save()
    assert "not sealed yet" not in listed(client)
    work.made_at = timezone.now() - timedelta(minutes=6)
    work.save()
    assert "1 record is not sealed yet" in listed(client)


def test_a_consent_that_has_run_out_says_so(client):
    episode = people.a_complete()
    episode.valid_until = date(2020, 1, 1)
    episode.save(update_fields=["valid_until"])
    assert "Expired" in listed(client)


def test_somebody_without_a_group_is_refused(client):
    user = people.user("bo")
    user.groups.clear()
    client.force_login(user)
    assert client.get(TODAY).status_code == 403


def test_a_refused_consent_is_still_seen_on_its_day(client):
    episode = scenes.refused()
    assert episode.status == Status.REFUSED
    assert "Refused" in listed(client)
