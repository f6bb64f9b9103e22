"""From rows to record.json: what a record must say, what it must never say, and that it says it the same way twice."""

import dataclasses
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from consent import answering, asking, deciding, disclosure, handover, preparing, signing
from consent.desk import story
from consent.records import compose, shape
from consent.records.compose import drawing, proof
from consent.steps import BY_KEY, Walk
from procedures import canonical
from tests import people
from tests.records import episodes
from tests.records.reading import squeezed, told

pytestmark = pytest.mark.django_db

LEAST = {"amount": {"amount": "least"}}
EVERYTHING = {"amount": {"amount": "everything"}}


def newest(episode):
    return shape.parse(bytes(episode.records.order_by("-id").first().body))


def text_of(episode):
    return bytes(episode.records.order_by("-id").first().body).decode()


def fact(record, about):
    found = next(each for each in record.facts if each.about == about)
    return found.text if isinstance(found.text, str) else "".join(run.text for run in found.text)


def part(record, code):
    return next(each for each in record.parts if each.code == code)


def written(part):
    return canonical.dumps(part.model_dump(mode="json")).decode()


def two_items():
    planned = [
        preparing.Planned(people.version(), "left", [level], "dexamethasone", "Pain in the arm.")
        for level in ("C6", "C7")
    ]
    return people.a_draft(items=planned)


def theo_decides(episode):
    findings = {"because": "A stroke in spring", "cannot": ["weigh"], "evidence": "Forgets within a minute."}
    deciding.assess(episode=episode, kind="capacity", findings=findings, by=people.actor("ada"))
    deciding.appoint(
        episode=episode,
        name="Theo Sample",
        relationship="husband",
        authority="attorney",
        evidence="Registered power of attorney for health, seen today",
        by=people.actor("bo"),
    )


def released(episode):
    preparing.release(episode=episode, by=people.actor("ada"))
    handover.hand_over(
        episode=episode, party=episode.decision_maker, by=people.actor("bo"), said_name_and_birth_date=True
    )
    return episode


# --- may it begin ----------------------------------------------------------------------------------------------------


def test_a_complete_consent_says_until_when_it_is_valid():
    episode = people.a_complete()
    record = newest(episode)
    assert (record.kind, record.stage, record.state.code, record.state.word) == (
        "consent",
        "complete",
        "valid",
        "VALID",
    )
    assert record.state.until_on == episode.valid_until.isoformat()
    assert "once, if confirmed on the day" in record.state.until
    assert not any(each.missing for each in record.signatures.rows)


def test_before_the_clinician_has_signed_it_never_says_go():
    record = newest(people.a_signed())
    assert (record.stage, record.state.code) == ("signed", "not_complete")
    assert not record.state.go
    assert "The clinician has not signed." in record.state.until
    assert "No discussion is recorded." in record.state.until
    assert record.items[0].word == "Agreed by Maria, not complete"
    assert [each.missing for each in record.signatures.rows] == [False, True]


def test_a_discussion_held_before_is_not_called_missing():
    episode = people.an_episode("sign")
    people.discuss(episode)
    people.sign(episode)
    assert newest(episode).state.until == "The clinician has not signed. Do not begin."


def test_the_first_record_does_not_say_go_even_when_all_others_signed_before():
    episode = people.an_episode("sign")
    people.discuss(episode)
    people.countersign(episode)
    people.sign(episode)
    first, second = (shape.parse(bytes(each.body)) for each in episode.records.order_by("id"))
    assert (first.state.code, second.state.code) == ("not_complete", "valid")


def test_an_item_without_a_yes_is_not_agreed_and_not_allowed():
    episode = released(two_items())
    people.walk_to(episode, "sign", answers={"decision": {"decision": "consent", "item_1": "yes", "item_2": "no"}})
    people.sign(episode)
    people.discuss(episode)
    people.countersign(episode)
    record = newest(episode)
    assert [each.agreed for each in record.items] == [True, False]
    assert record.state.word == "VALID for 1 of 2 items"
    assert "LEFT C7 nerve root" in fact(record, "not_allowed")
    assert "Not agreed: LEFT C7 nerve root." in "".join(run.text for run in record.signatures.rows[0].meaning)


def test_what_was_denied_stands_between_bars_on_page_1():
    episode = people.an_episode("permissions")
    rows = people.walk_of(episode).section("permissions")["rows"]
    denied = rows[-1]["key"]
    people.walk_to(
        episode, "sign", answers={"permissions": {row["key"]: "no" if row["key"] == denied else "yes" for row in rows}}
    )
    people.sign(episode)
    record = newest(episode)
    assert rows[-1]["allowed"].casefold() in fact(record, "not_allowed").casefold()
    assert rows[-1]["allowed"].casefold() not in fact(record, "allowed").casefold()


# --- a no ------------------------------------------------------------------------------------------------------------


def test_a_refusal_agrees_to_nothing_and_keeps_its_reason():
    episode = people.an_episode("serious")
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode), reason="I would rather wait.")
    record = newest(episode)
    assert (record.kind, record.state.code, record.items[0].agreed) == ("refusal", "refused", False)
    assert "I would rather wait." in fact(record, "reason")


def test_pages_never_reached_are_named_and_not_printed():
    episode = people.an_episode("serious")
    walk = people.walk_of(episode)
    signing.refuse(walk=walk, by=people.party_of(episode))
    record = newest(episode)
    assert "What can go wrong" in fact(record, "not_heard")
    assert walk.section("serious")["grave"][0]["name"] not in written(part(record, "harm"))


def test_a_withdrawal_ends_the_consent_and_carries_no_old_yes():
    episode = people.a_complete()
    before = episode.records.order_by("-id").first()
    signing.withdraw(episode=episode, by=people.party_of(episode), words="I thought again.")
    record = newest(episode)
    assert (record.kind, record.state.code, record.items[0].agreed) == ("withdrawal", "withdrawn", False)
    assert "I thought again." in fact(record, "reason")
    assert record.signatures.rows == ()
    assert before.digest in record.bound.previous


# --- what was told ---------------------------------------------------------------------------------------------------


def test_every_risk_benefit_and_choice_is_there():
    episode = people.a_complete()
    walk, told = people.walk_of(episode), text_of(episode)
    serious, common = walk.section("serious"), walk.section("common")
    risks = [*serious["grave"], *serious["risks"], *common["risks"], *common["depends"]]
    names = [each["name"] for each in [*risks, *walk.section("benefits")["benefits"], *walk.section("compare")["rows"]]]
    assert [name for name in names if name not in told] == []


READ = ("why", "before", "during", "after", "benefits", "serious", "common", "compare")
# Beside dots, for the ear, or the same words a second time: the record says these in its own way.
SAID_OTHERWISE = {"happened", "key_is", "key_not", "steps_title", "notes_title", "legend", "svg", "description"}
TITLES = {"compare.title", "during.drawings.title", "compare.rows.more"}


def sentences_of(value, path):
    if isinstance(value, str) and " " in value and path not in TITLES:
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from [] if key in SAID_OTHERWISE else sentences_of(each, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            yield from sentences_of(each, path)


def test_every_sentence_that_was_told_is_in_the_record():
    episode = people.an_episode("sign", answers=EVERYTHING)
    people.sign(episode)
    walk, text = people.walk_of(episode), squeezed(" ".join(told(newest(episode))))
    sentences = [each for key in READ for each in sentences_of(walk.section(key), key)]
    assert len(sentences) > 200
    assert [each for each in sentences if squeezed(each) not in text] == []


def test_what_stood_behind_a_tap_is_told_apart():
    episode = people.a_signed()
    common, risks = people.walk_of(episode).section("common"), risk_groups(newest(episode))
    tapped = {each.code for group in risks for each in group.risks if each.tapped}
    assert {each["key"] for each in common["risks"]} & tapped == {
        each["key"] for each in common["risks"] if not each["main"]
    }


def test_figures_are_those_of_the_frozen_pages():
    episode = people.a_complete()
    common = people.walk_of(episode).section("common")
    block = next(each for each in part(newest(episode), "harm").blocks if each.block == "risks")
    printed = {each.code: each.figure for group in block.groups for each in group.risks}
    assert all(printed[each["key"]] == each["number"] for each in common["risks"])


def test_what_lets_a_document_score_is_there():
    """What, how, why, benefit, a risk with a number, alternatives, and the date on which the text was given."""
    episode = people.a_complete()
    walk, record, told = people.walk_of(episode), newest(episode), text_of(episode)
    wanted = [walk.section("why")["lead"], walk.section("why")["what"]["lead"]]
    wanted += [each["text"] for each in walk.section("during")["stages"]]
    assert [each for each in wanted if each not in told] == []
    assert any(each.of for group in risk_groups(record) for each in group.risks)
    assert str(episode.given_at.year) in fact(record, "given")


def risk_groups(record):
    return next(each for each in part(record, "harm").blocks if each.block == "risks").groups


def test_who_chose_as_little_as_possible_finds_no_more_in_their_record():
    episode = people.an_episode("sign", answers=LEAST)
    people.sign(episode)
    walk, record = people.walk_of(episode), newest(episode)
    heard = next(each for each in record.facts if each.about == "not_heard")
    assert heard.bar
    assert "as little as possible" in heard.text
    assert walk.section("common")["risks"][0]["name"] not in text_of(episode)
    assert walk.section("serious")["grave"][0]["name"] in text_of(episode)


def test_who_chose_everything_is_told_that_all_was_shown():
    episode = people.an_episode("sign", answers=EVERYTHING)
    people.sign(episode)
    assert fact(newest(episode), "not_heard") == "Nothing. All of it was shown."


def test_each_page_is_told_as_it_was_when_it_was_read():
    """Who asks for everything half way has read the first half in its main points."""
    episode = people.an_episode("benefits")
    walk = people.walk_of(episode)
    people.answer_step(walk, "amount", {"amount": "everything"})
    people.walk_to(episode, "sign")
    people.sign(episode)
    record = newest(episode)
    assert "Why, and what you could do" in fact(record, "not_heard")
    assert "What can go wrong" not in fact(record, "not_heard")
    assert f"›\u00a0{walk.section('during')['stages'][0]['text']}" in text_of(episode)
    assert not any(each.tapped for group in risk_groups(record) for each in group.risks)


def test_an_earlier_text_has_its_own_day():
    episode = people.an_episode("check")
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="time")
    released(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    assert "An earlier text was given on" in fact(newest(episode), "given")


def test_a_note_for_one_person_says_who_wrote_it():
    episode = people.a_draft()
    preparing.tailor(episode=episode, by=people.actor("ada"), words="You are tall.")
    preparing.tailor(episode=episode, by=people.actor("ada"), words="It ran long last time.", risk="st_sugar")
    released(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    harm = written(part(newest(episode), "harm"))
    assert "(Dr Ada Example)" in harm
    assert "Marked for Maria by Dr Ada Example:" in harm


def test_the_drawing_shows_this_place_and_needs_no_style_sheet():
    episode = people.a_signed()
    rows = next(each for each in part(newest(episode), "why").blocks if each.block == "rows").rows
    block = next(block for row in rows for block in row.blocks if block.block == "drawing")
    assert "class=" not in block.svg
    assert block.svg.count("<circle") == 1


def test_a_drawing_that_starts_elsewhere_is_moved_to_zero():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="5 -3 10 20"><path class="nerve" d="M1 1"/></svg>'
    moved = drawing.printed(svg)
    assert 'viewBox="0 0 10 20"' in moved
    assert "translate(-5 3)" in moved
    assert 'stroke="#9a5b00"' in moved


@pytest.mark.parametrize(("word", "box"), [("left", "0 0 100 50"), ("izquierda", "0 0 108.8 50")])
def test_a_word_longer_than_its_place_in_a_drawing_gets_room(word, box):
    text = f'<g font-size="10" text-anchor="middle"><text x="20" y="10">{word}</text></g>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">{text}</svg>'
    assert f'viewBox="{box}"' in drawing.printed(svg)


# --- what was said ---------------------------------------------------------------------------------------------------


def test_private_answers_are_nowhere_in_the_bytes():
    episode = people.an_episode("tell_us")
    section = people.walk_of(episode).section("tell_us")
    said = {each["key"]: "yes" for each in section["items"]}
    asked = next(each["key"] for each in section["items"] if each["ask_detail"])
    people.walk_to(episode, "sign", answers={"tell_us": {**said, f"{asked}__detail": "zebrastatin, ten a day"}})
    people.sign(episode)
    people.discuss(episode)
    people.countersign(episode)
    pressed = section["items"][-1]
    private = [
        "zebrastatin",
        "pressed",
        "tell_us",
        section["title"],
        section["lead"],
        pressed["question"],
        pressed["flag"],
    ]
    assert [words for words in private if words in text_of(episode)] == []


def test_another_private_answer_changes_no_word_of_the_record():
    episode, at = people.a_signed(), timezone.now()
    walk = people.walk_of(episode)
    before = shape.parse(compose.compose(episode=episode, kind="signed", at=at, previous=None))
    answering.append(
        walk, BY_KEY["tell_us"], {"pressed": "yes"}, people.party_of(episode), walk.disclosure.section_digest("tell_us")
    )
    after = shape.parse(compose.compose(episode=walk.episode, kind="signed", at=at, previous=None))
    assert before.bound.answers != after.bound.answers
    assert before.facts == after.facts
    assert [each for each in before.parts if each.code != "proof"] == [
        each for each in after.parts if each.code != "proof"
    ]


def test_the_record_does_not_hint_at_a_private_no():
    """A risk that depends on the person is printed whatever was said, so that its absence tells nothing."""
    episode = people.an_episode("tell_us")
    depends = people.walk_of(episode).section("common")["depends"]
    people.walk_to(episode, "sign", answers={"tell_us": {each["depends_on"]: "no" for each in depends}})
    people.sign(episode)
    assert all(each["name"] in text_of(episode) for each in depends)


def test_every_question_has_every_reply_and_the_askers_word():
    episode = people.an_episode("checklist")
    question = people.ask(episode, "May I drive home?")
    people.answer(question, "No.")
    people.accept(question, "not_yet")
    people.answer(question, "Not for a day: your arm may be numb.")
    people.accept(question, "go_ahead")
    people.walk_to(episode, "sign")
    people.sign(episode)
    asked = questions_of(newest(episode))[0]
    assert asked.accepted == "worry_but_go"
    assert [each.text[0].text for each in asked.replies] == ["No.", "Not for a day: your arm may be numb."]
    assert "Not yet" in asked.replies[0].line[1].text + asked.replies[0].line[2].text


def questions_of(record):
    rows = next(each for each in part(record, "understood").blocks if each.block == "rows").rows
    return next(block.questions for row in rows for block in row.blocks if block.block == "questions")


def test_an_open_question_stands_open_on_a_refusal():
    episode = people.an_episode("serious")
    people.ask(episode, "Has it happened here?")
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    asked = questions_of(newest(episode))[0]
    assert (asked.text[0].text, asked.accepted) == ("Has it happened here?", "open")


def test_what_was_explained_again_is_counted():
    episode = people.an_episode("check")
    walk = people.walk_of(episode)
    first = walk.section("check")["questions"][0]
    wrong = next(each for each in first["options"] if each != first["right"])
    people.answer_step(walk, "check", {**people.good_answer(walk, "check"), first["key"]: wrong})
    people.walk_to(episode, "sign")
    people.sign(episode)
    assert "1 time, by the page" in written(part(newest(episode), "understood"))


def test_a_second_miss_says_what_was_chosen_and_that_it_would_be_talked_about():
    episode = people.an_episode("check")
    for _ in range(2):
        episodes.miss_a_check(episode)
    walk = people.walk_of(episode)
    first, talk = walk.section("check")["questions"][0], walk.section("check")["talk"]
    wrong = next(words for key, words in first["options"].items() if key != first["right"])
    asking.talked(episode=episode, item=f"check:{first['key']}", by=people.actor("ada"))
    people.answer_step(people.walk_of(episode), "check")
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    told = written(part(newest(episode), "understood"))
    assert "1 time, by the page" in told
    assert talk in told
    assert f"(before: “{wrong}”; “{wrong}”)" in told


def test_a_question_about_an_earlier_plan_says_so():
    episode = people.an_episode("check")
    people.accept(people.answer(people.ask(episode, "Will it hurt?")).question)
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="time")
    released(episode)
    people.walk_to(episode, "sign")
    people.ask(episode, "And after?")
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    earlier, now = questions_of(newest(episode))
    assert "This was about an earlier plan." in earlier.asked
    assert "earlier plan" not in written(now)


def test_the_first_answer_on_the_checklist_is_not_forgotten():
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    key = next(iter(walk.section("checklist")["statements"]))
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), key: "not_sure"})
    people.answer_step(people.walk_of(episode), "checklist")
    people.walk_to(episode, "sign")
    people.sign(episode)
    assert "First “Not sure”" in written(part(newest(episode), "understood"))


def test_a_wrong_side_picked_first_is_on_the_record():
    episode = people.an_episode("side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    handover.settle(episode=episode, by=people.actor("ada"))
    people.walk_to(episode, "sign")
    people.sign(episode)
    told = written(part(newest(episode), "understood"))
    assert "It did not match" in told
    assert "It matched." in told


def test_somebody_elses_finger_is_said():
    episode = people.an_episode("permissions")
    walk = people.walk_of(episode)
    answering.save(
        walk=walk,
        step=BY_KEY["permissions"],
        data=people.good_answer(walk, "permissions"),
        by=people.party_of(episode),
        tapped_by="Bo Example, Nurse, Imaging",
    )
    people.walk_to(episode, "sign")
    people.sign(episode)
    assert "tapped at Maria's word" in written(part(newest(episode), "people"))


# --- who -------------------------------------------------------------------------------------------------------------


def test_a_representative_stands_on_page_1_with_authority_evidence_and_finding():
    episode = people.a_draft()
    theo_decides(episode)
    released(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    record = newest(episode)
    assert (record.deciders[0].kind, record.deciders[0].authority_code) == ("representative", "attorney")
    assert "Theo Sample, husband, for Maria Sample." in fact(record, "decides")
    assert "Registered power of attorney" in fact(record, "authority")
    assert "Bo Example" in fact(record, "authority")
    assert "A stroke in spring" in fact(record, "finding")
    assert "Dr Ada Example" in fact(record, "finding")
    assert "for Maria Sample" in record.signatures.rows[0].role
    assert "Forgets within a minute." in written(part(record, "people"))


def test_help_with_signing_says_how_why_and_who_saw_it():
    episode = people.an_episode("sign")
    people.sign(
        episode,
        method="mark",
        strokes=people.STROKES,
        why="a tremor",
        witnesses=[people.user("bo"), people.user("finn")],
    )
    own, *witnesses, empty = newest(episode).signatures.rows
    assert own.method == "mark"
    assert "a tremor" in own.place
    assert [each.name for each in witnesses] == ["Bo Example", "Mr Finn Example"]
    assert empty.missing


def test_a_clinicians_password_is_called_one():
    clinician = newest(people.a_complete()).signatures.rows[1]
    assert (clinician.method, clinician.shown) == ("password", "Dr Ada Example")
    assert clinician.how.startswith("Signed with password, asked for again at ")


def test_words_spoken_are_printed_in_the_box():
    episode = people.an_episode("sign")
    people.sign(episode, method="spoken", words="Yes, go ahead.", witnesses=[people.user("bo")])
    assert newest(episode).signatures.rows[0].shown == "“Yes, go ahead.”"


def test_the_drawn_strokes_are_on_the_record():
    row = newest(people.a_signed()).signatures.rows[0]
    first = json.loads(people.STROKES)["strokes"][0][0]
    assert row.box == (1000, 400)
    assert row.strokes.startswith(f"M{first[0]} {first[1]}")


# --- languages -------------------------------------------------------------------------------------------------------


def test_a_spanish_record_is_spanish_and_speaks_to_the_theatre_too():
    episode = people.a_complete(language="es")
    walk, record = people.walk_of(episode), newest(episode)
    assert record.language == "es"
    assert walk.section("serious")["grave"][0]["name"] in text_of(episode)
    assert "raíz nerviosa C6" in record.items[0].site
    also = record.items[0].also_in
    assert also.lang == "en"
    assert also.text[0].text == "LEFT C6 nerve root"


def test_staffs_own_words_keep_their_language():
    episode = people.a_draft(language="es")
    preparing.tailor(episode=episode, by=people.actor("ada"), words="You play the violin.", risk="numb_arm")
    released(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    risks = [each for group in risk_groups(newest(episode)) for each in group.risks]
    marked = next(each.marked for each in risks if each.code == "numb_arm")
    assert [(run.text, run.lang) for run in marked if "violin" in run.text] == [("You play the violin.", "en")]


# --- the bytes -------------------------------------------------------------------------------------------------------


def test_the_same_rows_give_the_same_bytes_whoever_asks():
    episode = people.a_complete()
    at = timezone.now()
    first = compose.compose(episode=episode, kind="complete", at=at, previous=None)
    with translation.override("es"), timezone.override("Asia/Tokyo"):
        second = compose.compose(episode=episode, kind="complete", at=at, previous=None)
    assert first == second


def test_another_moment_gives_other_bytes():
    episode, at = people.a_complete(), timezone.now()
    first = compose.compose(episode=episode, kind="complete", at=at, previous=None)
    assert first != compose.compose(episode=episode, kind="complete", at=at + timedelta(seconds=1), previous=None)


def test_it_binds_what_was_told_answered_and_recorded_before():
    episode = people.a_complete()
    walk = people.walk_of(episode)
    first, second = episode.records.order_by("id")
    bound = newest(episode).bound
    assert bound.disclosure == walk.disclosure.digest
    assert bound.answers == (walk.answers_digest,)
    assert bound.previous == (first.digest,)
    event = episode.events.filter(kind="recorded").order_by("-seq").first()
    assert (bound.chain_head, bound.chain_sequence) == (event.prev, event.seq - 1)
    assert second.previous == first


def test_nothing_told_makes_no_record():
    episode = people.a_released()
    with pytest.raises(compose.NothingTold):
        compose.compose(episode=episode, kind="refusal", at=timezone.now(), previous=None)


def test_a_demonstration_says_so_on_every_page(settings):
    assert "NOT FOR CLINICAL USE" in newest(people.a_signed()).marks[0]
    settings.DEMO = settings.DEBUG = False
    assert newest(people.a_signed()).marks == ()


def test_unapproved_text_says_so_on_every_page(settings):
    settings.DEMO = settings.DEBUG = False
    unapproved = SimpleNamespace(items=[{"approved": False}], both=lambda make: make())
    assert proof.marks(unapproved) == ["Text not yet approved by this hospital"]


def test_a_changed_plan_is_told_by_its_own_disclosure():
    """The record follows the release that counts now, not the one before."""
    episode = people.an_episode("check")
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="level")
    preparing.revise(
        episode=episode,
        responsible=people.user("ada"),
        items=[preparing.Planned(people.version(), "left", ["C7"], "dexamethasone", "Pain.")],
        language="en",
        by=people.actor("ada"),
    )
    released(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    record = newest(episode)
    assert [each.site for each in record.items] == ["LEFT C7 nerve root"]
    assert record.bound.disclosure == Walk(episode, episode.decision_maker, None).disclosure.digest
    assert disclosure.languages_offered(episode.release)[0] == "en"


# --- the tablet ------------------------------------------------------------------------------------------------------


def presence_of(record):
    table = next(each for each in part(record, "people").blocks[0].rows if each.label == "People").blocks[0]
    return table.rows[0].cells[2]


def happened(record):
    row = next(each for each in part(record, "people").blocks[0].rows if each.label == "In order")
    return [(line.cells[1], line.cells[2]) for line in row.blocks[0].rows if line.code in TABLET]


TABLET = ("handed_over", "tablet_put_down", "taken_back")


def given_by_bo(episode):
    """At a tablet with a name, as the desk hands it over."""
    by = dataclasses.replace(people.actor("bo"), device="tablet 4")
    return handover.hand_over(episode=episode, party=episode.decision_maker, by=by, said_name_and_birth_date=True)


def test_the_first_record_says_who_handed_over_which_tablet_and_that_it_is_still_out():
    episode = people.a_released()
    given_by_bo(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    said = presence_of(newest(episode))
    assert said.startswith("Here; said name and birth date to Bo Example, Nurse, Imaging, ")
    assert said.endswith("Tablet 4 still with them when this record was made")
    assert happened(newest(episode)) == [("Tablet handed over: tablet 4", "Bo Example")]


def test_the_whole_record_says_who_took_the_tablet_back():
    episode = people.a_released()
    hand = given_by_bo(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    handover.finish(hand_over=hand, by=people.party_of(episode))
    handover.take_back(hand_over=hand, by=people.actor("ada"))
    people.discuss(episode)
    people.countersign(episode)
    record = newest(episode)
    assert "Tablet 4 back with Dr Ada Example, Consultant radiologist, " in presence_of(record)
    assert [what for what, _who in happened(record)] == [
        "Tablet handed over: tablet 4",
        "Tablet put down",
        "Tablet taken back",
    ]
    assert happened(record)[-1][1].startswith("Dr Ada Example")


def staff_in(record):
    table = next(each for each in part(record, "people").blocks[0].rows if each.label == "People").blocks[0]
    return {line.cells[0]: line.cells[1] for line in table.rows if line.code == "staff"}


def talked_over(episode, key="gravest"):
    """Whatever the checklist's line: Ada has talked about it, and now it is a yes."""
    walk = people.walk_of(episode)
    said = dict.fromkeys(walk.statements, "yes")
    people.answer_step(walk, "checklist", {**said, key: "unsure"})
    asking.talked(episode=episode, item=f"checklist:{key}", by=people.actor("ada"))
    people.answer_step(people.walk_of(episode), "checklist", said)


def test_who_talked_about_an_open_point_has_not_answered_questions():
    episode = people.an_episode("checklist")
    talked_over(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    point = people.walk_of(episode).statements["gravest"]
    record = newest(episode)
    assert (
        staff_in(record)["Dr Ada Example, Consultant radiologist"]
        == "released what was to be told; talked about an open point"
    )
    line = f"Talked about an open point: “{point}”"
    assert line in text_of(episode)
    assert line in [each.text for each in story.lines(episode)]


def test_who_answered_a_question_has_answered_questions():
    episode = people.an_episode("checklist")
    question = people.ask(episode)
    people.answer(question)
    people.accept(question)
    people.walk_to(episode, "sign")
    people.sign(episode)
    assert staff_in(newest(episode))["Dr Ada Example, Consultant radiologist"].endswith("answered questions")
    assert "open point" not in text_of(episode)


def record_after(end):
    """(record, desk's trail): `end` was done with Bo's tablet before she signed on another one."""
    episode = people.a_released()
    end(given_by_bo(episode))
    people.hand_over(episode)
    people.walk_to(episode, "sign")
    people.sign(episode)
    return newest(episode), [line.text for line in story.lines(episode)]


def by_replacing(hand):
    """Nothing at all: the next hand-over ends it."""


def from_the_desk(hand):
    handover.take_back(hand_over=hand, by=people.actor("ada"), because="desk")


@pytest.mark.parametrize(
    ("end", "said", "line"),
    [
        (by_replacing, "when one was handed over anew", "Tablet closed: one was handed over anew"),
        (from_the_desk, "that it came back is not recorded", "Tablet closed from the desk; that it came back is not recorded"),
    ],
)  # fmt: skip
def test_no_record_says_that_a_tablet_came_back_when_nobody_had_it(end, said, line):
    record, trail = record_after(end)
    assert said in presence_of(record)
    assert line in [what for what, _who in happened(record)]
    assert line in trail
    whole = str(record)
    for wrong in ("back with", "took the tablet back", "Tablet taken back"):
        assert wrong not in whole + str(trail)


def test_a_tablet_put_down_and_not_fetched_says_so():
    episode = people.a_released()
    hand = given_by_bo(episode)
    people.walk_to(episode, "decision")
    handover.finish(hand_over=hand, by=people.party_of(episode))
    signing.refuse(walk=people.walk_of(episode), by=people.actor("ada"), reason="")
    assert "put down" in presence_of(newest(episode))
    assert presence_of(newest(episode)).endswith("not yet taken back when this record was made")
