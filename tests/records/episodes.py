"""Whole episodes, walked and signed by the verbs, one for each kind of record that a hospital will keep."""

from consent import preparing
from tests import people

SECRET = "zebrastatin, ten a day"
VIOLIN = ("I play the violin. When can I practise again?", "In a day or two, once your arm no longer feels numb.")
DRIVE = ("Will I be able to drive home?", "No. Please bring an adult who can take you home.")


def complete():
    """One question answered and accepted, one page's check missed, something private told, help with signing."""
    episode = people.an_episode("tell_us")
    people.walk_to(episode, "check", answers={"tell_us": told_in_private(people.walk_of(episode))})
    miss_a_check(episode)
    people.walk_to(episode, "checklist")
    for (question, answer), word in ((VIOLIN, "satisfied"), (DRIVE, "go_ahead")):
        asked = people.ask(episode, question)
        people.answer(asked, answer)
        people.accept(asked, word)
    people.walk_to(episode, "sign")
    people.sign(episode, method="spoken", words="Yes, please go ahead.", why="A tremor", witnesses=[people.user("bo")])
    people.discuss(episode, note="Talked about the violin.")
    people.countersign(episode)
    return episode


def told_in_private(walk):
    items = walk.section("tell_us")["items"]
    asked = next(each["key"] for each in items if each["ask_detail"])
    return {each["key"]: "yes" for each in items} | {f"{asked}__detail": SECRET}


def miss_a_check(episode):
    walk = people.walk_of(episode)
    first = walk.section("check")["questions"][0]
    wrong = next(each for each in first["options"] if each != first["right"])
    people.answer_step(walk, "check", {**people.good_answer(walk, "check"), first["key"]: wrong})


def two_items():
    planned = [
        preparing.Planned(people.version(), "left", [level], "dexamethasone", "Pain in the arm.")
        for level in ("C6", "C7")
    ]
    said = {"decision": {"decision": "consent", "item_1": "yes", "item_2": "no"}}
    episode = people.an_episode("sign", items=planned, answers=said)
    people.sign(episode)
    people.discuss(episode)
    people.countersign(episode)
    return episode


EPISODES = {
    "complete": complete,
    "plain": people.a_complete,
    "signed": people.a_signed,
    "refusal": people.a_refused,
    "representative": people.by_a_representative,
    "spanish": lambda: people.a_complete(language="es"),
    "two-items": two_items,
}
