"""The gate: there is no yes while anything is open, whoever asks and however."""

import uuid

import pytest

from consent import answering, asking, deciding, events, handover, lifecycle, preparing, signing
from consent.models import Answer, Event, Record, Signature, Status
from consent.steps import BY_KEY, Walk
from procedures import publishing
from tests import people

pytestmark = pytest.mark.django_db


def try_to_sign(episode, **more):
    walk = people.walk_of(episode)
    given = {"method": "typed", "typed": walk.party.name, "key": uuid.uuid4().hex, **more}
    return signing.sign(
        walk=walk,
        by=people.party_of(episode),
        **{"disclosure": walk.disclosure.digest, "answers": walk.answers_digest, **given},
    )


def nothing_signed(episode):
    return (
        not Signature.objects.filter(episode=episode).exists() and not Record.objects.filter(episode=episode).exists()
    )


@pytest.mark.parametrize("word", ["no", "not_sure", "talk"])
def test_a_statement_that_is_not_yes_stops_the_yes(word):
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    first = next(iter(walk.section("checklist")["statements"]))
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), first: word})
    people.answer_step(people.walk_of(episode), "permissions")
    with pytest.raises(signing.GateClosed):
        people.answer_step(people.walk_of(episode), "decision")
    assert [item.name for item in people.walk_of(episode).open_items] == [f"checklist:{first}"]


def test_no_more_time_and_talking_pass_while_things_are_open():
    episode = people.an_episode("decision")
    people.ask(episode)
    for word in ("more_time", "talk"):
        people.answer_step(people.walk_of(episode), "decision", {"decision": word})
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    assert people.walk_of(episode).episode.status == Status.REFUSED


def test_a_talk_reopens_the_item_and_only_the_persons_own_yes_closes_it():
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    first = next(iter(walk.section("checklist")["statements"]))
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), first: "talk"})
    asking.talked(episode=episode, item=f"checklist:{first}", by=people.actor("ada"))
    assert people.walk_of(episode).open_items[0].waits_for == "person"
    people.answer_step(people.walk_of(episode), "checklist")
    assert people.walk_of(episode).open_items == []


def test_a_question_is_open_until_the_asker_accepts_the_answer():
    episode = people.an_episode("sign")
    question = people.ask(episode)
    with pytest.raises(signing.GateClosed):
        try_to_sign(episode)
    people.answer(question)
    with pytest.raises(signing.GateClosed):
        try_to_sign(episode)
    people.accept(question, "not_yet")
    with pytest.raises(signing.GateClosed):
        try_to_sign(episode)
    people.answer(question)
    people.accept(question, "go_ahead")
    assert try_to_sign(episode).meaning == "consent"


def test_nobody_accepts_before_staff_have_answered():
    question = people.ask(people.an_episode("check"))
    with pytest.raises(asking.NothingToAnswer):
        people.accept(question)


def test_a_check_missed_twice_becomes_something_to_talk_about():
    episode = people.an_episode("check")
    walk = people.walk_of(episode)
    question = walk.section("check")["questions"][0]
    wrong = next(key for key in question["options"] if key != question["right"])
    answers = {**people.good_answer(walk, "check"), question["key"]: wrong}
    people.answer_step(walk, "check", answers)
    assert people.walk_of(episode).next_step.key == "check"
    people.answer_step(people.walk_of(episode), "check", answers)
    walk = people.walk_of(episode)
    assert walk.next_step.key == "checklist"
    assert [item.name for item in walk.open_items if item.kind == "check"] == [f"check:{question['key']}"]
    asking.talked(episode=episode, item=f"check:{question['key']}", by=people.actor("ada"))
    people.answer_step(people.walk_of(episode), "check")
    assert not [item for item in people.walk_of(episode).open_items if item.kind == "check"]


def test_a_mismatched_side_stops_the_walk_until_staff_settle_it():
    episode = people.an_episode("side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    episode.refresh_from_db()
    assert episode.held_because == "side"
    with pytest.raises(answering.Held):
        people.answer_step(people.walk_of(episode), "side", {"side": "left"})
    handover.settle(episode=episode, by=people.actor("ada"))
    assert people.walk_of(episode).next_step.key == "side"
    people.answer_step(people.walk_of(episode), "side", {"side": "left"})
    assert people.walk_of(episode).next_step.key == "before"


def test_a_step_out_of_order_is_refused_and_changes_nothing():
    episode = people.an_episode("amount")
    before = (Answer.objects.count(), Event.objects.count())
    with pytest.raises(answering.OutOfOrder) as caught:
        people.answer_step(people.walk_of(episode), "checklist", {"why": "yes"})
    assert caught.value.step.key == "amount"
    assert (Answer.objects.count(), Event.objects.count()) == before


def test_signing_the_same_thing_twice_gives_the_same_signature():
    episode = people.an_episode("sign")
    first = try_to_sign(episode, key="k1")
    walk = people.walk_of(episode)
    again = signing.sign(
        walk=walk, by=people.party_of(episode), key="k1", disclosure=walk.disclosure.digest, answers=walk.answers_digest,
        method="typed", typed=walk.party.name,
    )  # fmt: skip
    assert again.pk == first.pk
    assert Signature.objects.filter(episode=episode).count() == 1


def test_the_same_key_with_another_body_is_refused():
    episode = people.an_episode("sign")
    try_to_sign(episode, key="k1")
    with pytest.raises(signing.KeyReused):
        try_to_sign(episode, key="k1", typed="SAMPLE MARIA")


@pytest.mark.parametrize("shown", [{"disclosure": "0" * 64}, {"answers": "0" * 64}])
def test_a_page_that_showed_something_else_cannot_sign(shown):
    episode = people.an_episode("sign")
    with pytest.raises(lifecycle.Changed):
        try_to_sign(episode, **shown)
    assert nothing_signed(episode)


def test_nobody_signs_before_everything_is_walked():
    for step in ("serious", "checklist", "decision"):
        episode = people.an_episode(step)
        with pytest.raises((answering.OutOfOrder, signing.GateClosed)):
            try_to_sign(episode)
        assert nothing_signed(episode)


@pytest.mark.parametrize("typed", ["", "Maria", "Mario Sample", "x" * 150])
def test_a_misspelt_name_is_noticed_before_it_is_sealed(typed):
    episode = people.an_episode("sign")
    with pytest.raises(signing.NotASignature):
        try_to_sign(episode, typed=typed)
    assert nothing_signed(episode)


@pytest.mark.parametrize("drawn", ["", "{}", "[]", '{"box":[1000,400],"strokes":[[[1e400,1,1,1]]]}', "[" * 100_000])
def test_what_is_no_drawing_signs_nothing(drawn):
    episode = people.an_episode("sign")
    with pytest.raises(signing.NotASignature):
        try_to_sign(episode, method="drawn", strokes=drawn, typed="")
    assert nothing_signed(episode)


def test_a_changed_plan_asks_everything_again_and_the_old_answers_stay():
    episode = people.an_episode("sign")
    kept = Answer.objects.filter(episode=episode).count()
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="other side")
    preparing.revise(
        episode=episode, responsible=people.user("ada"), language="en", by=people.actor("ada"),
        items=[preparing.Planned(people.version(), "right", ["C6"], "dexamethasone")],
    )  # fmt: skip
    preparing.release(episode=episode, by=people.actor("ada"))
    assert people.walk_of(episode).next_step.key == "welcome"
    assert Answer.objects.filter(episode=episode).count() == kept
    people.answer_step(people.walk_of(episode), "welcome")
    assert people.walk_of(episode).next_step.key == "identity"


def test_a_note_added_after_reading_asks_only_the_page_that_differs():
    episode = people.an_episode("sign")
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="a note")
    preparing.tailor(episode=episode, by=people.actor("ada"), words="You play the violin: plan no concert that week.")
    preparing.release(episode=episode, by=people.actor("ada"))
    people.answer_step(people.walk_of(episode), "welcome")
    walk = people.walk_of(episode)
    undone = [step.key for step in walk.steps if not walk.is_done(step)]
    assert undone == ["common", "check", "checklist", "decision", "sign"]


def test_complete_needs_both_signatures_and_a_discussion():
    episode = people.a_signed()
    people.countersign(episode)
    assert episode.status == Status.SIGNED
    people.discuss(episode)
    assert episode.status == Status.COMPLETE
    assert [record.kind for record in episode.records.all()] == ["signed", "complete"]


def test_an_episode_moves_only_along_the_table():
    episode = people.a_draft()
    for status in Status:
        if status not in lifecycle.NEXT[Status.DRAFT]:
            with pytest.raises(lifecycle.WrongMove):
                lifecycle.move(episode, status, by=events.SYSTEM)
    episode.refresh_from_db()
    assert episode.status == Status.DRAFT


def test_a_witness_is_needed_where_the_policy_asks_for_one():
    episode = people.an_episode("sign")
    with pytest.raises(signing.WitnessNeeded):
        try_to_sign(episode, method="spoken", typed="", words="Yes, I want it.")
    with pytest.raises(signing.NotThisPerson):
        try_to_sign(episode, method="mark", typed="", strokes=people.STROKES, witnesses=[people.user("bo")] * 2)
    signature = try_to_sign(episode, method="spoken", typed="", words="Yes, I want it.", witnesses=[people.user("bo")])
    assert signature.method == "spoken"
    assert Signature.objects.filter(episode=episode, meaning="witness_signature", printed_name="Bo Example").exists()


def test_the_witness_of_the_signature_cannot_also_be_the_clinician():
    episode = people.an_episode("sign")
    try_to_sign(episode, method="spoken", typed="", words="Yes.", witnesses=[people.user("ada")])
    with pytest.raises(signing.NotThisPerson):
        people.countersign(episode)


def test_withdrawing_needs_no_reason_and_has_its_record():
    episode = people.a_complete()
    signing.withdraw(episode=episode, by=people.party_of(episode))
    assert people.walk_of(episode).episode.status == Status.WITHDRAWN
    assert episode.records.last().kind == "withdrawal"


def test_the_sign_step_has_no_ordinary_answer():
    episode = people.an_episode("sign")
    assert "sign" not in people.walk_of(episode).answers
    assert BY_KEY["sign"].again


def test_an_old_tablet_of_somebody_who_no_longer_decides_is_shut():
    episode = people.an_episode("sign")
    old = people.walk_of(episode)
    deciding.assess(episode=episode, kind="capacity", findings={"reason": "A stroke."}, by=people.actor("ada"))
    deciding.appoint(
        episode=episode, name="Jo Sample", relationship="daughter", authority="attorney", evidence="Seen", by=people.actor("ada")
    )  # fmt: skip
    preparing.release(episode=episode, by=people.actor("ada"))
    with pytest.raises(answering.NotDeciding):
        answering.begin(walk=Walk(episode, old.party, None), language="en", text_size="100", by=events.party(old.party))
    assert not episode.handovers.filter(taken_back_at=None).exists()


def test_a_representative_needs_a_clinicians_finding_first():
    episode = people.a_draft()
    with pytest.raises(deciding.MayDecideAlone):
        deciding.appoint(
            episode=episode, name="Jo Sample", relationship="daughter", authority="attorney", evidence="x", by=people.actor("ada")
        )  # fmt: skip


def test_a_recalled_text_is_neither_handed_over_nor_signed():
    episode = people.an_episode("sign")
    publishing.recall(
        version=people.version(), by=people.user("ada"), by_name="Dr Ada Example", reason="A wrong figure."
    )
    with pytest.raises(handover.Recalled):
        try_to_sign(episode)
    with pytest.raises(handover.Recalled):
        people.hand_over(episode)
    assert nothing_signed(episode)


@pytest.mark.parametrize("make", [people.a_signed, people.a_complete])
def test_nothing_is_released_anew_over_a_signature(make):
    episode = make()
    with pytest.raises(lifecycle.WrongMove):
        preparing.release(episode=episode, by=people.actor("ada"))
