"""Where a record was once not true or not complete: each test says what it holds now."""

import pytest
from django.test import Client

from consent import answering, asking, deciding, handover, preparing, signing
from consent.records import shape
from tests import people
from tests.records import episodes
from tests.truth.saying import fact, flat, newest, open_text, part, released, signed

pytestmark = pytest.mark.django_db


def at(amount, **planned):
    return people.an_episode("sign", answers={"amount": {"amount": amount}}, **planned)


def the_page(episode, key):
    return people.a_tablet(Client(), episode).get(f"/p/step/{key}/")


def theo_decides(episode):
    found = {"because": "A stroke", "cannot": ["weigh"], "evidence": "Forgets.", "could_wait": "no"}
    deciding.assess(episode=episode, kind="capacity", findings=found, by=people.actor("ada"))
    deciding.appoint(
        episode=episode,
        name="Theo Sample",
        relationship="husband",
        authority="attorney",
        evidence="Registered power of attorney for health, seen today",
        by=people.actor("ada"),
    )


def other_plan(episode):
    """Taken back, and released anew for the other side."""
    planned = [preparing.Planned(people.version(), "right", ["C7"], "dexamethasone", "Pain in the right arm.")]
    preparing.take_back(episode=episode, reason="wrong side", by=people.actor("ada"))
    preparing.revise(
        episode=episode, responsible=people.user("ada"), items=planned, language="en", by=people.actor("ada")
    )
    released(episode)


# --- what stood behind a tap -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["main", "least"])
def test_what_waited_for_a_tap_about_the_gravest_harm_says_so(amount):
    episode = at(amount)
    page = open_text(the_page(episode, "serious"))
    people.sign(episode)
    grave = next(each for each in part(newest(episode), "harm").blocks if isinstance(each, shape.Grave))
    for row in people.walk_of(episode).section("serious")["grave"][0]["rows"]:
        line = next(flat(each) for each in grave.paragraphs if row["texts"][0] in flat(each))
        assert (row["texts"][0] in page) == ("›" not in line), row["label"]


def test_signs_of_danger_that_waited_for_a_tap_say_so():
    episode = at("main")
    danger = people.walk_of(episode).section("serious")["grave"][0]["danger_signs"][0]
    assert danger not in open_text(the_page(episode, "serious"))
    people.sign(episode)
    line = next(each for each in flat(part(newest(episode), "harm")).split("\n") if danger in each)
    assert "›" in line


@pytest.mark.parametrize("path", [("during", "stages", "text"), ("why", "ways", "line")])
def test_what_the_main_points_left_out_of_a_list_says_so(path):
    key, rows, name = path
    episode = at("main")
    text = people.walk_of(episode).section(key)[rows][0][name]
    assert text not in open_text(the_page(episode, key))
    people.sign(episode)
    lines = [each for each in flat(newest(episode)).split("\n") if text in each]
    assert all("›" in each for each in lines)


def test_what_the_procedure_is_waited_for_a_tap_and_says_so():
    episode = at("main")
    text = people.walk_of(episode).section("why")["what"]["lead"]
    assert text not in open_text(the_page(episode, "why"))
    people.sign(episode)
    assert all("›" in each for each in flat(newest(episode)).split("\n") if text in each)


def test_what_a_risk_rests_on_waited_for_a_tap_and_says_so():
    episode = at("main")
    risk = next(each for each in people.walk_of(episode).section("serious")["risks"] if each["main"] and each["seen"])
    assert risk["seen"][0] not in open_text(the_page(episode, "serious"))
    people.sign(episode)
    groups = next(each for each in part(newest(episode), "harm").blocks if isinstance(each, shape.Risks)).groups
    row = next(each for group in groups for each in group.risks if each.code == risk["key"])
    assert flat(row.seen_in).startswith("›")


def test_other_serious_harm_that_stood_open_is_not_said_to_have_waited():
    episode = people.a_draft()
    preparing.tailor(episode=episode, by=people.actor("ada"), words="You are tall.")
    released(episode)
    people.walk_to(episode, "sign", answers={"amount": {"amount": "least"}})
    first = people.walk_of(episode).section("serious")["risks"][0]["name"]
    assert first in open_text(the_page(episode, "serious"))
    people.sign(episode)
    assert "(on a tap)" not in flat(part(newest(episode), "harm"))


def test_page_1_says_that_other_serious_harm_waited_for_a_tap():
    episode = at("least")
    other = people.walk_of(episode).section("serious")["other_title"]
    people.sign(episode)
    assert other in fact(newest(episode), "not_heard")


def test_everything_chosen_after_the_main_points_were_read_is_not_everything_shown():
    episode = at("main")
    people.answer_step(people.walk_of(episode), "amount", {"amount": "everything"})
    people.sign(episode)
    assert "All of it was shown" not in fact(newest(episode), "not_heard")


# --- what was shown, and to whom -------------------------------------------------------------------------------------


def test_a_page_that_was_open_when_the_person_said_no_is_not_called_unopened():
    episode = people.an_episode("why")
    assert the_page(episode, "why").status_code == 200
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    assert "did not open them" not in flat(newest(episode))


def test_a_no_before_the_page_of_the_decision_does_not_print_that_page():
    episode = people.an_episode("why")
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    assert "Until it starts, and during it too." not in flat(newest(episode))


def test_a_side_picked_again_in_another_language_was_picked_after_ours_was_shown():
    episode = people.an_episode("check")
    answering.begin(walk=people.walk_of(episode), language="es", text_size="100", by=people.party_of(episode))
    episode.language = "es"
    episode.save(update_fields=["language"])
    record = signed(episode)
    timeline = [each for each in flat(part(record, "people")).split("\n") if "antes de ver el nuestro" in each]
    assert len(timeline) == 1


def test_a_side_picked_for_an_earlier_plan_says_so():
    episode = people.an_episode("check")
    other_plan(episode)
    people.walk_to(episode, "sign", side="right")
    people.sign(episode)
    line = next(each for each in flat(part(newest(episode), "understood")).split("\n") if "My left side" in each)
    assert "earlier plan" in line


def test_the_day_of_the_text_is_that_of_the_text_that_was_signed():
    episode = people.an_episode("check")
    episode.given_at -= people.timedelta(days=3)
    episode.save(update_fields=["given_at"])
    other_plan(episode)
    people.walk_to(episode, "sign", side="right")
    people.sign(episode)
    assert "3 days before" not in fact(newest(episode), "given")


# --- whose words -----------------------------------------------------------------------------------------------------


def test_a_talk_with_the_patient_is_not_said_to_have_been_with_who_decides_later():
    episode = people.an_episode("check")
    people.discuss(episode)
    theo_decides(episode)
    released(episode)
    assert "talked with Theo Sample" not in flat(part(signed(episode), "people"))


def test_a_no_that_staff_write_down_is_still_said_by_the_person():
    episode = people.a_signed()
    signing.withdraw(episode=episode, by=people.actor("bo"), words="Too tired.")
    said = fact(newest(episode), "said")
    assert "Said by Bo Example" not in said
    assert "Maria Sample" in said


def test_a_representatives_words_are_not_under_the_patients_name_alone():
    record = newest(people.by_a_representative())
    assert "Jo Sample" in flat(part(record, "matters"))


def test_who_decided_for_a_while_stands_among_the_people():
    episode = released(people.a_represented())
    people.walk_to(episode, "checklist")
    question = people.ask(episode)
    people.answer(question)
    people.accept(question)
    deciding.patient_decides(episode=episode, by=people.actor("ada"))
    released(episode)
    rows = next(each for each in part(signed(episode), "people").blocks[0].rows if each.label == "People")
    assert "Jo Sample" in flat(rows)


def test_a_second_tablet_without_name_and_birth_date_is_not_hidden_by_the_first():
    episode = people.an_episode("check")
    handover.hand_over(
        episode=episode, party=episode.decision_maker, by=people.actor("ada"), said_name_and_birth_date=False
    )
    rows = next(each for each in part(signed(episode), "people").blocks[0].rows if each.label == "People")
    mine = next(each for each in flat(rows).split("\n") if each.startswith("Maria Sample"))
    assert "Dr Ada Example" in mine


def test_a_tablet_given_on_somebody_elses_word_says_so():
    episode = people.a_released()
    handover.hand_over(
        episode=episode, party=episode.decision_maker, by=people.actor("bo"), said_name_and_birth_date=False
    )
    rows = next(each for each in part(signed(episode), "people").blocks[0].rows if each.label == "People")
    mine = next(each for each in flat(rows).split("\n") if each.startswith("Maria Sample"))
    assert "birth date" in mine


def test_nobody_is_said_not_to_have_interpreted_when_nobody_was_asked():
    episode = people.a_signed(language="es")
    people.discuss(episode, present="Ines Example, interpreter, by phone")
    people.countersign(episode)
    assert "No participó ningún intérprete" not in fact(newest(episode), "language")


# --- what was answered -----------------------------------------------------------------------------------------------


def test_not_sure_between_two_yeses_is_not_lost():
    episode = people.an_episode("checklist")
    good = people.good_answer(people.walk_of(episode), "checklist")
    key = next(iter(good))
    for said in ("yes", "not_sure", "yes"):
        people.answer_step(people.walk_of(episode), "checklist", {**good, key: said})
    assert "Not sure" in flat(part(signed(episode), "understood"))


def test_talk_first_at_the_decision_is_not_lost():
    episode = people.an_episode("decision")
    signing.decide(walk=people.walk_of(episode), data={"decision": "talk"}, by=people.party_of(episode))
    assert "I want to talk with someone first" in flat(signed(episode))


def test_what_the_page_said_once_is_not_said_to_have_been_said_twice():
    episode = people.an_episode("check")
    for _ in range(2):
        episodes.miss_a_check(episode)
    question = people.walk_of(episode).section("check")["questions"][0]
    assert question["again"][0] not in the_page(episode, "check").content.decode()
    asking.talked(episode=episode, item=f"check:{question['key']}", by=people.actor("ada"))
    people.answer_step(people.walk_of(episode), "check")
    assert "2 times, by the page" not in flat(part(signed(episode), "understood"))


def test_what_was_never_agreed_is_not_called_no_longer_agreed():
    episode = episodes.two_items()
    signing.withdraw(episode=episode, by=people.party_of(episode))
    first, second = newest(episode).items
    assert (first.word, second.word) == ("NO LONGER AGREED", "NOT AGREED")


# --- paper -----------------------------------------------------------------------------------------------------------


# --- times, languages ------------------------------------------------------------------------------------------------


def test_a_clinician_who_signed_another_language_of_the_text_is_not_taken_for_one_who_signed_this():
    episode = people.an_episode("decision")
    people.countersign(episode)
    answering.begin(walk=people.walk_of(episode), language="es", text_size="100", by=people.party_of(episode))
    episode.language = "es"
    episode.save(update_fields=["language"])
    record = signed(episode)
    own, clinician = record.signatures.rows
    english = next(each for each in episode.signatures.all() if each.meaning == "explained").disclosure.digest
    assert clinician.missing or english in flat(part(record, "proof"))


def test_who_approved_the_translation_stands_on_the_record():
    record = newest(people.a_signed(language="es"))
    language = next(each for each in part(record, "proof").blocks[0].rows if each.label == "Idioma")
    assert "Dr Rev Example" in flat(language)
