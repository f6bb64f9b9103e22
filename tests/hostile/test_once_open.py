"""Attacks that succeeded once, each found by somebody who tried to break in: none may succeed again."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent import answering, deciding, handover, preparing, signing
from consent.models import Episode, Reply, Signature, Status
from consent.staff.models import User
from consent.steps import BY_KEY
from procedures.models import VersionState
from tests import people
from tests.hostile.browser import opened

pytestmark = pytest.mark.django_db


def desk(name, episode, *args):
    return reverse(f"desk:{name}", args=[episode.pk, *args])


def fresh(episode):
    return Episode.objects.get(pk=episode.pk)


def replan(episode, *, side="right", levels=("C7",)):
    """Somebody else changes the draft meanwhile."""
    planned = [preparing.Planned(people.version(), side, list(levels), "dexamethasone", "")]
    preparing.revise(
        episode=episode, responsible=people.user("ada"), items=planned, language="en", by=people.actor("bo")
    )


# --- staff vouch for what they were not shown -----------------------------------------------------------------------


def test_a_clinician_releases_only_the_plan_that_the_page_showed(client):
    episode = people.a_draft(side="left")
    url = desk("release", episode)
    page, send = opened(people.signed_in(client, "ada"), url)
    assert b"LEFT C6" in page.content
    replan(episode)
    assert send(url, right="on").status_code == 409
    assert fresh(episode).status == Status.DRAFT


def test_a_discussion_is_recorded_only_for_the_release_that_the_page_was_about(client):
    episode = people.a_released(side="left")
    page, send = opened(people.signed_in(client, "ada"), desk("discussion", episode))
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="wrong side")
    replan(episode)
    preparing.release(episode=episode, by=people.actor("ada"))
    then = timezone.localtime() - timedelta(minutes=1)
    on = {"on_day": then.day, "on_month": then.month, "on_year": then.year, "at": then.strftime("%H:%M")}
    assert send(mode="here", present="", note="", **on).status_code == 409
    assert not episode.discussions.exists()


def test_a_countersignature_before_any_record_is_bound_to_what_was_told(client):
    episode = people.an_episode("sign", side="left")
    page, send = opened(people.signed_in(client, "ada"), desk("countersign", episode))
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="wrong side")
    replan(episode)
    preparing.release(episode=episode, by=people.actor("ada"))
    people.hand_over(episode)
    people.walk_to(episode, "sign", side="right")
    assert send(read="on", password=people.PASSWORD).status_code == 409
    assert not Signature.objects.filter(episode=episode, meaning="explained").exists()


# --- the person accepts what they were not shown ---------------------------------------------------------------------


@pytest.mark.parametrize("page", ["ask", "checklist"])
def test_an_answer_is_accepted_only_when_it_is_the_one_on_the_page(client, page):
    episode = people.an_episode("checklist")
    question = people.ask(episode)
    people.answer(question, "Yes, you may drive home.")
    url = reverse("walk:ask") if page == "ask" else reverse("walk:step", args=["checklist"])
    shown, send = opened(people.a_tablet(client, episode), url)
    people.answer(question, "I was wrong: you may NOT drive home.")
    response = send(reverse("walk:accept", args=[question.pk]), word="satisfied")
    assert response.status_code == 409
    assert question.replies.last().word == Reply.Word.ANSWERED


def answer_check(episode, *, right):
    walk = people.walk_of(episode)
    said = {each["key"]: each["right"] if right else "not_sure" for each in walk.section("check")["questions"]}
    answering.save(walk=walk, step=BY_KEY["check"], data=said, by=people.party_of(episode))


def test_a_check_missed_twice_is_not_closed_by_a_third_guess():
    """Two of three answers were wrong: the third is right by elimination, and nobody has talked with the person."""
    episode = people.an_episode("check")
    answer_check(episode, right=False)
    answer_check(episode, right=False)
    answer_check(episode, right=True)
    people.answer_step(people.walk_of(episode), "checklist")
    people.answer_step(people.walk_of(episode), "permissions")
    with pytest.raises(signing.GateClosed):
        people.answer_step(people.walk_of(episode), "decision")


# --- the tablet ------------------------------------------------------------------------------------------------------


def stepped_in(client, episode, username="ada"):
    people.a_tablet(client, episode)
    response = client.post(reverse("walk:staff"), {"username": username, "pin": people.PIN})
    assert response.status_code == 302, response.status_code
    return client


def test_whoever_turns_back_to_the_patients_pages_is_not_staff_any_more(client):
    """Ada steps in, does not tap "give it back", and puts the tablet into Maria's hands: Maria's pages end the staff's."""
    episode = people.an_episode("checklist")
    stepped_in(client, episode)
    assert client.get(reverse("walk:step", args=["checklist"])).status_code == 200
    response = client.post(reverse("walk:bedside-take-back"))
    assert response.headers["Location"] in (reverse("walk:staff"), reverse("walk:back-to-staff"))
    assert client.get(reverse("desk:today")).status_code != 200
    assert "_auth_user_id" not in client.session


def test_a_patient_cannot_record_a_discussion_in_the_name_of_staff_who_stepped_in(client):
    episode = people.an_episode("checklist")
    stepped_in(client, episode)
    client.get(reverse("walk:step", args=["checklist"]))
    client.post(reverse("walk:bedside-discussion"), {"mode": "here"})
    assert not episode.discussions.exists()


def test_an_account_that_is_closed_meanwhile_is_shown_the_pin_box(client):
    episode = people.an_episode("checklist")
    stepped_in(client, episode)
    User.objects.filter(username="ada").update(is_active=False)
    assert client.get(reverse("walk:bedside")).headers["Location"] == reverse("walk:staff")


def test_wrong_pins_of_many_accounts_shut_the_tablet(client):
    """Four digits and a list of names: a tablet that lets five tries on each of 200 names lets a thousand."""
    episode = people.an_episode("checklist")
    people.a_tablet(client, episode)
    for number in range(6):
        demo = people.staff(f"nurse{number}", f"Nurse {number} Example", "Nurse", "nurse", people.clinic())
        for _try in range(4):
            client.post(reverse("walk:back-to-staff"), {"username": demo.username, "pin": "9999"})
    right = client.post(reverse("walk:back-to-staff"), {"username": "bo", "pin": people.PIN})
    assert right.status_code != 302, "24 wrong PINs on one tablet, and it still takes the 25th"


def test_a_side_that_staff_tapped_says_so(client):
    episode = people.an_episode("side")
    stepped_in(client, episode)
    client.post(reverse("walk:bedside-read-aloud"))
    client.post(reverse("walk:bedside-give-back"))
    page, send = opened(client, reverse("walk:step", args=["side"]))
    send(side="left")
    assert episode.answers.get(step="side").tapped_by == "Dr Ada Example, Consultant radiologist"


def test_an_answer_without_the_digest_of_its_page_is_refused(client):
    """Whoever leaves the field out would have it written down that the page of today was before them."""
    episode = people.an_episode("matters")
    response = people.a_tablet(client, episode).post(reverse("walk:step", args=["matters"]), {"own": "x"})
    assert response.status_code == 409
    assert not episode.answers.filter(step="matters").exists()


@pytest.mark.parametrize("name", ["help", "sign"])
def test_the_sign_pages_before_anything_was_told_are_no_fault_of_ours(client, name):
    people.a_tablet(client, people.a_released())
    client.raise_request_exception = False
    assert client.get(reverse(f"walk:{name}")).status_code in (302, 409)
    assert client.post(reverse(f"walk:{name}")).status_code < 500


def test_our_side_is_not_shown_before_the_person_has_picked_one(client):
    people.a_tablet(client, people.an_episode("side"))
    assert b"your left side" not in client.get(reverse("walk:whole")).content


# --- recalled text (to refuse is as good as to keep it without completing) ---------------------------------------------------------------------------------------------------


def recall():
    VersionState.objects.create(
        version=people.version(), state="recalled", by_name="Dr Rev Example", at=timezone.now(), reason="wrong figure"
    )


def test_a_recalled_text_is_not_countersigned():
    episode = people.a_signed()
    people.discuss(episode)
    recall()
    with suppress(Exception):
        people.countersign(episode)
    assert fresh(episode).status == Status.SIGNED


def test_a_discussion_does_not_complete_a_consent_to_a_recalled_text():
    episode = people.a_signed()
    people.countersign(episode)
    recall()
    with suppress(Exception):
        people.discuss(episode)
    assert fresh(episode).status == Status.SIGNED


def test_nobody_reads_on_in_a_recalled_text(client):
    episode = people.an_episode("before")
    people.a_tablet(client, episode)
    recall()
    assert client.get(reverse("walk:step", args=["before"])).status_code in (302, 409)
    page = episode.decision_maker.disclosure.section_digest("before")
    assert client.post(reverse("walk:step", args=["before"]), {"page": page}).status_code == 409


def test_a_paper_signed_on_a_recalled_text_is_not_taken_in():
    from tests.paper.conftest import attach

    episode = people.a_released()
    recall()
    with pytest.raises(handover.Recalled):
        attach(episode)
    assert fresh(episode).status == Status.READY


# --- complete, and yet not ------------------------------------------------------------------------------------------


def expire(episode):
    Episode.objects.filter(pk=episode.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    episode.refresh_from_db()


def test_a_consent_that_has_run_out_is_not_made_complete_by_a_late_countersignature():
    episode = people.a_signed()
    people.discuss(episode)
    expire(episode)
    with suppress(Exception):
        people.countersign(episode)
    assert fresh(episode).status == Status.SIGNED


def test_a_consent_that_has_run_out_is_not_made_complete_by_a_late_discussion():
    episode = people.a_signed()
    people.countersign(episode)
    expire(episode)
    with suppress(Exception):
        people.discuss(episode)
    assert fresh(episode).status == Status.SIGNED


def test_an_open_question_keeps_a_late_discussion_from_completing():
    episode = people.an_episode("sign")
    people.countersign(episode)
    people.sign(episode)
    assert fresh(episode).status == Status.SIGNED
    people.ask(episode, "Wait: which arm did you say?")
    people.discuss(episode)
    assert fresh(episode).status == Status.SIGNED


def test_this_is_not_me_after_signing_keeps_it_from_completing():
    episode = people.a_signed()
    people.discuss(episode)
    with transaction.atomic():
        handover.hold(episode, "not_me", by=people.party_of(episode))
    with suppress(Exception):
        people.countersign(episode)
    assert fresh(episode).status == Status.SIGNED


# --- who decides -----------------------------------------------------------------------------------------------------


def test_an_adult_is_not_found_to_be_a_child():
    episode = people.a_draft(patient=people.a_patient("Ola", "Sample", date(1950, 1, 1)))
    with suppress(Exception):
        deciding.assess(episode=episode, kind="minor", findings={"because": "…"}, by=people.actor("ada"))
    assert not episode.assessments.exists()


def lacks_capacity(episode):
    found = {"because": "delirium", "cannot": ["weigh"], "evidence": "…", "help_given": "…", "could_wait": "no"}
    deciding.assess(episode=episode, kind="capacity", findings=found, by=people.actor("ada"))


def appoint(episode):
    deciding.appoint(
        episode=episode,
        name="Alba Sample",
        relationship="daughter",
        authority="attorney",
        evidence="seen",
        by=people.actor("ada"),
    )


def test_a_finding_ends_when_the_patient_decides_again():
    episode = people.a_draft()
    lacks_capacity(episode)
    appoint(episode)
    deciding.patient_decides(episode=episode, by=people.actor("ada"))
    with pytest.raises(deciding.MayDecideAlone):
        appoint(episode)
    assert episode.decision_maker.is_patient


def test_the_patients_own_open_question_is_still_theirs_after_somebody_else_decided_for_a_while():
    episode = people.an_episode("check")
    people.ask(episode, "Can this paralyse me?")
    lacks_capacity(episode)
    appoint(episode)
    deciding.patient_decides(episode=episode, by=people.actor("ada"))
    preparing.release(episode=fresh(episode), by=people.actor("ada"))
    people.hand_over(episode)
    with pytest.raises(signing.GateClosed):
        people.walk_to(episode, "sign")


# --- one person, two parts -------------------------------------------------------------------------------------------


def test_the_clinician_who_signed_is_no_witness_of_the_persons_signature():
    episode = people.an_episode("sign")
    people.countersign(episode, "ada")
    with pytest.raises(signing.NotThisPerson):
        people.sign(episode, method="spoken", words="I agree", why="tremor", witnesses=[people.user("ada")])


def test_the_one_who_writes_is_no_witness_of_it():
    episode = people.an_episode("sign")
    with pytest.raises(signing.NotThisPerson):
        people.sign(
            episode, method="written_by_other", helper="Bo Example, nurse", why="tremor", witnesses=[people.user("bo")]
        )


def test_a_representative_does_not_countersign_their_own_decision():
    episode = people.a_draft()
    lacks_capacity(episode)
    deciding.appoint(
        episode=episode,
        name="Dr Ada Example",
        relationship="sister",
        authority="attorney",
        evidence="seen",
        by=people.actor("finn"),
    )
    preparing.release(episode=fresh(episode), by=people.actor("finn"))
    people.hand_over(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    with pytest.raises(signing.NotThisPerson):
        people.countersign(episode, "ada")


@pytest.mark.parametrize("witness", ["maria  sample", "Sample Maria", "Dr Ada Example"])
def test_nobody_on_the_paper_takes_two_parts(witness):
    from tests.paper.conftest import attach

    episode = people.a_released()
    with pytest.raises(signing.NotThisPerson):
        attach(episode, witnesses=(witness,), clinician=people.user("ada"), signed_by_clinician=True, discussed=True)


def test_one_witness_on_paper_does_not_count_twice():
    from tests.paper.conftest import attach

    episode = people.a_released()
    with pytest.raises(signing.NotThisPerson):
        attach(episode, witnesses=("Theo Sample", "theo sample"))


# --- an old signature shown for a new plan ---------------------------------------------------------------------------


def withdrawn_and_released_again():
    episode = people.a_complete()
    signing.withdraw(episode=episode, by=people.party_of(episode), words="")
    preparing.release(episode=fresh(episode), by=people.actor("ada"))
    return fresh(episode)


def test_the_desk_shows_no_old_signature_beside_a_new_release(client):
    episode = withdrawn_and_released_again()
    text = people.signed_in(client, "bo").get(desk("episode", episode)).content.decode()
    row = text.split('<th scope="row">Maria Sample</th>')[1].split("</tr>")[0]
    assert "not signed" in row


def test_the_countersign_page_shows_no_signature_of_an_earlier_release(client):
    episode = withdrawn_and_released_again()
    people.hand_over(episode)
    people.walk_to(episode, "sign")
    text = people.signed_in(client, "ada").get(desk("countersign", episode)).content.decode()
    assert "Not yet by the person" in text


def test_a_date_until_which_it_was_valid_does_not_outlive_the_consent(client):
    episode = withdrawn_and_released_again()
    assert episode.valid_until is None


def test_a_wish_for_paper_does_not_outlive_a_new_release():
    from tests.paper.conftest import attach

    episode = people.a_released()
    attach(episode)
    signing.withdraw(episode=episode, by=people.actor("bo"), words="")
    preparing.release(episode=fresh(episode), by=people.actor("ada"))
    assert not fresh(episode).on_paper


# --- bad text --------------------------------------------------------------------------------------------------------


def never_500(client, *args, **kwargs):
    client.raise_request_exception = False
    return client.post(*args, **kwargs)


def test_nul_in_the_words_of_a_withdrawal_is_no_fault_of_ours(client):
    episode = people.a_signed()
    people.a_tablet(client, episode)
    response = never_500(client, reverse("walk:change"), {"words": "I changed\0 my mind"})
    assert response.status_code < 500
    assert fresh(episode).status in (Status.WITHDRAWN, Status.SIGNED)


def test_nul_in_a_note_at_the_bedside_does_not_make_signing_impossible(client):
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    first = list(walk.section("checklist")["statements"])[0]
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), first: "not_sure"})
    stepped_in(client, episode)
    response = never_500(client, reverse("walk:bedside-talked"), {"item": f"checklist:{first}", "text": "we\0talked"})
    assert response.status_code < 500
    walk = people.walk_of(episode)
    people.answer_step(walk, "checklist")
    people.walk_to(episode, "sign")
    people.sign(episode)
    assert fresh(episode).status == Status.SIGNED


def test_nul_in_a_note_at_the_desk_is_not_kept(client):
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    first = list(walk.section("checklist")["statements"])[0]
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), first: "talk"})
    people.signed_in(client, "ada")
    never_500(client, desk("talked", episode), {"item": f"checklist:{first}", "text": "we\0talked"})
    assert not Reply.objects.filter(episode=episode, text__contains="\0").exists()


@pytest.mark.parametrize("charset", ["rot13", "hex"])
def test_a_form_in_another_encoding_is_refused(client, charset):
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhalf \\ud800 +2AA-\r\n--x--\r\n'
    response = client.generic(
        "POST", reverse("walk:ask"), body, content_type=f"multipart/form-data; boundary=x; charset={charset}"
    )
    assert response.status_code < 500


@pytest.mark.parametrize("text", ["LEFT \u202etfel\u202c", "\u2067LEFT"])
def test_text_that_turns_its_neighbours_round_is_not_kept(client, text):
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    response = client.post(reverse("walk:ask"), {"text": text})
    kept = [each.text for each in episode.questions.all()]
    assert response.status_code == 422 or text.strip() not in kept


def test_a_patients_name_cannot_turn_the_side_round(client):
    people.signed_in(client, "bo")
    data = {
        "given_name": "Maria\u202e", "family_name": "Sample", "born_day": "14", "born_month": "3", "born_year": "1961", "number": "000 777 001",
        "system": people.SYSTEM, "clinic": people.clinic().pk, "responsible": people.user("ada").pk, "side": "left", "levels": ["C6"],
        "medicine": "dexamethasone", "reason": "", "language": "en",
    }  # fmt: skip
    response = client.post(reverse("desk:prepare-one", args=[people.SLUG]), data)
    assert response.status_code == 422 or "\u202e" not in Episode.objects.latest("made_at").patient.name


def test_a_name_that_fits_the_form_fits_the_table():
    """SQLite keeps any length; PostgreSQL would answer with an error page."""
    from consent.models import Party, Patient

    longest = sum(Patient._meta.get_field(name).max_length for name in ("given_name", "family_name")) + 1
    assert longest <= Party._meta.get_field("name").max_length
    assert longest <= Signature._meta.get_field("printed_name").max_length


def test_a_witness_key_fits_the_table():
    from consent.walkthrough.forms import HelpForm

    assert HelpForm.base_fields["key"].max_length + len("-w2") <= Signature._meta.get_field("key").max_length


# --- frozen rows ---


def test_a_frozen_row_is_not_replaced():
    """SQLite fires no delete trigger for the row that REPLACE takes away, unless recursive triggers are on."""
    from django.db import DatabaseError, connection

    if connection.vendor != "sqlite":
        return
    signature = people.sign(people.an_episode("sign"))
    columns = ", ".join(f'"{each.column}"' for each in Signature._meta.concrete_fields)
    forged = columns.replace('"printed_name"', "'Somebody Else'")
    table = Signature._meta.db_table
    sql = f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {forged} FROM {table} WHERE id = %s"  # noqa: S608
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [signature.pk])
    assert Signature.objects.get(pk=signature.pk).printed_name == "Maria Sample"


# --- policy ----------------------------------------------------------------------------------------------------------


def test_a_policy_that_orders_signatures_is_obeyed_or_refused(settings, tmp_path):
    from consent import policy

    text = settings.POLICY_FILE.read_text().replace("ordered: false", "ordered: true")
    settings.POLICY_FILE = tmp_path / "ordered.yaml"
    settings.POLICY_FILE.write_text(text)
    try:
        policy.current()
    except policy.BadPolicy:
        return
    episode = people.an_episode("sign")
    with pytest.raises(Exception):  # noqa: B017 (the decision-maker comes first)
        people.countersign(episode)
