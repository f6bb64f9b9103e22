"""Signing by the wrong person, at the wrong time, on the wrong text, or twice: refused, and nothing is kept."""

import uuid

import pytest
from django.urls import reverse

from consent import answering, disclosure, handover, preparing, signing
from consent.models import Episode, Record, Signature, Status
from consent.records import shape
from consent.walkthrough.forms import not_opened
from procedures.models import VersionState
from tests import people

pytestmark = pytest.mark.django_db


def fields(episode, **more):
    walk = people.walk_of(episode)
    return {"key": "k1", "disclosure": walk.disclosure.digest, "answers": walk.answers_digest, "way": "typed", "typed": walk.party.name, **more}  # fmt: skip


def send(client, episode, **more):
    people.a_tablet(client, episode)
    return client.post(reverse("walk:sign"), fields(episode, **more))


def countersign(client, episode, username, **more):
    newest, told = episode.records.order_by("-id").first(), people.walk_of(episode).disclosure
    shown = {"record": newest.digest if newest else "", "disclosure": told.digest if told else ""}
    said = {"key": "c1", **shown, "read": "on", "password": people.PASSWORD, **more}
    people.signed_in(client, username)
    return client.post(reverse("desk:countersign", args=[episode.pk]), said)


def signed(episode, meaning="consent"):
    return Signature.objects.filter(episode=episode, meaning=meaning).count()


def test_the_same_key_with_another_body_signs_nothing(client):
    episode = people.an_episode("sign")
    people.sign(episode, key="k1", method="typed")
    assert send(client, episode, typed="Sample Maria").status_code == 409
    assert signed(episode) == 1


def test_the_key_of_another_persons_signature_signs_nothing(client):
    people.sign(people.an_episode("sign"), key="k1", method="typed")
    episode = people.an_episode("sign")
    assert send(client, episode).status_code == 409
    assert signed(episode) == 0


def test_a_page_of_the_release_before_signs_nothing(client):
    episode = people.an_episode("sign")
    old = fields(episode)
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="wrong")
    preparing.release(episode=Episode.objects.get(pk=episode.pk), by=people.actor("ada"))
    people.a_tablet(client, episode)
    assert client.post(reverse("walk:sign"), old).status_code == 409
    assert signed(episode) == 0


def test_another_language_at_the_last_moment_signs_nothing(client):
    episode = people.an_episode("sign")
    old = fields(episode)
    people.a_tablet(client, episode)
    client.post(reverse("walk:step", args=["welcome"]), {"language": "es", "text_size": "100"})
    assert client.post(reverse("walk:sign"), old).status_code == 409
    assert signed(episode) == 0


def test_a_language_that_is_not_offered_freezes_nothing(client):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    before = episode.disclosures.count()
    for code in ("xx", "ar", "en\0", "../en"):
        assert client.post(reverse("walk:step", args=["welcome"]), {"language": code}).status_code == 422
    with pytest.raises(disclosure.LanguageNotOffered):
        answering.begin(walk=people.walk_of(episode), language="ar", text_size="100", by=people.party_of(episode))
    assert episode.disclosures.count() == before


def test_a_text_recalled_meanwhile_is_not_signed(client):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    VersionState.objects.create(
        version=people.version(), state="recalled", by_name="Dr Rev Example", at=episode.made_at
    )
    assert client.post(reverse("walk:sign"), fields(episode)).status_code == 409
    assert signed(episode) == 0


def test_answers_that_nobody_asked_for_are_not_kept(client):
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    people.a_tablet(client, episode)
    yes = dict.fromkeys(walk.section("checklist")["statements"], "yes")
    page = walk.disclosure.section_digest("checklist")
    client.post(reverse("walk:step", args=["checklist"]), {**yes, "page": page, "extra": "yes", "decision": "consent"})
    assert episode.answers.filter(step="checklist").last().data == yes


def test_one_line_less_is_no_checklist(client):
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    people.a_tablet(client, episode)
    first, *rest = walk.section("checklist")["statements"]
    said = dict.fromkeys(rest, "yes")
    assert client.post(reverse("walk:step", args=["checklist"]), said).status_code == 422
    assert client.post(reverse("walk:step", args=["checklist"]), {**said, first: "YES"}).status_code == 422


def two_items(step="decision"):
    planned = [preparing.Planned(people.version(), side, ["C6"], "dexamethasone", "") for side in ("left", "right")]
    return people.an_episode(step, items=planned, side="both")


def test_a_yes_to_both_without_a_word_on_each_is_none(client):
    episode = two_items()
    people.a_tablet(client, episode)
    for said in (
        {},
        {"item_1": "yes"},
        {"item_1": "no", "item_2": "no"},
        {"item_3": "yes"},
        {"item_1": "yes", "item_2": "maybe"},
    ):
        response = client.post(reverse("walk:step", args=["decision"]), {"decision": "consent", **said})
        assert response.status_code == 422, said
    assert not episode.answers.filter(step="decision").exists()


def test_of_two_items_the_one_with_a_no_is_not_agreed_to_on_the_record():
    episode = two_items()
    people.answer_step(people.walk_of(episode), "decision", {"decision": "consent", "item_1": "yes", "item_2": "no"})
    people.sign(episode)
    people.discuss(episode)
    people.countersign(episode)
    for record in Record.objects.filter(episode=episode):
        assert [item["agreed"] for item in record.content["items"]] == [True, False]
    assert "1 of 2" in Record.objects.get(episode=episode, kind="complete").content["state"]["word"]


@pytest.mark.parametrize("typed", ["", " ", "Maria", "Maria Sampel", "Maria Sample Sample", "Theo Sample"])
def test_another_name_is_no_signature(client, typed):
    episode = people.an_episode("sign")
    assert send(client, episode, typed=typed).status_code == 422
    assert signed(episode) == 0


@pytest.mark.parametrize("name", ["Maria Sample", "maria sample", "Sample  Maria", "MARIA SAMPLE"])
def test_nobody_witnesses_their_own_signature(name):
    people.staff("maria", name, "Nurse", "nurse", people.clinic())
    episode = people.an_episode("sign")
    with pytest.raises(signing.NotThisPerson):
        people.sign(episode, method="spoken", words="I agree", why="tremor", witnesses=[people.user("maria")])
    assert signed(episode) == 0


@pytest.mark.parametrize("how", ["mark", "spoken", "written_by_other"])
def test_help_without_the_witnesses_that_the_policy_asks_for_is_no_signature(client, how):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    walk = people.walk_of(episode)
    said = {"key": "k", "disclosure": walk.disclosure.digest, "answers": walk.answers_digest, "how": how, "why": "tremor", "helper": "Theo", "words": "yes", "strokes": people.STROKES}  # fmt: skip
    for witness in ({}, {"witness_1": "bo", "pin_1": "9999"}, {"witness_1": "nobody", "pin_1": people.PIN}):
        assert client.post(reverse("walk:help"), {**said, **witness}).status_code == 422
    if how == "mark":
        twice = {"witness_1": "bo", "pin_1": people.PIN, "witness_2": "bo", "pin_2": people.PIN}
        assert client.post(reverse("walk:help"), {**said, **twice}).status_code == 409
    assert signed(episode) == 0


@pytest.mark.parametrize(("username", "status"), [("bo", 403), ("rae", 403), ("chidi", 404)])
def test_nobody_countersigns_who_may_not(client, username, status):
    episode = people.a_signed()
    people.discuss(episode)
    assert countersign(client, episode, username).status_code == status
    assert signed(episode, "explained") == 0


def test_a_closed_account_countersigns_nothing(client):
    episode = people.a_signed()
    people.signed_in(client, "ada")
    user = people.user("ada")
    user.is_active = False
    user.save()
    url = reverse("desk:countersign", args=[episode.pk])
    response = client.post(
        url, {"key": "c", "record": episode.records.get().digest, "read": "on", "password": people.PASSWORD}
    )
    assert response.status_code == 302
    assert signed(episode, "explained") == 0


@pytest.mark.parametrize("stale", [{"record": ""}, {"record": "0" * 64}])
def test_a_record_that_was_not_the_newest_is_not_countersigned(client, stale):
    episode = people.a_signed()
    assert countersign(client, episode, "ada", **stale).status_code == 409
    assert signed(episode, "explained") == 0


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"password": people.PIN}, {"read": ""}])
def test_a_wrong_password_countersigns_nothing(client, wrong):
    episode = people.a_signed()
    assert countersign(client, episode, "ada", **wrong).status_code == 422
    assert signed(episode, "explained") == 0


def test_a_second_countersignature_is_refused_and_the_first_answered_again(client):
    episode = people.a_signed()
    digest = episode.records.get().digest
    assert countersign(client, episode, "ada").status_code == 302
    assert countersign(client, episode, "ada", record=digest).status_code == 302
    assert countersign(client, episode, "ada", key="c2").status_code == 409
    assert signed(episode, "explained") == 1


def helped(client, episode, witness):
    people.a_tablet(client, episode)
    walk = people.walk_of(episode)
    said = {"key": uuid.uuid4().hex, "disclosure": walk.disclosure.digest, "answers": walk.answers_digest}
    how = {"how": "spoken", "why": "tremor", "words": "I agree", "witness_1": witness, "pin_1": people.PIN}
    return client.post(reverse("walk:help"), {**said, **how})


@pytest.mark.parametrize("witness", ["kofi", "chidi", "mel", "gus"])
def test_nobody_from_elsewhere_witnesses_a_signature(client, witness):
    """Of another clinic, or of no role at the desk: a right PIN is answered like a wrong one."""
    episode = people.an_episode("sign")
    response = helped(client, episode, witness)
    assert response.status_code == 422
    assert response.context["form"].errors["pin_1"] == [str(not_opened().message)]
    assert not episode.signatures.exists()


def test_the_record_says_that_a_witness_gave_a_pin(client):
    episode = people.an_episode("sign")
    assert helped(client, episode, "bo").status_code == 303
    assert episode.signatures.get(meaning="witness_signature").method == "pin"
    _own, witness, *_ = shape.parse(bytes(episode.records.get().body)).signatures.rows
    assert (witness.method, witness.how) == ("pin", "Signed with PIN")


def test_the_witness_does_not_countersign(client):
    episode = people.an_episode("sign")
    people.sign(episode, method="spoken", words="I agree", why="tremor", witnesses=[people.user("ada")])
    assert countersign(client, episode, "ada").status_code == 409
    assert signed(episode, "explained") == 0


def test_a_discussion_of_the_release_before_completes_nothing():
    episode = people.a_released()
    people.discuss(episode)
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="wrong")
    preparing.release(episode=Episode.objects.get(pk=episode.pk), by=people.actor("ada"))
    people.hand_over(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    people.countersign(episode)
    assert Episode.objects.get(pk=episode.pk).status == Status.SIGNED


def test_a_signature_of_the_release_before_completes_nothing():
    episode = people.a_complete()
    signing.withdraw(episode=episode, by=people.party_of(episode))
    preparing.release(episode=Episode.objects.get(pk=episode.pk), by=people.actor("ada"))
    people.hand_over(episode)
    people.walk_to(episode, "sign")
    people.discuss(episode)
    people.countersign(episode)
    assert Episode.objects.get(pk=episode.pk).status == Status.UNDERWAY


@pytest.mark.parametrize("ended", ["refused", "withdrawn"])
def test_no_paper_is_attached_to_what_has_ended(client, ended):
    from tests.paper.conftest import attach, post

    episode = people.a_refused() if ended == "refused" else people.a_complete()
    if ended == "withdrawn":
        signing.withdraw(episode=episode, by=people.party_of(episode))
    people.signed_in(client, "bo")
    assert post(client, episode).status_code == 409
    with pytest.raises(Exception, match="cannot go"):
        attach(episode)
    assert not episode.scans.exists()


def test_nothing_is_signed_while_the_walk_is_held_or_the_tablet_put_down(client):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    client.post(reverse("walk:not-me"))
    assert client.post(reverse("walk:sign"), fields(episode)).headers["Location"] == reverse("walk:back-to-staff")
    handover.resume(hand_over=episode.handovers.get(taken_back_at=None), by=people.actor("bo"))
    assert client.post(reverse("walk:sign"), fields(episode)).status_code == 409
    assert signed(episode) == 0
