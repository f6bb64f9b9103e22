"""Episodes as the desk meets them, and what its forms send."""

from django.utils import timezone

from consent import deciding, preparing, signing
from consent.desk import prepare
from consent.models import HandOver
from tests import people

CAPACITY = {
    "because": "Delirium",
    "cannot": ["retain"],
    "evidence": "Forgot after a minute.",
    "help_given": "Pictures.",
    "could_wait": "no",
}
REPRESENTATIVE = {"name": "Sam Sample", "relationship": "brother", "right": "attorney:0"}


# --- episodes --------------------------------------------------------------------------------------------------------


def held():
    episode = people.walk_to(people.a_released(), "side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    episode.refresh_from_db()
    return episode


def refused(make=lambda: people.an_episode("matters")):
    episode = make()
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))
    episode.refresh_from_db()
    return episode


def with_question():
    episode = people.an_episode("matters")
    return episode, people.ask(episode)


def refused_with_question():
    episode, question = with_question()
    return refused(lambda: episode), question


def unsure():
    """One line of the checklist wants talking about."""
    episode = people.an_episode("checklist")
    walk = people.walk_of(episode)
    people.answer_step(walk, "checklist", {**people.good_answer(walk, "checklist"), "why": "talk"})
    return episode


def with_finding():
    episode = people.a_released()
    deciding.assess(episode=episode, kind="capacity", findings={"because": "delirium"}, by=people.actor("ada"))
    return episode


def signed_after_finding():
    episode = people.walk_to(with_finding(), "sign")
    people.sign(episode)
    return episode


def with_tailoring():
    episode = people.a_draft()
    return episode, preparing.tailor(episode=episode, by=people.actor("bo"), words="You play the violin.")


def released_with_tailoring():
    episode, tailoring = with_tailoring()
    preparing.release(episode=episode, by=people.actor("ada"))
    return episode, tailoring


def with_invitation():
    episode = people.a_released()
    return episode, people.invite(episode).invitation


def inviting(episode, **more):
    sent = {"channel": "email", "address": "maria@example.org", "source": "given", "known": "here", "known_words": ""}
    return {**sent, "party": episode.decision_maker.pk, **more}


def with_tablet():
    episode = people.an_episode()
    return episode, HandOver.objects.get(episode=episode, taken_back_at=None)


# --- what forms send -------------------------------------------------------------------------------------------------


def in_parts(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def plan(episode=None, **more):
    """LEFT C6, today at 10:20."""
    said = {
        "side": "left",
        "levels": ["C6"],
        "medicine": "dexamethasone",
        "reason": "Pain",
        "language": "en",
        "room": "3",
    }
    when = {**in_parts("planned_on", timezone.localdate()), "planned_time": "10:20"}
    return {**said, **when, "responsible": people.user("ada").pk, "performer": "", **more}


def patient_and_plan(**more):
    named = {"given_name": "Maria", "family_name": "Sample", "born_day": "14", "born_month": "3", "born_year": "1961"}
    numbered = {"number": "000 481 516", "system": people.SYSTEM, "clinic": people.clinic().pk}
    return {**named, **numbered, **plan(), **more}


def countersigned(episode, key="k" * 32, **more):
    newest = episode.records.order_by("-id").first()
    told = people.walk_of(episode).disclosure
    return {
        "key": key,
        "record": newest.digest if newest else "",
        "disclosure": told.digest if told else "",
        "read": "on",
        "password": people.PASSWORD,
        **more,
    }


def released(episode, by="ada"):
    """The release form as the page showed it."""
    return {"right": "on", "plan": prepare.plan_of(episode, people.user(by))}


def handing(episode, **more):
    return {"said": "said", "free": "on", "party": episode.decision_maker.pk, "device": "tablet 4", **more}


def talked_now(episode, **more):
    now = timezone.localtime()
    release = episode.release.pk if episode.release else 0
    return {"mode": "here", "release": release, **in_parts("on", now.date()), "at": now.strftime("%H:%M"), **more}
