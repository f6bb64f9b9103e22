"""Refusals that nothing else met: each was taken out once, and no test noticed."""

import io
import shutil

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from consent import deciding, handover, preparing, signing
from consent.answering import Held
from consent.models import Event, HandOver, Signature, StepDraft
from tests import people
from tests.desk import scenes
from tests.paper.conftest import attach, by_ada, uploads  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db


# --- on the tablet ---------------------------------------------------------------------------------------------------


def test_what_was_typed_while_staff_took_the_plan_back_is_kept():
    episode = people.an_episode("matters")
    tablet = people.a_tablet(Client(), episode)
    page = people.walk_of(episode).disclosure.section_digest("matters")
    preparing.take_back(episode=episode, reason="wrong level", by=people.actor("ada"))
    response = tablet.post(reverse("walk:step", args=["matters"]), {"own": "My violin.", "page": page})
    assert response.status_code == 409
    assert "Your team is correcting something" in response.content.decode()
    assert StepDraft.objects.get(episode=episode, step="matters").data["own"] == "My violin."


@pytest.mark.parametrize(
    ("method", "more"),
    [("written_by_other", {"why": "tremor"}), ("spoken", {"why": "tremor"})],
)
def test_help_with_signing_says_who_helped_or_what_was_said(method, more):
    episode = people.an_episode("sign")
    with pytest.raises(signing.NotASignature):
        people.sign(episode, method=method, witnesses=[people.user("bo")], **more)
    assert not Signature.objects.exists()


# --- staff -----------------------------------------------------------------------------------------------------------


def test_a_running_hospital_hands_over_nothing_that_nobody_approved(settings, tmp_path):
    shutil.copytree(settings.LIBRARY_DIR, tmp_path / "library")
    facts = tmp_path / "library" / people.SLUG / "procedure.yaml"
    facts.write_text(facts.read_text().replace("specialty: radiology", "specialty: pain medicine"))
    call_command("load_library", str(tmp_path / "library"), stdout=io.StringIO())
    episode = people.a_released()
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(preparing.ContentNotApproved):
        people.hand_over(episode)
    assert not HandOver.objects.exists()


def test_what_is_not_stopped_is_not_settled(client):
    episode = people.a_released()
    response = people.signed_in(client, "ada").post(reverse("desk:settle", args=[episode.pk]))
    assert response.status_code == 409
    assert not Event.objects.filter(episode=episode, kind="settled").exists()


def test_nobody_decides_by_a_right_that_the_policy_does_not_know():
    episode = scenes.with_finding()
    with pytest.raises(deciding.NotAnAuthority):
        deciding.appoint(
            episode=episode, name="Sam Sample", relationship="brother", authority="elder brother", evidence="Said so",
            by=people.actor("ada"),
        )  # fmt: skip
    assert episode.decision_maker.is_patient


def test_a_clinician_does_not_sign_while_it_is_not_sure_who_has_the_tablet():
    episode = people.an_episode("sign")
    handover.not_me(hand_over=HandOver.objects.get(episode=episode), by=people.party_of(episode))
    with pytest.raises(Held):
        people.countersign(episode)
    assert not Signature.objects.exists()


# --- paper -----------------------------------------------------------------------------------------------------------


def test_paper_has_as_many_witnesses_as_the_policy_asks_for(settings, tmp_path):
    text = settings.POLICY_FILE.read_text(encoding="utf-8").replace("paper: 0", "paper: 1")
    settings.POLICY_FILE = tmp_path / "witnessed.yaml"
    settings.POLICY_FILE.write_text(text, encoding="utf-8")
    episode = people.a_released()
    with pytest.raises(signing.WitnessNeeded):
        attach(episode)
    attach(episode, witnesses=["Wil Example"])
    assert Signature.objects.filter(meaning="consent").exists()


def test_who_witnessed_the_signature_is_not_the_clinician_on_paper_either():
    episode = people.an_episode("sign")
    people.sign(episode, method="spoken", words="Yes, I want it.", witnesses=[people.user("ada")])
    signing.withdraw(episode=episode, by=people.party_of(episode))
    preparing.release(episode=episode, by=people.actor("ada"))
    with pytest.raises(signing.NotThisPerson):
        attach(episode, **by_ada())


def test_a_clinician_who_signed_at_the_desk_does_not_sign_again_on_paper():
    episode = people.an_episode("sign")
    people.countersign(episode)
    with pytest.raises(signing.AlreadySigned):
        attach(episode, **by_ada())
    assert Signature.objects.filter(meaning="explained").count() == 1


def test_a_scan_that_is_gone_says_so(client, uploads):  # noqa: F811
    scan = attach(people.a_released())
    next(uploads.rglob("*.pdf")).unlink()
    response = people.signed_in(client, "bo").get(reverse("desk:scan", args=[scan.pk]))
    assert response.status_code == 500
    assert "We cannot find this file" in response.content.decode()
