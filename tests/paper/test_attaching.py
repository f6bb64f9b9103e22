"""A signed scan moves the consent on, tells when it was signed and when it was entered, and counts once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import events, papering, signing
from consent.models import Access, Scan, Signature
from consent.records import archive, shape
from tests import people
from tests.paper.conftest import a_page, as_bytes, attach, by_ada, fields, kept, minutes_ago, post, squeezed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode():
    return people.a_released()


def newest(episode):
    return shape.parse(bytes(episode.records.order_by("-id").first().body))


def fact(record, about):
    text = next(each.text for each in record.facts if each.about == about)
    return text if isinstance(text, str) else "".join(run.text for run in text)


# --- where it goes ---------------------------------------------------------------------------------------------------


def test_a_paper_signed_by_the_patient_alone_is_not_complete(episode):
    attach(episode)
    record = newest(episode)
    assert (episode.status, record.stage, record.state.code) == ("signed", "signed", "not_complete")
    assert [row.missing for row in record.signatures.rows] == [False, True]


def test_a_paper_with_everything_is_a_valid_consent(episode):
    attach(episode, **by_ada())
    record = newest(episode)
    assert (episode.status, record.stage, record.state.code) == ("complete", "complete", "valid")
    assert episode.valid_until is not None


def test_a_clinician_who_signed_but_recorded_no_talk_does_not_complete_it(episode):
    attach(episode, **by_ada(discussed=False))
    assert episode.status == "signed"
    assert "No discussion is recorded" in newest(episode).state.until


def test_the_same_paper_comes_back_with_the_clinicians_signature(episode):
    attach(episode)
    attach(episode, data=as_bytes(a_page((500, 700))), **by_ada())
    assert episode.status == "complete"
    assert [each.kind for each in episode.records.all()] == ["paper", "paper"]
    assert newest(episode).bound.previous == (episode.records.first().digest,)


def test_a_walk_that_was_begun_ends_on_paper():
    episode = people.an_episode("checklist")
    attach(episode, **by_ada())
    assert episode.status == "complete"


def test_paper_is_not_gated_by_the_checklist():
    episode = people.an_episode("checklist")
    people.ask(episode)
    attach(episode)
    assert episode.status == "signed"


def test_a_representative_signs_on_paper():
    episode = people.a_represented()
    people.preparing.release(episode=episode, by=people.actor("ada"))
    attach(episode, **by_ada())
    assert "Jo Sample" in fact(newest(episode), "decides")
    assert "parent" in fact(newest(episode), "authority").casefold()


def test_only_what_was_ticked_is_agreed():
    planned = [
        people.preparing.Planned(people.version(), side, ["C6"], "dexamethasone", "") for side in ("left", "right")
    ]
    episode = people.a_released(items=planned)
    attach(episode, agreed=[1], **by_ada())
    record = newest(episode)
    assert [item.agreed for item in record.items] == [True, False]
    assert "RIGHT C6" in fact(record, "not_allowed")


def test_a_withdrawal_after_paper_is_recorded(episode):
    attach(episode, **by_ada())
    people.signing.withdraw(episode=episode, by=people.actor("bo"), words="I would rather wait.")
    episode.refresh_from_db()
    assert (episode.status, newest(episode).state.code) == ("withdrawn", "withdrawn")


# --- what the record says --------------------------------------------------------------------------------------------


def test_the_time_of_the_act_and_the_time_of_entry_are_both_on_the_record(episode):
    scan = attach(episode)
    text = fact(newest(episode), "paper")
    for moment in (scan.signed_at, scan.entered_at):
        assert f"{timezone.localtime(moment):%H:%M}" in text
    assert "Bo Example" in text
    assert scan.signed_at < scan.entered_at


def test_the_scan_is_named_by_its_digest(episode):
    scan = attach(episode)
    printed = [
        digest
        for part in newest(episode).parts
        for block in part.blocks
        for row in getattr(block, "rows", ())
        for digest in getattr(row, "digests", ())
    ]
    assert scan.sha256 in printed


def test_nothing_is_allowed_that_was_not_read_on_the_paper(episode):
    attach(episode, **by_ada())
    assert "A student watches" in fact(newest(episode), "not_allowed")
    assert not [each for each in newest(episode).facts if each.about == "allowed"]


def test_the_signatures_say_that_they_are_on_paper(episode):
    attach(episode, **by_ada())
    assert {row.shown for row in newest(episode).signatures.rows} == {"On paper: see the scan"}
    assert set(Signature.objects.filter(episode=episode).values_list("method", flat=True)) == {"paper"}


def test_a_note_and_a_witness_stand_on_the_record(episode):
    attach(episode, note="Power cut on the ward.", witnesses=("Theo Sample",))
    assert "Power cut on the ward." in fact(newest(episode), "paper")
    assert "Theo Sample" in [row.name for row in newest(episode).signatures.rows]


def test_the_chain_is_whole_and_holds_scan_and_record(episode):
    attach(episode, **by_ada())
    assert events.verify_chain(f"episode:{episode.pk}", episode.head_seq, episode.head_hash).whole
    kinds = list(episode.events.order_by("seq").values_list("kind", flat=True))
    assert kinds[-8:] == ["paper_attached", "disclosed", "signed", "moved", "signed", "discussed", "moved", "recorded"]


@pytest.mark.pdf
def test_the_record_is_sealed_like_any_other(episode, tmp_path):
    attach(episode, **by_ada())
    record = episode.records.get()
    archive.seal_record(record, timezone.now())
    text = squeezed(text_of(archive.read(record.newest_file), tmp_path))
    assert squeezed("Signed on paper") in text
    assert episode.scans.get().sha256 in text


# --- what it refuses -------------------------------------------------------------------------------------------------


def test_not_twice(client, episode, uploads):
    attach(episode)
    before = kept(uploads)
    response = post(people.signed_in(client, "bo"), episode, as_bytes(a_page((300, 300))))
    assert response.status_code == 409
    assert (kept(uploads), Scan.objects.count()) == (before, 1)


def test_a_complete_one_takes_no_more_paper(client, episode):
    attach(episode, **by_ada())
    assert post(people.signed_in(client, "bo"), episode).status_code == 409


def test_a_draft_takes_no_paper(client):
    assert post(people.signed_in(client, "bo"), people.a_draft()).status_code == 409


@pytest.mark.parametrize("minutes", [-5, 60])
def test_a_time_that_cannot_be_is_refused(episode, uploads, minutes):
    with pytest.raises(papering.WrongTime):
        attach(episode, signed_at=minutes_ago(minutes))
    assert (episode.status, kept(uploads)) == ("ready", [])


def test_a_doubtful_side_takes_no_paper(client):
    episode = people.an_episode("side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    assert post(people.signed_in(client, "bo"), episode).status_code == 409


@pytest.mark.parametrize("name", ["bo", "rae", "chidi"])
def test_only_a_clinician_of_this_clinic_can_have_explained(episode, name):
    with pytest.raises(papering.NotAClinician):
        attach(episode, **by_ada(clinician=people.user(name)))


def test_a_talk_without_a_way_of_talking_is_refused(episode, uploads):
    with pytest.raises(papering.ModeNotSaid):
        attach(episode, **by_ada(mode=""))
    assert (episode.status, kept(uploads)) == ("ready", [])


def test_nobody_talked_when_nobody_is_named(episode):
    with pytest.raises(papering.NotAClinician):
        attach(episode, discussed=True)


def test_the_decision_maker_is_no_witness(episode):
    with pytest.raises(signing.NotThisPerson):
        attach(episode, witnesses=("maria sample",))


def test_agreeing_to_nothing_is_no_consent(episode, uploads):
    with pytest.raises(signing.NotASignature):
        attach(episode, agreed=[])
    assert kept(uploads) == []


# --- at the desk -----------------------------------------------------------------------------------------------------


def test_the_desk_attaches_a_paper(client, episode):
    talked = {"clinician": people.user("ada").pk, "discussed": "on", "mode": "video"}
    response = post(people.signed_in(client, "bo"), episode, **talked)
    episode.refresh_from_db()
    assert (response.status_code, episode.status) == (302, "complete")
    assert episode.discussions.get().mode == "video"


def test_the_desk_does_not_guess_how_they_talked(client, episode):
    response = post(people.signed_in(client, "bo"), episode, clinician=people.user("ada").pk, discussed="on")
    assert response.status_code == 422
    assert "Choose how they talked" in response.content.decode()


def test_no_way_of_talking_is_chosen_beforehand(client, episode):
    page = people.signed_in(client, "bo").get(reverse("desk:paper", args=[episode.pk])).content.decode()
    assert page.count('name="mode"') == 3
    assert "checked" not in page


def test_the_paper_is_compared_before_it_counts(client, episode):
    said = fields()
    del said["right"]
    response = people.signed_in(client, "bo").post(reverse("desk:paper", args=[episode.pk]), said)
    assert response.status_code == 422
    assert "Compare the paper with this page" in response.content.decode()


def test_the_page_offers_the_form_in_every_language(client, episode):
    page = people.signed_in(client, "bo").get(reverse("desk:paper", args=[episode.pk])).content.decode()
    for code in ("en", "es"):
        assert f"{reverse('desk:paper-blank', args=[episode.pk])}?language={code}" in page


@pytest.mark.pdf
def test_printing_a_form_is_written_down(client, episode):
    response = people.signed_in(client, "bo").get(reverse("desk:paper-blank", args=[episode.pk]))
    assert response["Content-Disposition"].startswith("attachment")
    assert "Sample" not in response["Content-Disposition"]
    assert Access.objects.filter(what="printed", episode=episode).count() == 1


def test_a_scan_is_given_out_as_a_file_that_runs_nothing(client, episode):
    scan = attach(episode)
    response = people.signed_in(client, "rae").get(reverse("desk:scan", args=[scan.pk]))
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert Access.objects.filter(what="downloaded", detail=f"scan {scan.sha256}").exists()


def test_a_changed_scan_is_not_given_out(client, episode, uploads):
    scan = attach(episode)
    path = next(uploads.rglob("*.pdf"))
    path.write_bytes(path.read_bytes() + b" ")
    response = people.signed_in(client, "bo").get(reverse("desk:scan", args=[scan.pk]))
    assert response.status_code == 500
    assert b"Do not rely on it" in response.content


@pytest.mark.parametrize("name", ["paper", "paper-blank"])
def test_the_records_officer_may_not(client, episode, name):
    assert people.signed_in(client, "rae").get(reverse(f"desk:{name}", args=[episode.pk])).status_code == 403


def test_somebody_from_elsewhere_sees_nothing(client, episode):
    scan = attach(episode)
    people.signed_in(client, "chidi")
    addresses = [
        reverse("desk:paper", args=[episode.pk]),
        reverse("desk:paper-blank", args=[episode.pk]),
        reverse("desk:scan", args=[scan.pk]),
    ]
    assert [client.get(each).status_code for each in addresses] == [404, 404, 404]


def test_a_stranger_is_asked_to_sign_in(client, episode):
    assert client.get(reverse("desk:paper", args=[episode.pk])).status_code == 302


def test_the_form_is_only_read_and_the_scan_only_read(client, episode):
    scan = attach(episode)
    people.signed_in(client, "bo")
    assert client.post(reverse("desk:paper-blank", args=[episode.pk])).status_code == 405
    assert client.post(reverse("desk:scan", args=[scan.pk])).status_code == 405
