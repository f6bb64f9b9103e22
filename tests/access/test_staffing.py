"""The administrator's pages: accounts are added, changed, closed and opened by verbs, each with its event; nobody helps themselves."""

import pytest
from django.test import Client
from django.urls import reverse

from consent import accounts
from consent.models import Event
from consent.staff.models import Clinic, Organisation, Session, Site, User
from tests import people

pytestmark = pytest.mark.django_db
NEW = {"username": "zoe", "full_name": "Zoe Example", "job_title": "Nurse", "roles": ["nurse"], "password": "one-two-three-4"}  # fmt: skip


def url(name, username="bo"):
    return reverse(f"desk:staff-{name}", args=[people.user(username).pk])


def as_mel(client):
    return people.signed_in(client, "mel")


def said(username="bo", **more):
    user = people.user(username)
    return {"full_name": user.full_name, "job_title": user.job_title, "roles": list(user.roles),
            "clinics": [each.pk for each in user.clinics.all()], **more}  # fmt: skip


def events_of(kind):
    return Event.objects.filter(kind=kind, episode=None)


# --- adding and changing ---------------------------------------------------------------------------------------------


def test_a_new_account_signs_in_and_sees_its_clinics_patients(client):
    people.a_released()
    clinic = people.clinic()
    assert as_mel(client).post(reverse("desk:staff-new"), {**NEW, "clinics": [clinic.pk]}).status_code == 302
    zoe = people.user("zoe")
    assert (zoe.full_name, zoe.title, zoe.roles, zoe.clinics.get()) == ("Zoe Example", "Nurse", {"nurse"}, clinic)
    assert zoe.check_password(NEW["password"])
    own_password(zoe_signed_in(client), NEW["password"])
    assert "Maria" in client.get(reverse("desk:today")).content.decode()
    assert "Mel Example" in events_of("account_added").get().actor


def test_the_first_password_is_offered_once_and_another_each_time(client):
    form = [as_mel(client).get(reverse("desk:staff-new")).context["form"]["password"].value() for _ in range(2)]
    assert len(set(form)) == 2
    assert all(len(each) == 19 for each in form)
    client.post(reverse("desk:staff-new"), {**NEW, "password": form[0]})
    assert form[0] not in client.get(reverse("desk:staff")).content.decode()
    assert not any(form[0].encode() in bytes(each.payload.body) for each in events_of("account_added"))


@pytest.mark.parametrize(
    "wrong", [{"username": "BO"}, {"username": "a b"}, {"password": "short"}, {"password": "password123"}, {"roles": []},
              {"roles": ["surgeon"]}, {"full_name": ""}, {"clinics": [999999]}],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_added(client, wrong):
    before = User.objects.count()
    assert as_mel(client).post(reverse("desk:staff-new"), {**NEW, **wrong}).status_code == 422
    assert User.objects.count() == before


def test_roles_and_clinics_are_changed_and_written_down(client):
    elsewhere = Clinic.objects.get(name="Elsewhere")
    as_mel(client).post(url("one"), said(roles=["nurse", "auditor"], clinics=[elsewhere.pk]))
    bo = people.user("bo")
    assert (bo.roles, bo.clinics.get()) == ({"nurse", "auditor"}, elsewhere)
    assert b'"roles":["auditor","nurse"]' in bytes(events_of("account_placed").get().payload.body)


def test_a_role_that_was_taken_is_gone_at_the_next_page(client):
    ada, episode = people.signed_in(Client(), "ada"), people.a_draft()
    page = reverse("desk:release", args=[episode.pk])
    assert ada.get(page).status_code == 200
    as_mel(client).post(url("one", "ada"), said("ada", roles=["nurse"]))
    assert ada.get(page).status_code == 403


def test_a_new_name_is_written_down_and_saving_without_a_change_is_not(client):
    as_mel(client).post(url("one"), said())
    assert not events_of("account_renamed").exists()
    assert not events_of("account_placed").exists()
    client.post(url("one"), said(full_name="Bo Newname"))
    assert events_of("account_renamed").count() == 1


# --- nobody helps themselves -----------------------------------------------------------------------------------------


def test_nobody_gives_themselves_a_role(client):
    response = as_mel(client).post(url("one", "mel"), said("mel", roles=["administrator", "clinician"]))
    assert response.status_code == 409
    assert people.user("mel").roles == {"administrator"}


@pytest.mark.parametrize("name", ["close", "password", "second-factor"])
def test_nobody_closes_their_own_or_passes_by_their_own_password(client, name):
    sent = {"password": "one-two-three-4"}
    assert as_mel(client).post(url(name, "mel"), sent).status_code == 409
    mel = people.user("mel")
    assert mel.is_active
    assert mel.check_password(people.PASSWORD)


def test_the_last_administrator_is_neither_closed_nor_moved():
    mel, by = people.user("mel"), people.actor("ada")
    with pytest.raises(accounts.LastAdministrator):
        accounts.disable(user=mel, by=by)
    with pytest.raises(accounts.LastAdministrator):
        accounts.change(user=mel, full_name="Mel", job_title="", roles=["nurse"], clinics=[], by=by)
    assert people.user("mel").roles == {"administrator"}


def test_one_of_two_administrators_may_be_closed(client):
    people.demo.staff("ivy", "Ivy Example", "Administrator", "administrator", people.clinic())
    as_mel(client).post(url("close", "ivy"))
    assert not people.user("ivy").is_active


def test_a_closed_administrator_does_not_count():
    ivy = people.demo.staff("ivy", "Ivy Example", "Administrator", "administrator", people.clinic())
    accounts.disable(user=ivy, by=people.actor("mel"))
    with pytest.raises(accounts.LastAdministrator):
        accounts.disable(user=people.user("mel"), by=people.actor("ada"))


# --- superusers ------------------------------------------------------------------------------------------------------


@pytest.fixture
def superuser():
    User.objects.filter(username="finn").update(is_superuser=True)


@pytest.mark.parametrize("name", ["one", "close", "open", "password", "second-factor"])
def test_an_administrator_does_not_touch_a_superuser(client, superuser, name):
    sent = {**said("finn"), "password": "one-two-three-4"}
    assert as_mel(client).post(url(name, "finn"), sent).status_code == 403
    assert people.user("finn").is_active
    assert people.user("finn").check_password(people.PASSWORD)


def test_a_superusers_account_is_marked(client, superuser):
    assert "Superuser, local" in as_mel(client).get(reverse("desk:staff")).content.decode()


def test_nobody_makes_a_superuser_here(client):
    as_mel(client).post(url("one"), said(is_superuser="on", is_staff="on"))
    assert not User.objects.filter(username="bo", is_superuser=True).exists()


# --- closing, opening, passwords, clinics ----------------------------------------------------------------------------


def test_closing_ends_every_session_at_once_and_opening_gives_all_back(client):
    bo = people.signed_in(Client(), "bo")
    as_mel(client).post(url("close"))
    assert bo.get("/desk/").url.startswith(reverse("sign-in"))
    assert not Session.objects.filter(user=people.user("bo")).exists()
    client.post(url("open"))
    assert people.signed_in(Client(), "bo").get("/desk/").status_code == 200
    assert (events_of("account_disabled").count(), events_of("account_enabled").count()) == (1, 1)


def test_a_forgotten_password_is_replaced_and_its_sessions_end(client):
    bo = people.signed_in(Client(), "bo")
    as_mel(client).post(url("password"), {"password": "one-two-three-4"})
    assert people.user("bo").check_password("one-two-three-4")
    assert bo.get("/desk/").url.startswith(reverse("sign-in"))
    assert "Mel Example" in events_of("password_set").get().actor


@pytest.mark.parametrize(
    ("name", "says"),
    [("password", "its PIN is gone"), ("second-factor", "The PIN is gone too")],
)
def test_what_an_administrator_sets_anew_takes_the_pin_along(client, name, says):
    """It may have been seen or lost together with the rest."""
    assert people.user("bo").pin_is(people.PIN)
    page = as_mel(client).post(url(name), {"password": "one-two-three-4"}, follow=True)
    assert says in page.content.decode()
    assert not people.user("bo").pin
    browser = people.a_tablet(Client(), people.a_released())
    assert browser.post(reverse("walk:back-to-staff"), {"username": "bo", "pin": people.PIN}).status_code == 422


def test_ones_own_new_password_leaves_the_pin(client):
    client.post(reverse("sign-in"), {"username": "bo", "password": people.PASSWORD})
    own_password(client, people.PASSWORD)
    assert not people.user("bo").check_password(people.PASSWORD)
    assert people.user("bo").pin_is(people.PIN)


def test_a_clinic_is_added_once(client):
    site = people.clinic().site
    for status in (302, 422):
        assert (
            as_mel(client).post(reverse("desk:clinics"), {"site": site.pk, "name": "Eye clinic"}).status_code == status
        )
    assert events_of("clinic_added").count() == 1


def test_another_hospitals_accounts_and_clinics_are_out_of_reach(client):
    site = Site.objects.create(organisation=Organisation.objects.create(name="Other"), name="Other")
    theirs = Clinic.objects.create(site=site, name="Other clinic")
    people.user("bo").clinics.add(theirs)
    assert as_mel(client).post(url("close")).status_code == 404
    assert "Bo Example" not in client.get(reverse("desk:staff")).content.decode()
    assert client.post(url("one", "ada"), said("ada", clinics=[theirs.pk])).status_code == 422


# --- a password that somebody else knows -----------------------------------------------------------------------------


def zoe_signed_in(client, password=NEW["password"]):
    client.post(reverse("sign-in"), {"username": "zoe", "password": password})
    return client


def own_password(client, old, new="five-six-seven-8"):
    said = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), said)


def test_whoever_is_new_sets_a_password_of_their_own_before_anything_else(client):
    as_mel(Client()).post(reverse("desk:staff-new"), {**NEW, "clinics": [people.clinic().pk]})
    zoe = zoe_signed_in(client)
    for page in ("desk:today", "desk:prepare", "desk:pin"):
        assert zoe.get(reverse(page)).url == reverse("account_change_password")
    assert "a password of your own" in zoe.get(reverse("account_change_password")).content.decode()
    own_password(zoe, NEW["password"])
    assert zoe.get(reverse("desk:today")).status_code == 200


def test_a_wrong_old_password_leaves_them_there(client):
    as_mel(Client()).post(reverse("desk:staff-new"), {**NEW, "clinics": [people.clinic().pk]})
    own_password(zoe_signed_in(client), "not-the-first-one")
    assert client.get(reverse("desk:today")).url == reverse("account_change_password")


def test_the_lent_password_itself_will_not_do(client):
    as_mel(Client()).post(reverse("desk:staff-new"), {**NEW, "clinics": [people.clinic().pk]})
    own_password(zoe_signed_in(client), NEW["password"], new=NEW["password"])
    assert client.get(reverse("desk:today")).url == reverse("account_change_password")


def test_a_password_that_an_administrator_set_anew_is_lent_too(client):
    as_mel(Client()).post(url("password"), {"password": NEW["password"]})
    client.post(reverse("sign-in"), {"username": "bo", "password": NEW["password"]})
    assert client.get(reverse("desk:today")).url == reverse("account_change_password")
