"""A desk that nobody uses is locked on the server: it shows nothing, does nothing, and loses nothing."""

from datetime import timedelta

import pytest
from django import forms as django_forms
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from consent.clear import ClearForm
from consent.desk import forms, locking, paper, plan_forms
from consent.identity.urls import sign_in_urls
from consent.models import Access, Event, Proof, Signature, Sitting
from consent.staff.models import Session
from tests import people
from tests.desk import scenes
from tests.desk.test_doors import address

pytestmark = pytest.mark.django_db
NAME = "Zacharias"
TODAY = "/desk/"
UNLOCK = "/desk/lock/"


def idle(seconds=601):
    """As if nobody had touched any desk for so long."""
    Sitting.objects.update(seen_at=timezone.now() - timedelta(seconds=seconds))


def at_the_desk(client, username="bo"):
    people.signed_in(client, username)
    client.get(TODAY)
    return client


@pytest.fixture
def bo(client):
    return at_the_desk(client)


def unlock(client, **given):
    return client.post(UNLOCK, given or {"password": people.PASSWORD})


# --- what is locked --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "status"), [(590, 200), (601, 403)])
def test_ten_minutes_without_a_request_lock_it(bo, seconds, status):
    idle(seconds)
    assert bo.get(TODAY).status_code == status


def test_every_request_begins_the_ten_minutes_anew(bo):
    for _turn in range(3):
        idle(500)
        assert bo.get(TODAY).status_code == 200


def test_no_page_of_staff_shows_or_does_anything(client):
    episode = people.a_signed(patient=people.a_patient(NAME, "Sample"))
    ada = at_the_desk(client, "ada")
    idle()
    before = (Event.objects.count(), Access.objects.count(), Signature.objects.count())
    for pattern in get_resolver("consent.desk.urls").url_patterns:
        url = address(pattern, episode)
        for response in (ada.get(url), ada.post(url, {"words": "x y"})):
            if f"desk:{pattern.name}" not in locking.FREE:
                assert (response.status_code, "Locked" in response.content.decode()) == (403, True), url
            assert NAME not in response.content.decode(), url
    assert ada.get("/back-office/").status_code == 403
    assert (Event.objects.count(), Access.objects.count(), Signature.objects.count()) == before


def test_the_address_of_the_lock_page_is_the_page_that_was_asked_for(bo):
    idle()
    url = f"{TODAY}?show=questions"
    response = bo.get(url)
    assert response.context["form"].initial["next"] == url
    assert unlock(bo, next=url, password=people.PASSWORD).url == url


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//evil.example", "desk/"])  # fmt: skip
def test_unlocking_leads_nowhere_else(bo, to):
    idle()
    assert unlock(bo, next=to, password=people.PASSWORD).url == TODAY


@pytest.mark.parametrize(
    "headers", [{"X-Requested-With": "cover"}, {"Sec-Fetch-Mode": "cors"}, {"Sec-Purpose": "prefetch"}]
)
def test_what_a_script_fetches_is_nobodys_presence(bo, headers):
    idle(500)
    bo.get(TODAY, headers=headers)
    idle_since = Sitting.objects.get().seen_at
    assert timezone.now() - idle_since > timedelta(seconds=400)


def test_asking_how_long_is_left_does_not_lengthen_it(bo):
    idle(500)
    assert 90 < bo.get(reverse("desk:time-left")).json()["left"] < 101
    assert bo.get(reverse("desk:time-left")).json()["left"] < 101


def test_typing_keeps_it_open_and_opens_nothing_that_is_locked(bo):
    idle(500)
    assert bo.post(reverse("desk:still-here")).json()["left"] > 590
    idle()
    assert bo.post(reverse("desk:still-here")).json()["left"] == 0
    assert bo.get(TODAY).status_code == 403


def test_another_browser_of_the_same_person_is_not_locked_with_it(bo):
    idle()
    other = at_the_desk(Client(), "bo")
    assert (other.get(TODAY).status_code, bo.get(TODAY).status_code) == (200, 403)


def test_after_twelve_hours_somebody_signs_in_again_however_busy(bo):
    Sitting.objects.update(began_at=timezone.now() - timedelta(hours=12, seconds=1))
    assert bo.get(TODAY).url == f"{reverse('sign-in')}?next={TODAY}"
    assert not Session.objects.exclude(user=None).exists()


def test_a_colleague_signs_in_where_somebody_else_is_locked(bo):
    idle()
    assert bo.get(reverse("sign-in")).status_code == 200
    bo.post(reverse("sign-in"), {"username": "ada", "password": people.PASSWORD})
    assert "Dr Ada Example" in bo.get(TODAY).content.decode()


@pytest.mark.parametrize("each", sign_in_urls, ids=lambda each: each.name)
def test_no_step_of_the_way_in_is_locked(bo, each):
    idle()
    assert "Locked" not in bo.get(reverse(each.name)).content.decode()


def test_signing_out_works_while_it_is_locked(bo):
    idle()
    bo.post(reverse("sign-out"))
    assert not Sitting.objects.exists()


def test_a_tablet_in_a_patients_hands_is_no_desk(client):
    people.a_tablet(client, people.an_episode("matters"))
    client.get(reverse("walk:go-on"))
    assert not Sitting.objects.exists()


# --- the way back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{"password": people.PASSWORD}, {"pin": people.PIN}])
def test_password_or_pin_unlock_it(bo, given):
    idle()
    assert unlock(bo, **given).url == TODAY
    assert bo.get(TODAY).status_code == 200


def test_a_wrong_one_leaves_it_locked_and_the_fifth_signs_out(bo):
    idle()
    replies = [unlock(bo, password="not-it", next=TODAY) for _try in range(5)]  # noqa: S106
    assert [each.status_code for each in replies] == [422] * 4 + [403]
    assert replies[0].context["form"]["next"].value() == TODAY
    assert bo.get(TODAY).url.startswith(reverse("sign-in"))


def test_an_empty_unlock_is_no_try(bo):
    idle()
    assert unlock(bo, password="").status_code == 422
    assert Sitting.objects.get().wrong == 0


def test_somebody_without_password_and_pin_signs_out_and_in(bo):
    user = people.user("bo")
    user.pin = ""
    user.set_unusable_password()
    user.save()
    bo.force_login(user)
    bo.get(TODAY)
    idle()
    assert "sign in again" in unlock(bo, password="x").content.decode()  # noqa: S106
    assert bo.get(TODAY).status_code == 403


def test_after_a_lock_signing_asks_for_the_whole_credential(client):
    ada = at_the_desk(client, "ada")

    def sign(episode, **more):
        return ada.post(reverse("desk:countersign", args=[episode.pk]), scenes.countersigned(episode, **more))

    assert sign(people.a_signed(), key="1").status_code == 302
    idle()
    unlock(ada, pin=people.PIN)
    assert sign(people.a_signed(), key="2", password="", pin=people.PIN).status_code == 422


def test_a_wrong_password_at_the_lock_page_says_nothing_of_storing(bo):
    idle()
    page = bo.post(UNLOCK, {"password": "not-it"}).content.decode()
    assert "That is not your password" in page
    assert "stored" not in page


def test_the_covers_script_unlocks_in_place(bo):
    idle()
    by_script = {"X-Requested-With": "cover"}
    wrong = bo.post(UNLOCK, {"cover-password": "not-it"}, headers=by_script)
    assert (wrong.status_code, wrong.json()["wrong"]) == (422, ["That is not your password", "Your text is still here"])
    assert bo.post(UNLOCK, {"cover-pin": people.PIN}, headers=by_script).json()["left"] > 590


# --- what was sent is kept -------------------------------------------------------------------------------------------


def refused_while_locked(client, episode, words="She wants to wait."):
    return client.post(reverse("desk:refuse", args=[episode.pk]), {"words": words, "csrfmiddlewaretoken": "x"})


def test_a_form_sent_to_a_locked_desk_does_nothing_is_kept_and_goes_on_by_ones_own_tap(bo):
    episode = people.a_released()
    idle()
    assert refused_while_locked(bo, episode).status_code == 403
    episode.refresh_from_db()
    assert episode.status == "ready"
    response = unlock(bo)
    assert response.url == reverse("desk:kept")
    text = bo.get(response.url).content.decode()
    assert "She wants to wait." in text
    assert "They do not want this" in text
    assert episode.patient.name in text
    assert Access.objects.filter(episode=episode, detail="kept form").count() == 1
    assert episode.status == "ready"
    kept = Sitting.objects.get().kept
    assert bo.post(kept["path"], dict(kept["fields"])).status_code == 302
    episode.refresh_from_db()
    assert (episode.status, Sitting.objects.get().kept) == ("refused", None)


def test_every_form_that_is_kept_has_an_address():
    names = {f"desk:{each.name}" for each in get_resolver("consent.desk.urls").url_patterns}
    assert set(locking.KEPT) <= names


def test_what_was_kept_can_be_thrown_away(bo):
    idle()
    refused_while_locked(bo, people.a_released())
    unlock(bo)
    assert bo.post(reverse("desk:forget")).url == TODAY
    assert bo.get(reverse("desk:kept")).url == TODAY


@pytest.mark.parametrize("name", ["countersign", "hand-over", "release", "settle"])
def test_what_somebody_vouches_for_is_done_anew(client, name):
    from tests.desk.test_doors import made, said

    ada, (episode, url) = at_the_desk(client, "ada"), made(name)
    idle()
    assert "please do it anew" in ada.post(url, said(name, episode)).content.decode()
    assert Sitting.objects.get().kept is None
    assert unlock(ada).url == TODAY


def test_no_secret_and_no_file_is_kept(bo):
    from django.core.files.uploadedfile import SimpleUploadedFile

    episode = people.a_released()
    idle()
    sent = {
        "note": "words of mine",
        "password": "s3cret",
        "new_pin": "2468",
        "pin": "1357",
        "file": SimpleUploadedFile("a.pdf", b"%PDF-scan"),
    }
    bo.post(reverse("desk:paper", args=[episode.pk]), sent)
    kept = str(Sitting.objects.get().kept)
    assert "words of mine" in kept
    assert not [secret for secret in ("s3cret", "2468", "1357", "%PDF", "a.pdf", "csrf") if secret in kept]
    unlock(bo)
    assert "choose it again" in bo.get(reverse("desk:kept")).content.decode()


def fields_of_desk_forms():
    for module in (forms, paper, plan_forms):
        for form in vars(module).values():
            if isinstance(form, type) and issubclass(form, ClearForm):
                yield from ((form.__name__, name, field) for name, field in form.base_fields.items())


def test_every_secret_of_the_desk_is_known_as_one():
    assert "desk:pin" not in locking.KEPT
    anew = {"PinChangeForm"}
    secrets = [each for each in fields_of_desk_forms() if isinstance(each[2].widget, django_forms.PasswordInput)]
    assert secrets
    assert not [each[:2] for each in secrets if not locking.SECRET.search(each[1]) and each[0] not in anew]


@pytest.mark.parametrize(("size", "kept"), [(200_000, True), (300_000, False)])
def test_a_quarter_of_a_megabyte_is_kept_and_no_more(bo, size, kept):
    idle()
    response = refused_while_locked(bo, people.a_released(), "x" * size)
    assert ("it is kept" in response.content.decode()) == kept
    assert bool(Sitting.objects.get().kept) == kept


def test_a_forged_form_is_not_kept():
    client, episode = at_the_desk(Client(enforce_csrf_checks=True)), people.a_released()
    idle()
    response = client.post(reverse("desk:refuse", args=[episode.pk]), {"words": "forged by others"})
    assert response.status_code == 403
    assert Sitting.objects.get().kept is None


def test_what_was_kept_of_a_consent_that_is_no_longer_theirs_names_nobody(bo):
    episode = people.a_released(patient=people.a_patient(NAME, "Sample"))
    idle()
    refused_while_locked(bo, episode)
    unlock(bo)
    people.user("bo").clinics.clear()
    page = bo.get(reverse("desk:kept"))
    assert page.status_code == 200
    assert NAME not in page.content.decode()


def test_a_proof_is_of_no_use_in_a_locked_desk(client):
    from tests.again.test_proofs import begun

    ada, episode = at_the_desk(client, "ada"), people.a_signed()
    url = begun(ada, episode).url
    sent = {**ada.get(url).context["form"].initial, "read": "on"}
    idle()
    assert ada.post(url, sent).status_code == 403
    assert not Signature.objects.filter(meaning="explained").exists()
    assert Proof.objects.count() == 1
