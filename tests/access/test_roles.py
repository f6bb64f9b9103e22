"""Seven roles, what the policy may say of them, and where each comes in."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse

from consent import policy
from consent.staff.roles import ROLES, WITHOUT_PATIENTS
from tests import people

pytestmark = pytest.mark.django_db
NAME = "Zacharias"
WHO = {"author": "ona", "reviewer": "rev", "administrator": "mel"}


def test_every_role_has_its_group_after_a_migration():
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


# --- the policy's table ----------------------------------------------------------------------------------------------


def changed(tmp_path, old, new):
    """Load the demonstration's policy with one line written otherwise."""
    text = settings.POLICY_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return policy.load(path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("release: [clinician]", "release: [surgeon]", "“release” names “surgeon”, which is no role; there are clinician, nurse"),
        ("release: [clinician]", "release: [clinician]\n  operate: [clinician]", "there is no act “operate”; there are prepare"),
        ("  release: [clinician]\n", "", "it does not say who may “release”"),
        ("download: [nurse,", "download: [administrator,", "“download” is about patients, and “administrator” sees none"),
        ("acts: [open_desk,", "acts: [look,", "break_glass.acts.0: Input should be 'prepare'"),
        ("minutes: 60", "minutes: 0", "break_glass.minutes"),
        ("floor: [side,", "floor: [sides,", "floor.0: Input should be 'side'"),
    ],
)  # fmt: skip
def test_a_policy_that_names_what_is_not_there_is_refused_in_a_sentence(tmp_path, old, new, sentence):
    with pytest.raises(policy.BadPolicy, match=r"The policy changed\.yaml is not right") as refused:
        changed(tmp_path, old, new)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("act", policy.ON_PATIENTS)
@pytest.mark.parametrize("role", WITHOUT_PATIENTS)
def test_no_policy_gives_patients_to_those_who_look_after_texts_and_accounts(act, role):
    may = {each: [role] if each == act else [] for each in policy.ACTS}
    assert list(policy.wrong_rights(may))


# --- coming in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", WHO)
def test_who_sees_no_list_comes_in_on_a_page_of_their_own(client, role):
    people.a_complete(patient=people.a_patient(NAME, "Sample"))
    response = people.signed_in(client, WHO[role]).get(reverse("desk:today"), follow=True)
    assert response.status_code == 200
    assert response.redirect_chain
    assert NAME not in response.content.decode()


def test_who_has_no_role_is_told_so(client):
    people.user("bo").groups.clear()
    assert people.signed_in(client, "bo").get(reverse("desk:today")).status_code == 403


def test_two_roles_may_what_either_may(client):
    people.user("rae").groups.add(Group.objects.get(name="reviewer"))
    people.signed_in(client, "rae")
    assert client.get(reverse("desk:texts")).status_code == 200
    assert client.get(reverse("desk:today")).status_code == 200


def test_a_superuser_is_an_administrator_and_sees_no_patient(client):
    episode = people.a_complete(patient=people.a_patient(NAME, "Sample"))
    finn = people.user("finn")
    finn.groups.clear()
    finn.is_superuser = finn.is_staff = True
    finn.save()
    people.signed_in(client, "finn")
    assert people.user("finn").roles == {"administrator"}
    assert client.get(reverse("desk:values")).status_code == 200
    assert client.get(reverse("desk:episode", args=[episode.pk])).status_code == 404
    assert client.get(reverse("desk:download", args=[episode.records.first().pk])).status_code in (403, 404)
    assert NAME not in client.get(reverse("desk:today"), follow=True).content.decode()


# --- texts -----------------------------------------------------------------------------------------------------------


def test_authors_see_what_is_in_use_and_who_vouched_for_it(client):
    page = people.signed_in(client, "ona").get(reverse("desk:texts")).content.decode()
    assert "Dr Rev Example, reviewer" in page
    assert "In use" in page


@pytest.mark.parametrize("who", ["ada", "bo", "rae"])
def test_texts_are_not_everybodys_page(client, who):
    assert people.signed_in(client, who).get(reverse("desk:texts")).status_code == 403
