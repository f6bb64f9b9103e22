"""Two hospitals in one database: nobody of the one looks after, sees or opens anything of the other."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from consent import accounts, events, preparing
from consent.models import BreakGlass, Event
from consent.staff.models import Organisation, User
from tests import people

pytestmark = pytest.mark.django_db
PASSWORD = "one-two-three-4"
NEW = {"username": "zoe", "full_name": "Zoe Example", "roles": ["administrator"], "password": PASSWORD}


@pytest.fixture
def theirs():
    """Somebody who works in the other hospital alone."""
    return an_account("uma", clinics=[people.far_away()])


def an_account(username, roles=("clinician",), clinics=(), by=events.SYSTEM):
    return accounts.add(username=username, full_name=f"{username} Example", roles=roles, clinics=clinics, by=by)


def as_zoe(client):
    """Mel has made Zoe, an administrator without a clinic; Zoe has set a password of her own."""
    people.signed_in(client, "mel").post(reverse("desk:staff-new"), NEW)
    accounts.set_password(user=people.user("zoe"), password=PASSWORD)
    return people.signed_in(client, "zoe")


# --- accounts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["one", "close", "open", "password", "second-factor"])
def test_an_administrator_whom_an_administrator_made_reaches_no_account_of_another_hospital(client, theirs, name):
    zoe = as_zoe(client)
    assert zoe.post(reverse(f"desk:staff-{name}", args=[theirs.pk]), {"password": PASSWORD}).status_code == 404
    assert "uma Example" not in zoe.get(reverse("desk:staff")).content.decode()
    assert "Bo Example" in zoe.get(reverse("desk:staff")).content.decode()


def test_nor_a_clinic_or_a_site_of_it(client, theirs):
    zoe = as_zoe(client)
    assert people.far_away().name not in zoe.get(reverse("desk:clinics")).content.decode()
    site = people.far_away().site
    assert zoe.post(reverse("desk:clinics"), {"site": site.pk, "name": "Mine"}).status_code == 422
    sent = {"full_name": "Bo", "roles": ["nurse"], "clinics": [people.far_away().pk]}
    assert zoe.post(reverse("desk:staff-one", args=[people.user("bo").pk]), sent).status_code == 422


def test_somebody_without_clinic_is_seen_by_their_own_hospital_alone(client, theirs):
    an_account("nora", roles=["administrator"], by=events.staff(theirs))
    assert people.user("nora").organisation == people.far_away().site.organisation
    assert "nora Example" not in people.signed_in(client, "mel").get(reverse("desk:staff")).content.decode()
    assert "nora Example" in people.signed_in(client, "nora").get(reverse("desk:staff")).content.decode()


def test_somebody_of_no_hospital_looks_after_none_and_everybodys_chain_tells(client, theirs):
    nobody = an_account("nobody", roles=["administrator"])
    assert nobody.organisation is None
    page = people.signed_in(client, "nobody").get(reverse("desk:staff")).content.decode()
    assert "Bo Example" not in page
    assert "uma Example" not in page
    assert client.get(reverse("desk:staff-one", args=[people.user("bo").pk])).status_code == 404
    assert Event.objects.filter(kind="account_added", episode=None).values("chain").distinct().count() == 2


def test_a_superuser_looks_after_all(client, theirs):
    User.objects.filter(username="mel").update(is_superuser=True)
    page = people.signed_in(client, "mel").get(reverse("desk:staff")).content.decode()
    assert "uma Example" in page
    assert "Bo Example" in page


def test_the_other_hospitals_administrator_is_no_other_administrator(theirs):
    an_account("nora", roles=["administrator"], by=events.staff(theirs))
    with pytest.raises(accounts.LastAdministrator):
        accounts.disable(user=people.user("mel"), by=people.actor("ada"))


# --- in need ---------------------------------------------------------------------------------------------------------


def break_the_glass(client, number):
    return client.post(reverse("desk:break-glass"), {"number": number, "reason": "Brought in by ambulance."})


@pytest.mark.parametrize("clinics", ["own", "none"])
def test_a_nurse_with_clinics_or_without_breaks_no_glass_of_another_hospital(client, theirs, clinics):
    ours = people.a_signed()
    kai = an_account("kai", clinics=[people.far_away()])
    if clinics == "none":
        accounts.place(user=kai, roles=["clinician"], clinics=[], by=events.SYSTEM)
    assert break_the_glass(people.signed_in(client, "kai"), ours.number).status_code == 422
    assert not BreakGlass.objects.exists()


# --- rows of before --------------------------------------------------------------------------------------------------


def test_accounts_of_before_come_to_the_hospital_of_their_clinics():
    nina, root = an_account("nina", roles=["author"]), User.objects.create_superuser("root", full_name="Root")
    uma, both = (
        an_account("uma", clinics=[people.far_away()]),
        an_account("both", clinics=[people.far_away(), people.clinic()]),
    )
    fill = (
        MigrationExecutor(connection).loader.get_migration("staff", "0007_accounts_belong_to_a_hospital").operations[1]
    )
    User.objects.update(organisation=None)
    state = MigrationExecutor(connection).loader.project_state(("staff", "0007_accounts_belong_to_a_hospital"))
    fill.code(state.apps, None)
    homes = {each.username: each.organisation and each.organisation.name for each in User.objects.all()}
    assert homes["bo"] == "Example General Hospital"
    assert homes[uma.username] == "Faraway Sample Hospital"
    assert homes[nina.username] is homes[root.username] is homes[both.username] is None


# --- patients and numbers --------------------------------------------------------------------------------------------


def prepared_there(by, value="000 777 424"):
    """The same person, with the same number, in the other hospital."""
    clinic = people.far_away()
    patient = preparing.find_or_add_patient(
        organisation=clinic.site.organisation, family_name="Sample", given_name="Maria", born=people.a_patient().born,
        system=people.SYSTEM, value=value, by=events.staff(by),
    )  # fmt: skip
    items = [preparing.Planned(people.version(), "left", ["C6"], "dexamethasone", "r")]
    return preparing.prepare(
        patient=patient, clinic=clinic, responsible=by, items=items, language="en", by=events.staff(by)
    )


def test_both_prepare_consents_and_their_numbers_tell_them_apart(theirs):
    ours, other = people.a_draft(), prepared_there(theirs)
    assert (ours.number[:3], other.number[:4]) == ("PC-", "PC2-")
    assert ours.number.removeprefix("PC-") == other.number.removeprefix("PC2-")


def test_one_number_is_a_patient_of_each(theirs):
    ours = people.a_patient(number="000 777 424")
    there = prepared_there(theirs).patient
    assert there != ours
    assert people.a_patient(number="000777424") == ours


def test_a_number_of_the_other_hospital_says_nothing_here(theirs):
    prepared_there(theirs)
    found = people.a_patient(given="Walter", number="000 777 424")
    assert found.given_name == "Walter"


def test_a_prefix_does_not_change_and_is_nobody_elses(client):
    first, second = Organisation.objects.get(name=people.HOSPITAL), people.far_away().site.organisation
    User.objects.filter(username="mel").update(is_superuser=True)
    page = reverse("admin:staff_organisation_change", args=[second.pk])
    people.signed_in(client, "mel").post(page, {"name": "Renamed", "time_zone": "Europe/London", "prefix": "X9"})
    second.refresh_from_db()
    assert (first.prefix, second.prefix, second.name) == ("PC", "PC2", "Renamed")
    more = {"name": "Third", "time_zone": "Europe/London"}
    client.post(reverse("admin:staff_organisation_add"), {**more, "prefix": "PC"})
    assert not Organisation.objects.filter(name="Third").exists()
    client.post(reverse("admin:staff_organisation_add"), {**more, "prefix": "FSH"})
    assert Organisation.objects.get(name="Third").prefix == "FSH"
