"""The fewest rows that a record needs to be sealed: an episode, and one of the sample records as its record."""

from datetime import date

from django.utils import timezone

from consent.models import Episode, Patient, Record, Work
from consent.records import shape
from consent.staff.models import Clinic, Organisation, Site, User
from procedures import canonical
from tests.records.samples import consent


def an_episode(number):
    organisation = Organisation.objects.create(name="Example General Hospital")
    clinic = Clinic.objects.create(site=Site.objects.create(organisation=organisation, name="Example"), name="Imaging")
    surgeon = User.objects.create(username=f"surgeon-{number}", full_name="Dr Sam Example")
    patient = Patient.objects.create(
        organisation=organisation, family_name="Sample", given_name="Maria", born=date(1961, 3, 14)
    )
    return Episode.objects.create(
        number=number, patient=patient, clinic=clinic, responsible=surgeon, made_at=timezone.now()
    )


def a_record(number="PC-2026-000412"):
    body = shape.dump(consent(number=number))
    return Record.objects.create(
        episode=an_episode(number), kind="complete", body=body, digest=canonical.digest(body), at=timezone.now()
    )


def an_order(record=None, kind="seal", at=None):
    at = at or timezone.now()
    return Work.objects.create(kind=kind, record=record, made_at=at, due_at=at)
