"""From the wrist band to release: what the forms ask for, what they keep, and what stops a release."""

import pytest
from django.urls import reverse

from consent import preparing
from consent.models import Access, Episode, Patient, Release, Status
from consent.staff.models import SiteValue
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db
NEW = reverse("desk:prepare-one", args=[people.SLUG])


@pytest.fixture
def bo(client):
    return people.signed_in(client, "bo")


def test_with_one_procedure_there_is_nothing_to_choose(bo):
    from procedures.models import Procedure

    published = [each for each in Procedure.objects.all() if each.in_use()]
    response = bo.get(reverse("desk:prepare"))
    assert response.status_code == (302 if len(published) == 1 else 200)


def test_a_patient_and_a_plan_make_a_draft(bo):
    response = bo.post(NEW, scenes.patient_and_plan(number=" 000  481 516 "))
    episode = Episode.objects.get()
    assert response.url == reverse("desk:edit", args=[episode.pk])
    assert episode.patient.identifiers.get().value == "000 481 516"
    item = episode.items.get()
    assert (item.side, item.levels, item.medicine) == ("left", ["C6"], "dexamethasone")
    assert episode.planned_time.strftime("%H:%M") == "10:20"


def somebody_elses(bo, **more):
    return bo.post(NEW, scenes.patient_and_plan(**{"number": "000 777 424", "family_name": "Wrong", **more}))


def test_a_number_with_another_name_is_written_down_among_the_readings(bo):
    people.a_patient("Zacharias", "Quillfeather", number="000 777 424")
    assert somebody_elses(bo).status_code == 422
    row = Access.objects.get(what=preparing.CONFLICT)
    assert (row.user, row.episode, "777" in row.detail) == (people.user("bo"), None, False)
    assert not Episode.objects.exists()


def test_after_five_numbers_of_others_no_number_is_judged_for_an_hour(bo):
    """Neither the right birth date nor a number that nobody has: what is new would tell what is known."""
    patient = people.a_patient("Zacharias", "Quillfeather", number="000 777 424")
    assert [somebody_elses(bo, born_year=str(1940 + n)).status_code for n in range(5)] == [422] * 5
    assert somebody_elses(bo, number="000 111 222").status_code == 429
    right = {"family_name": patient.family_name, "given_name": patient.given_name}
    born = {"born_day": patient.born.day, "born_month": patient.born.month, "born_year": patient.born.year}
    assert somebody_elses(bo, **right, **born).status_code == 429
    assert Access.objects.filter(user=people.user("bo"), what=preparing.CONFLICT).count() == 5
    assert not Episode.objects.exists()


def test_both_sides_are_two_items(bo):
    bo.post(NEW, scenes.patient_and_plan(side_2="right", levels_2=["C7", "C5"]))
    items = Episode.objects.get().items.all()
    assert [(each.side, each.levels) for each in items] == [("left", ["C6"]), ("right", ["C5", "C7"])]


def test_half_a_second_item_is_asked_about(bo):
    response = bo.post(NEW, scenes.patient_and_plan(side_2="right"))
    assert response.status_code == 422
    assert "Choose at least one level for the second item" in response.content.decode()


def test_the_same_item_twice_is_asked_about(bo):
    response = bo.post(NEW, scenes.patient_and_plan(side_2="left", levels_2=["C6"]))
    assert "This stands in the first item already" in response.content.decode()


def test_without_a_side_nothing_is_saved_and_what_was_typed_stays(bo):
    response = bo.post(NEW, scenes.patient_and_plan(side="", reason="Pain for ten weeks"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose LEFT or RIGHT" in page
    assert "Pain for ten weeks" in page
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"born_month": "2", "born_day": "30"}, "There is no such day"),
        ({"born_year": "2190"}, "That day has not come yet"),
        ({"born_year": "1861"}, "Check the year of birth"),
        ({"planned_time": "25:00"}, "Write the time with four digits"),
        ({"levels": ["T9"]}, "T9"),
    ],
)
def test_a_slip_is_named(bo, more, says):
    response = bo.post(NEW, scenes.patient_and_plan(**more))
    assert response.status_code == 422
    assert says in response.content.decode()


def test_a_number_that_belongs_to_somebody_else_keeps_the_form(bo):
    people.a_patient(given="Noor", number="000 481 516")
    response = bo.post(NEW, scenes.patient_and_plan())
    assert response.status_code == 422
    assert "Check the wrist band" in response.content.decode()
    assert not Episode.objects.exists()


def test_the_same_person_is_not_entered_twice(bo):
    known = people.a_patient(number="000 481 516")
    bo.post(NEW, scenes.patient_and_plan())
    assert Episode.objects.get().patient == known


def test_a_clinic_that_is_not_theirs_cannot_be_named(bo):
    assert bo.post(NEW, scenes.patient_and_plan(clinic=people.clinic("Elsewhere").pk)).status_code == 422


def test_a_procedure_that_is_not_published_is_not_there(bo):
    assert bo.get(reverse("desk:prepare-one", args=["unheard-of"])).status_code == 404


def test_a_records_officer_prepares_nothing(client):
    assert people.signed_in(client, "rae").post(NEW, scenes.patient_and_plan()).status_code == 403
    assert people.signed_in(client, "rae").get(reverse("desk:prepare")).status_code == 403


def test_the_draft_comes_back_as_it_was_saved(bo):
    episode = people.a_draft(side="right", levels=("C5", "C7"))
    page = bo.get(reverse("desk:edit", args=[episode.pk])).content.decode()
    assert "RIGHT C5 and C7" in page
    assert 'value="right"' in page
    assert 'value="09:40"' in page


def test_a_draft_is_changed(bo):
    episode = people.a_draft()
    bo.post(reverse("desk:edit", args=[episode.pk]), scenes.plan(side="right", levels=["C7"]))
    assert episode.items.get().side == "right"


def test_what_is_added_for_a_person_stands_in_the_preview(bo):
    episode = people.a_draft()
    bo.post(reverse("desk:tailor", args=[episode.pk]), {"risk": "", "words": "You play the violin."})
    assert "You play the violin." in bo.get(reverse("desk:preview", args=[episode.pk])).content.decode()


def test_nothing_to_read_is_not_added(bo):
    episode = people.a_draft()
    response = bo.post(reverse("desk:tailor", args=[episode.pk]), {"risk": "", "words": ""})
    assert response.status_code == 422
    assert not episode.tailorings.exists()


def test_what_was_added_to_another_consent_cannot_be_taken_away_here(bo):
    _other, tailoring = scenes.with_tailoring()
    mine = people.a_draft()
    assert bo.post(reverse("desk:untailor", args=[mine.pk, tailoring.pk])).status_code == 404


def test_staff_and_person_are_promised_the_same_minutes(bo):
    episode = people.a_released()
    walk = people.walk_of(episode)
    minutes = walk.minutes_from(walk.steps[0])
    page = bo.get(reverse("desk:preview", args=[episode.pk])).content.decode()
    assert f"about {minutes} minutes" in page


def test_the_preview_speaks_the_other_language(bo):
    episode = people.a_draft()
    page = bo.get(reverse("desk:preview", args=[episode.pk]), {"language": "es"}).content.decode()
    assert 'lang="es"' in page
    assert "Inyección cerca de un nervio del cuello" in page


def test_a_preview_freezes_nothing_and_is_written_down(bo):
    episode = people.a_draft()
    bo.get(reverse("desk:preview", args=[episode.pk]))
    assert not Release.objects.exists()
    assert Access.objects.filter(episode=episode, what="previewed").count() == 1


def test_a_local_value_that_is_not_set_stops_the_release_and_names_itself(client):
    episode = people.a_draft()
    SiteValue.objects.create(
        site=episode.site, procedure=people.SLUG, key="no_driving", value="", set_at=episode.made_at
    )
    ada = people.signed_in(client, "ada")
    assert "No driving after the injection" in ada.get(reverse("desk:edit", args=[episode.pk])).content.decode()
    response = ada.post(reverse("desk:release", args=[episode.pk]), scenes.released(episode))
    assert response.status_code == 409
    assert "No driving after the injection" in response.content.decode()
    assert (
        "There is no preview while something is missing"
        in ada.get(reverse("desk:preview", args=[episode.pk])).content.decode()
    )


def test_what_was_released_is_shown_as_it_was_released(bo):
    episode = people.a_released()
    SiteValue.objects.create(
        site=episode.site, procedure=people.SLUG, key="no_driving", value="47", set_at=episode.made_at
    )
    url = reverse("desk:preview", args=[episode.pk])
    assert "47 hours" not in bo.get(url).content.decode()
    assert "47 hours" in bo.get(url, {"fresh": "1"}).content.decode()


def test_a_release_needs_the_clinicians_tick(client):
    episode = people.a_draft()
    response = people.signed_in(client, "ada").post(reverse("desk:release", args=[episode.pk]), {})
    assert response.status_code == 422
    assert not Release.objects.exists()


def test_a_nurse_is_told_who_releases(bo):
    episode = people.a_draft()
    page = bo.get(reverse("desk:edit", args=[episode.pk])).content.decode()
    assert "A clinician releases this: Dr Ada Example." in page
    assert "Release to Maria" not in page


def test_after_a_no_a_clinician_may_release_again(client):
    episode = scenes.refused()
    ada = people.signed_in(client, "ada")
    url = reverse("desk:release", args=[episode.pk])
    assert url in ada.get(reverse("desk:episode", args=[episode.pk])).content.decode()
    ada.post(url, scenes.released(episode))
    episode.refresh_from_db()
    assert episode.status == Status.READY
