"""Signing asks again: what a proof is good for, for whom, and for how long."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import accounts, policy, proving, signing
from consent.models import Episode, Event, Proof, Signature, Sitting, Status, ToSign
from consent.records import shape
from procedures import canonical
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db
WRONG = "not-the-password"


def countersigned(episode):
    return Signature.objects.filter(episode=episode, meaning="explained").count()


def send(client, episode, **more):
    return client.post(reverse("desk:countersign", args=[episode.pk]), scenes.countersigned(episode, **more))


def with_pin(client, username="ada"):
    """Signed in, and the whole credential given once."""
    user = people.user(username)
    user.set_pin(people.PIN)
    user.save()
    people.signed_in(client, username)
    assert send(client, people.a_signed(), key="first").status_code == 302
    return client


# --- the verb itself -------------------------------------------------------------------------------------------------


def test_a_proof_is_good_for_one_document_alone():
    listed, other = people.a_signed(), people.a_signed()
    given = people.proved(listed)
    with pytest.raises(proving.NotProven):
        signing.countersign(
            episode=other, by=people.actor("ada"), key="k", **{**given, "record_digest": other.records.get().digest}
        )
    assert not countersigned(other)
    assert signing.countersign(episode=listed, by=people.actor("ada"), key="k", **given)


def test_a_proof_is_spent_once():
    episode = people.a_signed()
    given = people.proved(episode)
    signing.countersign(episode=episode, by=people.actor("ada"), key="k1", **given)
    with pytest.raises(proving.NotProven):
        signing.countersign(episode=episode, by=people.actor("ada"), key="k2", **given)
    assert countersigned(episode) == 1


def test_a_spent_proof_still_answers_the_same_request_again():
    episode = people.a_signed()
    given = people.proved(episode)
    made = [signing.countersign(episode=episode, by=people.actor("ada"), key="k", **given) for _ in range(2)]
    assert made[0] == made[1]


def test_another_persons_proof_is_none():
    episode = people.a_signed()
    with pytest.raises(proving.NotProven):
        signing.countersign(episode=episode, by=people.actor("finn"), key="k", **people.proved(episode, "ada"))
    assert not countersigned(episode)


def test_a_proof_of_another_session_is_none():
    episode = people.a_signed()
    given = {**people.proved(episode), "sitting": people.a_sitting("ada")}
    with pytest.raises(proving.NotProven):
        signing.countersign(episode=episode, by=people.actor("ada"), key="k", **given)
    assert not countersigned(episode)


@pytest.mark.parametrize(("seconds", "holds"), [(58, True), (61, False)])
def test_a_proof_lasts_for_a_minute(seconds, holds):
    episode = people.a_signed()
    given = people.proved(episode)
    Proof.objects.update(used_at=timezone.now() - timedelta(seconds=seconds))
    act = lambda: signing.countersign(episode=episode, by=people.actor("ada"), key="k", **given)  # noqa: E731
    if holds:
        act()
    else:
        pytest.raises(proving.ProofTooOld, act)
    assert bool(countersigned(episode)) == holds
    assert ToSign.objects.filter(signed_at=None).exists() != holds


def test_a_refused_signature_does_not_spend_the_proof():
    episode = people.a_signed()
    given = people.proved(episode)
    people.ask(episode)
    with pytest.raises(signing.GateClosed):
        signing.countersign(episode=episode, by=people.actor("ada"), key="k", **given)
    assert not ToSign.objects.exclude(signed_at=None).exists()


def test_a_proof_ends_with_its_session():
    given = people.proved(people.a_signed())
    given["sitting"].session.delete()
    assert not Proof.objects.exists()


# --- with what -------------------------------------------------------------------------------------------------------


def test_the_first_signing_asks_for_the_password_and_a_later_one_takes_the_pin(client):
    user = people.user("ada")
    user.set_pin(people.PIN)
    user.save()
    people.signed_in(client, "ada")
    first, second = people.a_signed(), people.a_signed()
    assert send(client, first, password="", pin=people.PIN).status_code == 422
    assert not countersigned(first)
    assert send(client, first).status_code == 302
    assert send(client, second, key="second", password="", pin=people.PIN).status_code == 302
    assert Signature.objects.get(episode=second, meaning="explained").method == "pin"


def test_a_pin_does_nothing_where_the_policy_does_not_name_it(client, monkeypatch):
    with_pin(client)
    strict = policy.current().model_copy(update={"signing_again": ["password"]})
    monkeypatch.setattr(policy, "current", lambda: strict)
    episode = people.a_signed()
    assert 'name="pin"' not in client.get(reverse("desk:countersign", args=[episode.pk])).content.decode()
    assert send(client, episode, key="second", password="", pin=people.PIN).status_code == 422
    assert not countersigned(episode)


def test_a_policy_without_the_password_is_refused(tmp_path, settings):
    text = settings.POLICY_FILE.read_text().replace("signing_again: [password, ", "signing_again: [")
    (tmp_path / "policy.yaml").write_text(text)
    with pytest.raises(policy.BadPolicy, match="must name password"):
        policy.load(tmp_path / "policy.yaml")


def test_every_method_of_a_policy_is_built():
    allowed = policy.Policy.model_fields["signing_again"].annotation.__args__[0].__args__
    assert set(allowed) <= set(proving.METHODS)
    methods = {key for key, _name in Signature.METHODS}
    assert set(proving.METHODS) <= methods & set(shape.Signature.model_fields["method"].annotation.__args__)


def test_somebody_without_a_password_is_told_so_and_signs_nothing(client):
    user = people.user("ada")
    user.set_unusable_password()
    user.save()
    people.signed_in(client, "ada")
    episode = people.a_signed()
    response = send(client, episode)
    assert response.status_code == 422
    assert "You have no password here" in response.content.decode()
    assert not countersigned(episode)


def test_a_pin_that_is_locked_at_the_tablet_signs_nothing_at_the_desk(client):
    with_pin(client)
    user = people.user("ada")
    user.pin_tries = user.PIN_TRIES
    user.save()
    episode = people.a_signed()
    assert send(client, episode, key="second", password="", pin=people.PIN).status_code == 422
    assert not countersigned(episode)


def test_wrong_tries_end_the_session_and_are_written_down(client):
    people.signed_in(client, "ada")
    episode = people.a_signed()
    assert [send(client, episode, password=WRONG).status_code for _try in range(4)] == [422] * 4
    response = send(client, episode, password=WRONG)
    assert response.status_code == 403
    assert "Please sign in again" in response.content.decode()
    assert client.get(reverse("desk:today")).url.startswith(reverse("sign-in"))
    assert Event.objects.filter(kind="tries_used_up", episode=None).count() == 1
    assert (countersigned(episode), Proof.objects.count()) == (0, 0)


def test_a_right_one_forgets_the_wrong_ones(client):
    people.signed_in(client, "ada")
    for _try in range(3):
        send(client, people.a_signed(), password=WRONG)
    assert send(client, people.a_signed()).status_code == 302
    assert Sitting.objects.get().wrong == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_tries_at_once_are_five():
    people.hospital()
    sitting, asked, gate = people.a_sitting("ada"), [], threading.Barrier(20)
    looked = proving.Method("password", None, lambda user, given: asked.append(given), "no", begins=True)

    def a_try():
        gate.wait(10)
        try:
            proving.check(
                sitting=Sitting.objects.get(pk=sitting.pk), by=people.actor("ada"), method="password", given=WRONG
            )
        except (proving.NotYou, accounts.TriesUsedUp):
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=a_try) for _ in range(20)]
    kept, proving.METHODS["password"] = proving.METHODS["password"], looked
    try:
        [each.start() for each in threads]
        [each.join(60) for each in threads]
    finally:
        proving.METHODS["password"] = kept
    assert len(asked) == 5


# --- written down ----------------------------------------------------------------------------------------------------


def test_event_and_record_say_how_and_when_it_was_asked(client):
    episode = people.a_signed()
    people.discuss(episode)
    people.signed_in(client, "ada")
    send(client, episode)
    proof = Proof.objects.get()
    said = canonical.loads(Event.objects.filter(episode=episode, kind="signed").last().payload.body)
    assert (said["method"], said["proved_at"]) == ("password", proof.made_at.isoformat())
    episode.refresh_from_db()
    assert episode.status == Status.COMPLETE
    row = shape.parse(bytes(episode.records.last().body)).signatures.rows[-1]
    assert row.how.startswith("Signed with password, asked for again at ")
    with timezone.override(episode.organisation.time_zone):
        assert f"{timezone.localtime(proof.made_at):%H:%M:%S}" in row.how


def test_a_signature_of_before_is_still_put_in_words():
    from consent.records.compose import signs

    assert signs.how("password", {"method": "password", "typed": "Dr Ada Example"}) == "Signed with password"


def test_whoever_signs_in_the_patients_language_reads_it_in_their_own_too(client):
    said = policy.current().statements.clinician
    people.signed_in(client, "ada")
    for language, beneath in (("es", True), ("en", False)):
        page = client.get(reverse("desk:countersign", args=[people.a_signed(language=language).pk])).content.decode()
        assert f"“{said[language]}”" in page
        assert (f"In your language: “{said['en']}”" in page) is beneath


# --- several ---------------------------------------------------------------------------------------------------------


def listing(*episodes):
    return reverse("desk:sign-several"), {"one": [each.pk for each in episodes]}


def begun(client, *episodes, **more):
    """The list as the page shows it, sent with the password. The answer."""
    url, asked = listing(*episodes)
    shown = [each["digest"] for each in client.get(url, asked).context["ready"]]
    return client.post(url, {**asked, "shown": shown, "password": people.PASSWORD, **more})


def sign_here(client, url, **more):
    """Send the page at `url` as it stands, with its tick."""
    form = client.get(url).context["form"]
    return client.post(url, {**form.initial, "read": "on", **more})


@pytest.fixture
def ada(client):
    return people.signed_in(client, "ada")


def test_one_proof_signs_a_list_one_after_the_other(ada):
    three = [people.a_signed() for _ in range(3)]
    url = begun(ada, *three).url
    assert "Countersign, 1 of 3" in ada.get(url).content.decode()
    url = sign_here(ada, url).url
    assert [countersigned(each) for each in three] == [1, 0, 0]
    page = ada.get(url)
    assert "Countersign, 2 of 3" in page.content.decode()
    assert 'name="password"' not in page.content.decode()
    skip = page.context["place"]["next"]
    assert sign_here(ada, skip).url == f"{reverse('desk:today')}?show=countersign"
    assert [countersigned(each) for each in three] == [1, 0, 1]


def test_the_button_under_the_list_signs_nothing(ada):
    two = [people.a_signed(), people.a_signed()]
    assert begun(ada, *two).status_code == 302
    assert not any(countersigned(each) for each in two)


def test_after_a_minute_it_asks_again_and_goes_on_in_the_same_list(ada):
    two = [people.a_signed(), people.a_signed()]
    url = begun(ada, *two).url
    form = ada.get(url).context["form"]
    Proof.objects.update(used_at=timezone.now() - timedelta(seconds=61))
    response = ada.post(url, {**form.initial, "read": "on"})
    assert response.status_code == 422
    assert "more than a minute ago" in response.content.decode()
    assert not countersigned(two[0])
    assert ada.post(url, {**form.initial, "read": "on", "password": WRONG}).status_code == 422
    url = ada.post(url, {**form.initial, "read": "on", "password": people.PASSWORD}).url
    assert sign_here(ada, url).status_code == 302
    assert [countersigned(each) for each in two] == [1, 1]
    assert Proof.objects.count() == 1


@pytest.mark.parametrize("change", [people.countersign, people.ask, "withdrawn", "held"])
def test_what_changes_while_it_is_read_is_passed_over_and_the_series_goes_on(ada, change):
    two = [people.a_signed(), people.a_signed()]
    url = begun(ada, *two).url
    sent = {**ada.get(url).context["form"].initial, "read": "on"}
    if change == "withdrawn":
        signing.withdraw(episode=two[0], by=people.actor("bo"))
    elif change == "held":
        Episode.objects.filter(pk=two[0].pk).update(held_because="side")
    else:
        change(two[0])
    before = countersigned(two[0])
    page = ada.post(url, sent, follow=True)
    assert f"{two[0].number} has changed since you saw the list" in page.content.decode()
    assert "Countersign, 2 of 2" in page.content.decode()
    assert countersigned(two[0]) == before
    sign_here(ada, page.redirect_chain[-1][0])
    assert countersigned(two[1]) == 1


def test_a_double_tap_in_the_list_signs_once(ada):
    two = [people.a_signed(), people.a_signed()]
    url = begun(ada, *two).url
    sent = {**ada.get(url).context["form"].initial, "read": "on"}
    assert [ada.post(url, sent).url for _ in range(2)] == [url.replace("/1/", "/2/")] * 2
    assert countersigned(two[0]) == 1


def test_what_cannot_be_signed_is_left_out_and_says_why(ada):
    good, asked, done = people.a_signed(), people.a_signed(), people.a_signed()
    people.ask(asked)
    people.countersign(done)
    url, picked = listing(good, asked, done)
    page = ada.get(url, picked)
    assert [each["episode"] for each in page.context["ready"]] == [good]
    assert [(each["episode"], each["why"]) for each in page.context["left_out"]] == [
        (asked, "Something is still open"), (done, "This is signed already"),
    ]  # fmt: skip
    assert "Discussion not recorded" in page.content.decode()
    assert ada.post(url, {**picked, "shown": ["x"], "password": people.PASSWORD}).status_code == 409


def test_a_list_that_has_changed_is_looked_at_again(ada):
    episode = people.a_signed()
    url, picked = listing(episode)
    shown = [each["digest"] for each in ada.get(url, picked).context["ready"]]
    people.countersign(episode, "finn")
    people.discuss(episode)
    assert ada.post(url, {**picked, "shown": shown, "password": people.PASSWORD}).status_code == 409
    assert not Proof.objects.exists()


def test_one_that_changes_on_the_way_is_passed_over_with_a_word(ada):
    first, second = people.a_signed(), people.a_signed()
    url = begun(ada, first, second).url
    sent = {**ada.get(url).context["form"].initial, "read": "on"}
    people.discuss(first)
    people.countersign(first, "finn")
    response = ada.get(url, follow=True)
    assert f"{first.number} has changed" in response.content.decode()
    assert "Countersign, 2 of 2" in response.content.decode()
    assert ada.post(url, sent).url.endswith("/2/")
    assert countersigned(first) == 1


def test_a_wrong_password_under_the_list_makes_no_proof(ada):
    response = begun(ada, people.a_signed(), people.a_signed(), password=WRONG)
    assert response.status_code == 422
    assert WRONG not in response.content.decode()
    assert not Proof.objects.exists()


def test_a_list_belongs_to_the_session_that_made_it(ada):
    episode = people.a_signed()
    url = begun(ada, episode).url
    for who in ("ada", "finn"):
        stranger = people.signed_in(Client(), who)
        assert stranger.get(url).status_code == 403
        assert stranger.post(url, {**scenes.countersigned(episode), "password": ""}).status_code == 403
    assert not countersigned(episode)


def test_the_list_keeps_strangers_and_other_roles_out(client):
    url, asked = listing(people.a_signed())
    assert client.get(url, asked).url.startswith(reverse("sign-in"))
    assert people.signed_in(client, "chidi").get(url, asked).status_code == 404
    assert people.signed_in(client, "bo").get(url, asked).status_code == 403


@pytest.mark.parametrize("bad", ["", "x", "\0", "9" * 40, "../../"])
def test_nonsense_in_the_list_is_passed_over(ada, bad):
    url, _asked = listing()
    assert ada.get(url, {"one": bad}).status_code == 200
    assert ada.post(url, {"one": bad, "password": people.PASSWORD}).status_code == 409
    assert ada.put(url).status_code == 405


def test_at_most_twenty_at_once(ada, monkeypatch):
    monkeypatch.setattr(proving, "MOST", 2)
    three = [people.a_signed() for _ in range(3)]
    begun(ada, *three)
    assert ToSign.objects.count() == 2


def test_no_name_travels_in_the_message(ada):
    episode = people.a_signed(patient=people.a_patient("Zacharias", "Sample"))
    response = sign_here(ada, begun(ada, episode).url)
    assert "Zacharias" not in str(response.cookies) + response.url


def test_boxes_to_tick_stand_in_the_list_of_what_waits(ada):
    episode, _other = people.a_signed(), people.a_signed()
    box = f'name="one" value="{episode.pk}"'
    assert box in ada.get(reverse("desk:today"), {"show": "countersign"}).content.decode()
    assert box not in ada.get(reverse("desk:today")).content.decode()
    people.signed_in(ada, "bo")
    assert box not in ada.get(reverse("desk:today"), {"show": "countersign"}).content.decode()
