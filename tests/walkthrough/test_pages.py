"""What stands on each page that a patient reads, through the urls."""

import re

import pytest
from django.urls import reverse

from consent import asking, handover, signing
from consent.steps import STEPS
from tests import people

pytestmark = pytest.mark.django_db
DEPENDS = ("more_bleeding", "unborn_child")


def page(client, name, *args):
    return client.get(reverse(f"walk:{name}", args=args)).content.decode()


def at(client, key, **how):
    """The page of one step, for somebody who has come that far."""
    episode = people.an_episode(key, **how)
    people.a_tablet(client, episode)
    return page(client, "sign") if key == "sign" else page(client, "step", key)


def unsure(client, **said):
    """Somebody who was unsure on the checklist, with the tablet in hand."""
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), **said})
    people.a_tablet(client, episode)
    return episode


def bedside(client, username="ada"):
    client.post(reverse("walk:staff"), {"username": username, "pin": people.PIN})
    return page(client, "bedside")


# --- every page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [step.key for step in STEPS])
def test_every_step_has_one_heading_and_its_ways_out(client, key):
    html = at(client, key)
    assert html.count("<h1") == 1
    foot = html[html.index('class="foot"') :]
    assert all(f'href="{reverse(f"walk:{way}")}"' in foot for way in ("ask", "stop", "refuse"))


@pytest.mark.parametrize("key", [step.key for step in STEPS if step.key not in ("welcome", "sign")])
def test_every_step_says_which_page_it_showed(client, key):
    episode = people.an_episode(key)
    people.a_tablet(client, episode)
    digest = people.walk_of(episode).disclosure.section_digest(key)
    assert f'<input type="hidden" name="page" value="{digest}">' in page(client, "step", key)


@pytest.mark.parametrize("key", [step.key for step in STEPS])
def test_no_page_has_an_id_twice(client, key):
    ids = re.findall(r'\sid="([^"]+)"', at(client, key))
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("key", [step.key for step in STEPS])
def test_no_page_carries_a_script_or_style_of_its_own(client, key):
    html = at(client, key)
    assert " style=" not in html
    assert not re.search(r"<style|<script(?![^>]*src=)|\son[a-z]+=", html)


# --- before and during -----------------------------------------------------------------------------------------------


def test_the_side_is_not_shown_while_it_is_asked(client):
    html = at(client, "side")
    assert "LEFT" not in html
    assert "C6" not in html


def test_the_drawing_shows_this_persons_place_and_no_other(client):
    html = at(client, "during")
    assert 'id="neck-spot-left-C6"' in html
    assert set(re.findall(r'id="neck-(spot-[^"]+)"', html)) == {"spot-left-C6"}


def test_the_drawing_speaks_the_language_of_the_page(client):
    html = at(client, "during", language="es")
    assert "Los huesos y los nervios del cuello, vistos desde atrás</title>" in html


def test_staff_who_asked_for_name_and_birth_date_are_named(client):
    assert "Bo Example, Nurse, Imaging, asked you to say your name" in at(client, "identity")


# --- harm ------------------------------------------------------------------------------------------------------------


def test_the_gravest_harm_stands_first_and_has_no_dots(client):
    html = at(client, "serious")
    grave = html[html.index('class="grave') : html.index("</section>", html.index('class="grave'))]
    assert html.index('class="grave') < html.index('class="risk ')
    assert '<svg class="dots"' not in grave
    assert "Nobody knows." in grave


def test_this_matters_to_me_is_told_which_harm_it_is_about(client):
    html = at(client, "serious")
    assert 'aria-describedby="risk-gravest"' in html
    assert 'id="risk-gravest"' in html


def test_each_harm_leads_to_a_question_about_it(client):
    assert f'href="{reverse("walk:ask")}?about=risk:gravest"' in at(client, "serious")


@pytest.mark.parametrize(("amount", "is_open"), [("everything", True), ("main", False)])
def test_more_is_open_for_who_wants_everything(client, amount, is_open):
    html = at(client, "common", answers={"amount": {"amount": amount}})
    assert ("<details open" in html or '" open>' in html) == is_open


def test_other_serious_harm_waits_for_a_tap_for_who_wants_the_least(client):
    html = at(client, "serious", answers={"amount": {"amount": "least"}})
    assert html.index("<details") < html.index("Other serious or lasting harm")


def test_harm_that_cannot_fit_the_person_is_left_out(client):
    html = at(client, "common", answers={"tell_us": {"blood_thinner": "no", "pregnancy": "not_sure"}})
    assert 'id="risk-more_bleeding"' not in html
    assert 'id="risk-unborn_child"' in html


# --- deciding --------------------------------------------------------------------------------------------------------


def test_a_check_missed_once_is_said_in_another_way(client):
    episode = people.an_episode("check")
    walk = people.walk_of(episode)
    people.answer_step(walk, "check", {**people.good_answer(walk, "check"), "cure": "yes"})
    html = page(people.a_tablet(client, episode), "step", "check")
    assert "Think of a tablet for a headache." in html
    assert "<b>That is right.</b> About half of the people" in html


def test_a_check_missed_twice_becomes_a_talk(client):
    episode = people.an_episode("check")
    for _ in range(2):
        walk = people.walk_of(episode)
        people.answer_step(walk, "check", {**people.good_answer(walk, "check"), "cure": "yes"})
    html = page(people.a_tablet(client, episode), "step", "check")
    assert "We will talk about it with you before you decide." in html
    assert "Think of a tablet for a headache." not in html


def test_what_is_open_is_named_before_the_decision_and_yes_can_still_be_chosen(client):
    episode = unsure(client, gravest="talk")
    people.answer_step(people.walk_of(episode), "permissions")
    html = page(client, "step", "decision")
    assert "Before you can say yes, we need to talk about 1 thing" in html
    assert 'value="consent"' in html
    assert "disabled" not in html


def test_who_talked_about_an_unsure_line_is_named_until_it_is_answered_again(client):
    episode = unsure(client, gravest="talk")
    asking.talked(episode=episode, item="checklist:gravest", by=people.actor("ada"))
    assert "Dr Ada Example, Consultant radiologist talked with you about this" in page(client, "step", "checklist")
    people.answer_step(people.walk_of(episode), "checklist")
    assert "talked with you about this" not in page(client, "step", "checklist")


def test_an_answer_waits_for_the_askers_own_word(client):
    episode = people.an_episode("checklist")
    question = people.ask(episode)
    people.a_tablet(client, episode)
    assert "That answers it" not in page(client, "step", "checklist")
    people.answer(question)
    html = page(client, "step", "checklist")
    button = f'form="accept-{question.pk}" name="word" value="go_ahead"'
    assert button in html
    assert html.index("</form>", html.index(button)) < html.index(f'id="accept-{question.pk}"')


def test_a_question_comes_out_as_text(client):
    episode = people.an_episode("checklist")
    people.ask(episode, "<script>alert(1)</script>")
    assert "<script>alert" not in page(people.a_tablet(client, episode), "step", "checklist")


# --- signing ---------------------------------------------------------------------------------------------------------


def test_the_sign_page_sums_up_place_permissions_and_worries(client):
    html = at(client, "sign", answers={
        "serious": {"read": True, "matters": ["gravest"]},
        "permissions": {"tr_trainee": "yes", "tr_student": "no"},
    })  # fmt: skip
    lines = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html))
    assert lines["Where"] == "<strong>LEFT C6 nerve root</strong>, gap between C5 and C6"
    assert "A doctor in training" in lines["You allow"]
    assert "A student watches" in lines["You do not allow"]
    assert lines["Your worries"].startswith("Stroke")
    assert "lift my grandson" in lines["What matters"]


def test_a_worry_that_stays_is_on_the_sign_page_in_the_persons_words(client):
    episode = people.an_episode("sign")
    question = people.ask(episode, "Has your team seen a stroke?")
    people.answer(question)
    people.accept(question, "go_ahead")
    html = page(people.a_tablet(client, episode), "sign")
    assert "“Has your team seen a stroke?”" in html
    assert "You said: “I still worry but want to go ahead”." in html


def test_no_way_of_signing_is_chosen_for_the_person(client):
    assert not re.search(r'name="way"[^>]*checked', at(client, "sign"))


def test_without_a_script_the_name_can_be_typed(client):
    html = at(client, "sign")
    assert "<div data-needs-script hidden>" in html
    assert 'name="typed"' in html


def test_saying_no_stands_beside_the_signature(client):
    html = at(client, "sign")
    even = html[html.index('class="even') :]
    assert even.index("I agree to the injection") < even.index("I do not want the injection") < even.index("</div>")


def test_a_closed_gate_stands_in_place_of_the_pad(client):
    episode = people.an_episode("sign")
    people.ask(episode)
    html = page(people.a_tablet(client, episode), "sign")
    assert "data-pad" not in html
    assert "Before you can say yes" in html
    assert "I do not want the injection" in html


def test_all_that_was_told_stands_on_one_page_in_its_order(client):
    episode = people.an_episode("sign")
    html = page(people.a_tablet(client, episode), "whole")
    sections = re.findall(r'<h2 id="whole-([a-z_]+)"', html)
    assert sections == [step.key for step in STEPS]
    assert "<input" not in html[html.index("<main") :]
    assert all(f'id="risk-{key}"' in html for key in DEPENDS)


def test_thank_you_says_when_it_was_signed(client):
    episode = people.an_episode("sign")
    people.sign(episode)
    html = page(people.a_tablet(client, episode), "done")
    assert "Thank you, Maria" in html
    assert "We have your answer: yes." in html


# --- ways out --------------------------------------------------------------------------------------------------------


def test_saying_no_is_one_more_tap_and_needs_no_reason(client):
    episode = people.an_episode("why")
    html = page(people.a_tablet(client, episode), "refuse")
    assert "You do not have to." in html
    assert "I do not want the injection" in html
    assert f'href="{reverse("walk:go-on")}"' in html


def test_after_a_no_nothing_more_is_asked(client):
    episode = people.an_episode("why")
    people.a_tablet(client, episode)
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    assert "You said no" in page(client, "stopped")


def test_the_page_for_handing_back_says_nothing_about_the_person(client):
    episode = people.an_episode("after")
    people.a_tablet(client, episode)
    client.post(reverse("walk:stop"))
    html = page(client, "back-to-staff")
    for word in ("Maria", "Sample", "LEFT", "C6", "neck", "njection"):
        assert word not in html


def test_a_side_that_does_not_match_is_not_given_away(client):
    episode = people.an_episode("side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    html = page(people.a_tablet(client, episode), "held")
    assert "LEFT" not in html
    assert reverse("walk:staff") in html


def test_a_browser_without_a_tablet_sees_nothing(client):
    response = client.get(reverse("walk:go-on"))
    assert response.status_code == 403
    assert "This tablet is not in use" in response.content.decode()


# --- staff at the tablet ---------------------------------------------------------------------------------------------


def test_the_clinician_sees_both_sides_and_lets_the_person_pick_again(client):
    episode = people.an_episode("side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    html = bedside(people.a_tablet(client, episode))
    assert "Maria chose: My right side." in html
    assert "<b>LEFT C6 nerve root</b>" in html
    assert reverse("walk:bedside-settle") in html


def test_the_clinician_sees_questions_unsure_lines_and_private_flags(client):
    episode = people.an_episode("checklist", answers={"tell_us": {"blood_thinner": "yes", "pressed": "yes"}})
    people.ask(episode)
    walk = people.walk_of(episode)
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), "gravest": "talk"})
    html = bedside(people.a_tablet(client, episode))
    assert "Will I be able to drive home?" in html
    assert 'name="item" value="checklist:gravest"' in html
    assert "Feels pressed by somebody" in html
    assert "Not answered: Allergy; " in html
    assert "Give the tablet back to Maria" in html


def test_a_nurse_is_not_offered_what_only_a_clinician_may_do(client):
    episode = people.an_episode("checklist")
    people.ask(episode)
    html = bedside(people.a_tablet(client, episode), "bo")
    assert "Will I be able to drive home?" in html
    assert "We talked about it" not in html


def test_the_wrong_person_can_be_cleared_up_at_the_tablet(client):
    episode = people.an_episode("identity")
    people.a_tablet(client, episode)
    handover.not_me(hand_over=episode.handovers.get(taken_back_at=None), by=people.party_of(episode))
    html = bedside(client)
    assert "This is said to be the wrong person" in html
