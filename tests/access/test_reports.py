"""Who looked at what: for auditors, of their clinics, without a word of what patients said."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from consent import guards
from consent.models import Access
from consent.staff.models import Clinic, Organisation, Site, User
from tests import people

pytestmark = pytest.mark.django_db
PAGE = "/desk/reports/access/"


@pytest.fixture
def read(client):
    """Ada and Rae have opened a consent of Imaging, and Bo has searched."""
    episode = people.an_episode("checklist", patient=people.a_patient("Zacharias", "Quillfeather"))
    people.ask(episode, "Is it true what my sister says?")
    for who in ("ada", "rae"):
        people.signed_in(client, who).get(reverse("desk:episode", args=[episode.pk]))
    people.signed_in(client, "bo").post(reverse("desk:find"), {"words": "Zacharias"}, follow=True)
    return episode


def found(client, **said):
    return people.signed_in(client, "gus").post(PAGE, said).content.decode()


def test_an_auditor_sees_who_opened_and_who_searched(client, read):
    page = people.signed_in(client, "gus").get(PAGE).content.decode()
    assert all(name in page for name in ("Dr Ada Example", "Rae Example", "Bo Example", read.number, "searched"))


def test_nothing_about_the_patient_is_there(client, read):
    page = found(client)
    assert not any(word in page for word in ("Zacharias", "Quillfeather", "my sister"))


def test_it_is_found_by_reader_by_number_and_by_day(client, read):
    assert "Rae Example" not in found(client, username="ADA")
    assert "Bo Example" not in found(client, number=read.number)
    assert "Dr Ada Example" in found(client, number=read.number.lower())
    today = timezone.localdate()
    assert "Dr Ada Example" in found(client, on_day=today.day, on_month=today.month, on_year=today.year)
    assert "Dr Ada Example" not in found(client, on_day=1, on_month=1, on_year=2020)


def test_what_is_not_a_day_is_said(client, read):
    response = people.signed_in(client, "gus").post(PAGE, {"on_day": "31", "on_month": "2", "on_year": "2026"})
    assert response.status_code == 422


def test_another_clinics_readings_stay_there(client, read):
    people.user("gus").clinics.set(people.user("chidi").clinics.all())
    assert read.number not in found(client)
    assert "Bo Example" not in found(client)


def test_wrong_numbers_are_seen_by_every_auditor_of_the_hospital_and_no_other(client, read):
    glass_form = {"number": "PC-NOPE-1", "reason": "Bleeding after a fall", "sure": "on"}
    people.signed_in(client, "kofi").post(reverse("desk:break-glass"), glass_form)
    assert Access.objects.filter(user=people.user("kofi"), what=Access.MISSED).count() == 1
    people.user("gus").clinics.set(people.user("chidi").clinics.all())
    assert "Dr Kofi Example" in found(client)
    site = Site.objects.create(organisation=Organisation.objects.create(name="Other"), name="Other")
    people.user("gus").clinics.set([Clinic.objects.create(site=site, name="Other")])
    User.objects.filter(username="gus").update(organisation=site.organisation)
    assert "Dr Kofi Example" not in found(client)


def test_reading_the_report_is_written_down_too(client, read):
    found(client)
    assert Access.objects.filter(user=people.user("gus"), what="read report").count() == 1


def test_it_leads_an_auditor_to_the_trail_and_no_further(client, read):
    assert reverse("desk:trail", args=[read.pk]) in found(client)
    assert client.get(reverse("desk:trail", args=[read.pk])).status_code == 200
    assert client.get(reverse("desk:episode", args=[read.pk])).status_code == 403


def test_a_clinician_does_not_read_it(client, read):
    assert people.signed_in(client, "ada").get(PAGE).status_code == 403


def test_every_chain_is_computed_anew(client, read):
    page = people.signed_in(client, "gus").get(reverse("desk:chains")).content.decode()
    assert "Unbroken" in page


def test_a_changed_event_is_found_and_named(client, read):
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE consent_event SET device = 'elsewhere' WHERE chain LIKE 'episode:%%' AND seq = 2")
    page = people.signed_in(client, "gus").get(reverse("desk:chains")).content.decode()
    assert "event 2: was changed" in page
