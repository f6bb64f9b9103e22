"""The tablet leaves the hands of staff, questions are answered, the discussion is recorded, somebody else decides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import handover, policy, preparing
from consent.models import Access, Assessment, Discussion, HandOver, Reply, Status
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db


def to(name, episode, *more):
    return reverse(f"desk:{name}", args=[episode.pk, *more])


# --- handing over ----------------------------------------------------------------------------------------------------


def test_the_staff_session_is_gone_on_the_server(client):
    episode = people.a_released()
    people.signed_in(client, "bo")
    before = client.session.session_key
    response = client.post(to("hand-over", episode), scenes.handing(episode))
    assert response.url == reverse("walk:go-on")
    assert "_auth_user_id" not in client.session
    assert client.session["hand_over"] == str(HandOver.objects.get().pk)
    assert not client.session.exists(before)


def test_the_tablet_opens_the_persons_own_page_and_the_browser_keeps_its_name(client):
    episode = people.a_released()
    people.signed_in(client, "bo").post(to("hand-over", episode), scenes.handing(episode))
    assert client.get(reverse("walk:go-on")).status_code == 302
    assert client.cookies["device"].value == "tablet 4"
    assert HandOver.objects.get().device == "tablet 4"


@pytest.mark.parametrize("missing", ["said", "free"])
def test_without_both_attestations_there_is_no_hand_over(client, missing):
    episode = people.a_released()
    data = {name: value for name, value in scenes.handing(episode).items() if name != missing}
    assert people.signed_in(client, "bo").post(to("hand-over", episode), data).status_code == 422
    assert not HandOver.objects.exists()


def test_somebody_who_cannot_say_their_name_is_written_down_as_such(client):
    episode = people.a_released()
    people.signed_in(client, "bo").post(to("hand-over", episode), scenes.handing(episode, said="known"))
    assert HandOver.objects.get().said_name_and_birth_date is False


def test_a_party_of_another_consent_gets_no_tablet_here(client):
    episode, other = people.a_released(), people.a_released()
    data = scenes.handing(episode, party=other.decision_maker.pk)
    assert people.signed_in(client, "bo").post(to("hand-over", episode), data).status_code == 422


def test_a_lost_tablet_opens_nothing_any_more(client):
    episode, hand = scenes.with_tablet()
    people.signed_in(client, "bo").post(to("take-tablet-back", episode, hand.pk))
    hand.refresh_from_db()
    assert not hand.is_open


# --- before you walk in ----------------------------------------------------------------------------------------------


def test_the_page_shows_own_words_doubts_and_what_was_told_in_private(client):
    answers = {"tell_us": {"blood_thinner": "yes", "blood_thinner__detail": "Aspirin 75 mg", "pressed": "no"}}
    episode = people.an_episode("checklist", answers=answers)
    walk = people.walk_of(episode)
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), "why": "not_sure"})
    page = people.signed_in(client, "ada").get(to("before", episode)).content.decode()
    assert walk.said("matters", "own") in page
    assert walk.section("checklist")["statements"]["why"] in page
    assert "Not sure" in page
    assert "Aspirin 75 mg" in page
    assert "It matched." in page


def test_opening_it_is_written_down(client):
    episode = people.a_released()
    people.signed_in(client, "bo").get(to("before", episode))
    assert Access.objects.filter(episode=episode, detail="before").exists()


def test_an_answer_stands_under_its_question(client):
    episode, question = scenes.with_question()
    people.signed_in(client, "ada").post(to("answer", episode, question.pk), {"text": "On the next day."})
    assert question.replies.get().text == "On the next day."
    assert "On the next day." in client.get(to("before", episode)).content.decode()


def test_an_empty_answer_is_none(client):
    episode, question = scenes.with_question()
    response = people.signed_in(client, "ada").post(to("answer", episode, question.pk), {"text": " "})
    assert response.status_code == 422
    assert not Reply.objects.exists()


def test_talking_needs_no_words(client):
    episode, question = scenes.with_question()
    people.signed_in(client, "ada").post(to("talked-question", episode, question.pk), {"text": ""})
    assert question.replies.get().word == "talked"


def test_a_question_of_another_consent_cannot_be_answered_here(client):
    _other, question = scenes.with_question()
    mine = people.an_episode("matters")
    response = people.signed_in(client, "ada").post(to("answer", mine, question.pk), {"text": "Yes."})
    assert response.status_code == 404


def test_talking_about_a_line_leaves_the_last_word_to_the_person(client):
    episode = scenes.unsure()
    people.signed_in(client, "ada").post(to("talked", episode), {"item": "checklist:why"})
    assert [each.waits_for for each in people.walk_of(episode).open_items] == ["person"]
    assert "waits for their own word" in client.get(to("before", episode)).content.decode()


def test_a_line_that_is_not_open_cannot_be_closed(client):
    episode = people.an_episode("decision")
    assert people.signed_in(client, "ada").post(to("talked", episode), {"item": "checklist:why"}).status_code == 409


# --- the discussion --------------------------------------------------------------------------------------------------


def test_a_discussion_stands_with_who_when_and_how(client):
    episode = people.a_released()
    people.signed_in(client, "ada").post(
        to("discussion", episode), scenes.talked_now(episode, mode="phone", present="Theo Sample")
    )
    made = Discussion.objects.get()
    assert (made.by_name, made.mode, made.present) == ("Dr Ada Example", "phone", "Theo Sample")


def test_a_discussion_that_has_not_happened_keeps_the_form(client):
    episode = people.a_released()
    tomorrow = scenes.in_parts("on", timezone.localdate() + timedelta(days=1))
    response = people.signed_in(client, "ada").post(
        to("discussion", episode), scenes.talked_now(episode, note="All of it.", **tomorrow)
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "That time has not come yet" in page
    assert "All of it." in page


# --- who decides -----------------------------------------------------------------------------------------------------


def test_a_finding_opens_the_way_to_a_representative(client):
    episode = people.a_released()
    ada = people.signed_in(client, "ada")
    response = ada.post(to("assess", episode, "capacity"), scenes.CAPACITY)
    assert response.url == to("representative", episode)
    assert Assessment.objects.get().content["cannot"] == ["retain"]
    ada.post(to("representative", episode), scenes.REPRESENTATIVE)
    episode.refresh_from_db()
    assert episode.decision_maker.name == "Sam Sample"
    assert episode.decision_maker.evidence == policy.current().authority("attorney").evidence[0]
    assert episode.status == Status.DRAFT


def test_without_a_finding_nobody_else_is_offered(client):
    episode = people.a_released()
    ada = people.signed_in(client, "ada")
    assert "The patient decides." in ada.get(to("representative", episode)).content.decode()
    assert ada.post(to("representative", episode), scenes.REPRESENTATIVE).status_code == 422


def test_a_right_for_children_does_not_open_for_adults(client):
    episode = scenes.with_finding()
    data = {**scenes.REPRESENTATIVE, "right": "parent:0"}
    assert people.signed_in(client, "ada").post(to("representative", episode), data).status_code == 422


def test_what_can_wait_is_left_to_the_person(client):
    episode = people.a_released()
    response = people.signed_in(client, "ada").post(
        to("assess", episode, "capacity"), {**scenes.CAPACITY, "could_wait": "yes"}
    )
    assert response.status_code == 422
    assert not Assessment.objects.exists()


def test_a_kind_of_finding_that_there_is_not(client):
    episode = people.a_released()
    assert people.signed_in(client, "ada").get(to("assess", episode, "mood")).status_code == 404


def test_a_representatives_name_stands_beside_the_patients(client):
    episode = scenes.with_finding()
    ada = people.signed_in(client, "ada")
    ada.post(to("representative", episode), scenes.REPRESENTATIVE)
    assert "Decided by Sam Sample, brother" in ada.get(reverse("desk:today")).content.decode()


# --- before you walk in ----------------------------------------------------------------------------------------------


def before_you_walk_in(client, episode):
    return people.signed_in(client, "ada").get(to("before", episode)).content.decode()


def test_a_side_that_did_not_match_is_not_forgotten_when_the_next_pick_does(client):
    episode = scenes.held()
    handover.settle(episode=episode, by=people.actor("ada"))
    people.answer_step(people.walk_of(episode), "side", {"side": "left"})
    html = before_you_walk_in(client, episode)
    assert "Picked “My right side” before ours was shown. It did not match ours." in html
    assert "Then picked “My left side”. It matched." in html


def test_a_side_picked_for_an_earlier_plan_says_so(client):
    episode = people.an_episode("before")
    planned = [preparing.Planned(people.version(), "right", ["C7"], "dexamethasone", "")]
    preparing.take_back(episode=episode, reason="wrong side", by=people.actor("ada"))
    preparing.revise(
        episode=episode, responsible=people.user("ada"), items=planned, language="en", by=people.actor("ada")
    )
    preparing.release(episode=episode, by=people.actor("ada"))
    people.walk_to(episode, "before", side="right")
    html = before_you_walk_in(client, episode)
    assert "“My left side” before ours was shown. It matched. This was about an earlier plan. Picked “My right" in html


def test_a_private_question_without_an_answer_is_not_a_no(client):
    episode = people.an_episode("side", answers={"tell_us": {"allergy": "no", "diabetes": "yes"}})
    html = " ".join(before_you_walk_in(client, episode).split())
    passed_over = html.partition("<dt>Not answered</dt>")[2].partition("</dd>")[0]
    assert "Blood thinner" in passed_over
    assert "Feels pressed by somebody" in passed_over
    assert "Allergy" not in passed_over
    assert "Diabetes" not in passed_over


def test_before_the_private_page_nothing_is_said_to_have_been_passed_over(client):
    assert "Not answered" not in before_you_walk_in(client, people.an_episode("tell_us"))
