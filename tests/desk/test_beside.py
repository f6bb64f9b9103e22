"""A second open consent of the same patient: staff are told before the wrong one is released or signed."""

import datetime
import io
import shutil

import pytest
from django.core.management import call_command
from django.urls import reverse

from consent import preparing
from consent.models import Event, Status
from procedures import canonical
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db
WARNED = "This patient has another open consent. Which one is meant?"


def see(client, name, episode, who="ada"):
    return people.signed_in(client, who).get(reverse(f"desk:{name}", args=[episode.pk])).content.decode()


def release(client, episode, **more):
    said = {**scenes.released(episode), **more}
    response = people.signed_in(client, "ada").post(reverse("desk:release", args=[episode.pk]), said)
    episode.refresh_from_db()
    return response


def elsewhere(patient):
    """An open consent in a clinic that none of the cast but Dr Chidi works in."""
    return people.a_draft(patient=patient, side="right", levels=("C7",), at="Elsewhere")


@pytest.fixture
def patient():
    return people.a_patient()


@pytest.fixture
def first(patient):
    return people.a_released(patient=patient)


@pytest.mark.parametrize("name", ["edit", "release"])
def test_who_prepares_a_second_one_sees_the_first(client, first, patient, name):
    second = people.a_draft(patient=patient, side="right", levels=("C7",))
    page = see(client, name, second)
    assert WARNED in page
    for words in (first.number, "LEFT C6", "Cervical nerve root injection", "Ready"):
        assert words in page
    assert reverse("desk:episode", args=[first.pk]) in page


@pytest.mark.parametrize("name", ["episode", "hand-over"])
def test_who_hands_over_the_first_sees_the_second(client, first, patient, name):
    second = people.a_draft(patient=patient, side="right", levels=("C7",))
    page = see(client, name, first, "bo")
    assert WARNED in page
    assert second.number in page
    assert "RIGHT C7" in page


def test_a_second_one_is_released_only_when_it_is_meant(client, first, patient):
    second = people.a_draft(patient=patient, side="right", levels=("C7",))
    response = release(client, second)
    assert (response.status_code, second.status) == (422, Status.DRAFT)
    assert "Tick that a second consent is meant" in response.content.decode()
    assert release(client, second, second="on").status_code == 302
    assert second.status == Status.READY
    moved = Event.objects.filter(episode=second, kind="moved").last()
    assert canonical.loads(moved.payload.body)["second"] is True


def test_one_that_came_in_under_the_page_is_not_passed_over(first, patient):
    second = people.a_draft(patient=patient)
    with pytest.raises(preparing.SecondConsent):
        preparing.release(episode=second, by=people.actor("ada"))
    second.refresh_from_db()
    assert second.status == Status.DRAFT


def test_where_there_is_only_one_nothing_more_is_asked(client, patient):
    only = people.a_draft(patient=patient)
    people.a_released()
    assert WARNED not in see(client, "release", only)
    assert release(client, only).status_code == 302


@pytest.mark.parametrize("make", [people.a_refused, scenes.refused])
def test_one_that_was_refused_is_not_open(client, make):
    over = make()
    again = people.a_draft(patient=over.patient)
    assert WARNED not in see(client, "edit", again)


def test_one_that_has_run_out_is_not_open(client):
    old = people.a_complete()
    again = people.a_draft(patient=old.patient)
    assert WARNED in see(client, "edit", again)
    old.valid_until = datetime.date(2020, 1, 1)
    old.save(update_fields=["valid_until"])
    assert WARNED not in see(client, "edit", again)


def test_of_another_clinics_consent_no_more_is_said_than_whom_to_call(client, patient):
    theirs = elsewhere(patient)
    ours = people.a_draft(patient=patient)
    for name in ("edit", "release", "episode"):
        page = see(client, name, ours)
        assert "Another clinic has an open consent for this patient: Elsewhere. Call them." in page
        for secret in (theirs.number, str(theirs.pk), "RIGHT C7"):
            assert secret not in page
    assert release(client, ours).status_code == 422
    assert release(client, ours, second="on").status_code == 302


def test_another_procedure_counts_when_it_is_on_the_same_day(client, settings, tmp_path, patient):
    people.a_released(patient=patient)
    other = people.a_draft(patient=patient, items=[another_procedure(settings, tmp_path)])
    assert WARNED in see(client, "edit", other)
    preparing.arrange(episode=other, by=people.actor("bo"), planned_on=other.planned_on + datetime.timedelta(days=1))
    assert WARNED not in see(client, "edit", other)


def another_procedure(settings, tmp_path):
    folder = tmp_path / "library" / "another-injection"
    shutil.copytree(settings.LIBRARY_DIR, folder.parent)
    (folder.parent / people.SLUG).rename(folder)
    facts = folder / "procedure.yaml"
    facts.write_text(facts.read_text().replace(f"slug: {people.SLUG}", "slug: another-injection"))
    call_command("load_library", str(folder.parent), approve="Dr Rev Example, reviewer", stdout=io.StringIO())
    version = people.version("another-injection")
    people.set_values(people.clinic().site, version)
    return preparing.Planned(version, "left", ["C6"], "dexamethasone", "")
