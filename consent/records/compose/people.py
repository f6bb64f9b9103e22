"""Part 8: who took part and how, the discussion, and what happened in which order."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from consent import wording
from consent.models import Discussion, HandOver, Party, Reply, Role
from consent.records import shape
from consent.records.compose.facts import found_by, reasons
from consent.records.compose.told import part, rows_of
from consent.records.compose.words import actor, at_clock, instant, quoted, row, sentences, shortly


def took_part(story, number):
    return part(
        "people",
        number,
        _("Who took part"),
        [
            rows_of(
                row(_("People"), blocks=[people(story)], wide=True),
                discussed(story),
                assessed(story),
                row(_("In order"), blocks=[timeline(story)], wide=True),
            )
        ],
    )


# --- people ----------------------------------------------------------------------------------------------------------


def people(story):
    heads = (_("Who"), _("Part"), _("Present, and how"))
    return shape.Table(style="people", heads=heads, rows=[*parties(story), *staff(story)])


def parties(story):
    """Everybody beside staff who decides, supports, interprets or gives assent, or did so for a while."""
    rows = [each for each in story.episode.parties.filter(user=None).order_by("id") if took_a_part(story, each)]
    return [
        shape.Line(cells=[each.name, party_role(story, each), presence(story, each)], code=each.role) for each in rows
    ]


def took_a_part(story, party):
    if party.active or Reply.objects.filter(by_party=party).exists():
        return True
    return any(rows.exists() for rows in (party.answers, party.handovers, story.episode.questions.filter(party=party)))


def party_role(story, party):
    role = str(party.get_role_display())
    more = _("the patient") if party.is_patient else party.relationship
    until = "" if party.active else decided_until(story, party)
    more = ", ".join(filter(None, [more, until]))
    return f"{role} ({more})" if more else role


def decided_until(story, party):
    """Until somebody else came to decide."""
    changes = [event for event in story.events if event.kind == "decision_maker"]
    mine = next((n for n, event in enumerate(changes) if story.says(event).get("party") == party.pk), None)
    # Whoever the episode was prepared for decides from the start, without an event.
    later = changes[0 if mine is None else mine + 1 :]
    return _("decided until %(moment)s") % {"moment": at_clock(later[0].at)} if later else ""


def presence(story, party):
    """Each time that they had a tablet, or opened their own device: by whom, how it was known who they are, and who has it now."""
    hands = story.episode.handovers.filter(party=party).select_related("by", "taken_back_by").order_by("at")
    here = [said for each in hands if not each.is_remote for said in (handed_over(each), came_back(each))]
    openings = [opened(story, each) for each in hands if each.is_remote]
    return ". ".join([*here, *at_home(openings)]) or "–"


def at_home(openings):
    """Said once, however often the link was opened."""
    if openings:
        yield _(
            "On their own device, after link, code and the patient’s birth date; no member of staff saw who it was: %(moments)s"
        ) % {"moments": "; ".join(openings)}


def opened(story, hand):
    """When, and whether the signature was made in this opening."""
    mine = [each.at for each in story.signatures if each.party.pk == hand.party_id]
    signed_now = any(hand.at <= at and (hand.taken_back_at is None or at <= hand.taken_back_at) for at in mine)
    return _("%(moment)s (signed in this one)") % {"moment": at_clock(hand.at)} if signed_now else at_clock(hand.at)


def handed_over(hand):
    words = {"who": titled(hand.by), "moment": at_clock(hand.at)}
    if hand.said_name_and_birth_date and not hand.party.is_patient:
        return _("Here; gave their own name, and the patient’s name and birth date, to %(who)s, %(moment)s") % words
    if hand.said_name_and_birth_date:
        return _("Here; said name and birth date to %(who)s, %(moment)s") % words
    return (
        _("Here; tablet from %(who)s, %(moment)s; did not say name and birth date, somebody who knows them did") % words
    )


def came_back(hand):
    """As far as it is known when the record is made: a person signs with the tablet in their hands."""
    words = {
        "tablet": wording.capital(hand.device or _("Tablet")),
        "moment": at_clock(hand.taken_back_at or hand.finished_at or hand.at),
    }
    if hand.taken_back_at:
        who = titled(hand.taken_back_by) if hand.taken_back_by else ""
        return CLOSED[hand.closed_because]() % {**words, "who": who}
    if hand.finished_at:
        return _("%(tablet)s put down %(moment)s, not yet taken back when this record was made") % words
    return _("%(tablet)s still with them when this record was made") % words


CLOSED = {
    "returned": lambda: _("%(tablet)s back with %(who)s, %(moment)s"),
    "replaced": lambda: _("%(tablet)s closed %(moment)s, when one was handed over anew"),
    "own_device": lambda: _("%(tablet)s closed %(moment)s, when they opened their own device"),
    "desk": lambda: _("%(tablet)s closed from the desk by %(who)s, %(moment)s; that it came back is not recorded"),
    "decider": lambda: _("%(tablet)s closed %(moment)s, when somebody else came to decide"),
    "": lambda: _("%(tablet)s closed %(moment)s"),
}


def staff(story):
    """Each member of staff once, with all that they did."""
    parts = {}
    for who, did in deeds(story):
        parts.setdefault(who, {})[did] = True
    return [shape.Line(cells=[who, "; ".join(did), "–"], code="staff") for who, did in parts.items()]


def deeds(story):
    """(Name and title, what they did), in the order in which a record tells it."""
    episode = story.episode
    for each in episode.releases.select_related("by").order_by("id"):
        yield titled(each.by), _("released what was to be told")
    for each in episode.handovers.filter(invitation=None).select_related("by", "taken_back_by").order_by("at"):
        yield titled(each.by), _("handed over the tablet")
        if each.closed_because in ENDED:
            yield titled(each.taken_back_by), ENDED[each.closed_because]()
    for each in episode.invitations.select_related("by").order_by("id"):
        yield titled(each.by), _("invited to read on an own device")
    for each in story.walk.replies:
        if each.by_user_id:
            yield each.by_name, _("answered questions") if each.question_id else _("talked about an open point")
    for each in story.discussions:
        yield f"{each.by_name}, {each.by_title}", _("explained")
    for each in episode.assessments.order_by("id"):
        yield f"{each.by_name}, {each.by_title}", _("found who may decide")
    if story.decider["evidence_seen_by"]:
        yield story.decider["evidence_seen_by"], _("saw the evidence of authority")
    for each in story.walk.answers.values():
        if each.tapped_by:
            yield each.tapped_by, _("read aloud and tapped at %(name)s's word") % {"name": story.first_name}
    for each in story.signatures:
        if each.party.user_id:
            yield ", ".join(filter(None, [each.party.name, each.party.job_title])), SIGNED[each.meaning]()


def titled(user):
    return ", ".join(filter(None, [user.full_name, user.title]))


ENDED = {
    "returned": lambda: _("took the tablet back"),
    "desk": lambda: _("closed a tablet from the desk"),
}
SIGNED = {
    "explained": lambda: _("signed: I explained this"),
    "witness_signature": lambda: _("signed: I saw this signature being made"),
}


# --- the discussion, and the finding ---------------------------------------------------------------------------------


def discussed(story):
    if not story.discussions:
        return row(_("Discussion"), [_("No discussion is recorded.")])
    return row(_("Discussion"), blocks=[talk(story, each) for each in story.discussions])


def talk(story, discussion):
    modes = dict(Discussion.MODES)
    words = {
        "who": f"{discussion.by_name}, {discussion.by_title}",
        # With whoever decided then.
        "name": discussion.release.content["decider"]["name"],
        "moment": at_clock(discussion.happened_at),
        "how": str(modes[discussion.mode]),
    }
    first = [_("%(who)s, talked with %(name)s on %(moment)s, %(how)s.") % words]
    if discussion.present:
        first.append(_("Also present: %(names)s.") % {"names": discussion.present})
    if discussion.release_id != story.walk.release.pk:
        first.append(_("This was about an earlier plan."))
    return shape.Discussion(
        paragraphs=[sentences(*first), *([[story.by_staff(discussion.note)]] if discussion.note else [])],
        by=discussion.by_name,
        role=discussion.by_title,
        how=discussion.mode,
        started_at=instant(discussion.happened_at),
        present=[discussion.present] if discussion.present else [],
    )


def assessed(story):
    """Why somebody else decides, reason by reason."""
    found = story.finding
    if found is None:
        return None
    first = f"{found.get_kind_display()}. {found_by(found)}"
    return row(_("Why another decides"), [first], list(reasons(story, found.content)))


# --- in order --------------------------------------------------------------------------------------------------------


def timeline(story):
    heads = (_("When"), _("What happened"), _("Who"))
    lines = [line for event in story.events if (line := event_line(story, event))]
    zone = _("Times of %(zone)s.") % {"zone": timezone.get_current_timezone()}
    return shape.Table(style="timeline", heads=heads, rows=lines, note=zone)


def event_line(story, event):
    """Only kinds that say nothing private: an answer to a page is never in this list."""
    make = HAPPENED.get(event.kind)
    what = make(story, story.says(event), event) if make else ""
    if not what:
        return None
    who = signer(story, event) or actor(event)
    return shape.Line(cells=[shortly(event.at), what, who], code=event.kind, at=instant(event.at))


def signer(story, event):
    """Who signed on paper is another than who entered it."""
    made = signature_of(story, event) if event.kind == "signed" else None
    return made.printed_name if made and made.method == "paper" else ""


def signature_of(story, event):
    return next((each for each in story.signatures if each.digest == story.says(event).get("signature")), None)


def moved(story, says, event):
    names = {
        "draft": _("Taken back to correct"),
        "ready": _("Released"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
        "complete": _("Complete"),
    }
    return names.get(says.get("after"))


def side_picked(story, says, event):
    section = story.walk.section("side") or {"options": {}}
    side = section["options"].get(says.get("side"), "")
    verdict = _("it matched") if says.get("matched") else _("it did not match")
    # The answer comes right before its event.
    before_ours = [first for answer, first in story.picks if answer.at <= event.at][-1:] == [True]
    words = (
        _("Side picked before ours was shown: %(side)s; %(verdict)s")
        if before_ours
        else _("Side picked again: %(side)s; %(verdict)s")
    )
    return words % {"side": side, "verdict": verdict}


def held(story, says, event):
    reasons = {
        "side": _("Stopped: the sides did not match"),
        "not_me": _("Stopped: the person said that this is not them"),
    }
    return reasons.get(says.get("reason"), _("Stopped until staff had looked"))


def signed(story, says, event):
    made = signature_of(story, event)
    if made is None:
        return _("Signed, for an earlier plan")
    words = {"words": str(made.get_meaning_display()), "who": actor(event)}
    if made.method == "paper":
        return _("Signed on paper, entered by %(who)s: %(words)s") % words
    return _("Signed: %(words)s") % words


def replied(story, says, event):
    if "item" in says:
        return wording.talked_about(story.walk.points.get(says["item"]))
    words = {
        "answered": _("A question was answered"),
        "talked": _("Talked about it"),
        "satisfied": _("Accepted an answer"),
        "go_ahead": _("Still worried, wants to go ahead"),
        "not_yet": _("Not yet satisfied with an answer"),
    }
    return words.get(says.get("word"))


def decision_maker(story, says, event):
    party = Party.objects.filter(episode=story.episode, pk=says.get("party"), role=Role.DECISION_MAKER).first()
    return _("Decides from now on: %(name)s") % {"name": party.name} if party else None


def wants_time(story, says, event):
    if not says.get("until"):
        return _("Wants more time")
    return _("Wants more time, until %(day)s") % {"day": wording.day(date.fromisoformat(says["until"]))}


def tablet_out(story, says, event):
    return _("Tablet handed over: %(tablet)s") % {"tablet": event.device} if event.device else _("Tablet handed over")


def invited(story, says, event):
    """With how whoever invited knew whom they gave link and code to."""
    known = KNOWN.get(says.get("known"), lambda: "")()
    if says.get("known_words"):
        known = f"{known}: {quoted(says['known_words'])}"
    source = SOURCES.get(says.get("source"), lambda: "")()
    return "; ".join(filter(None, [_("Invited to read on an own device"), known, source]))


KNOWN = {
    "here": lambda: _("they were there and said name and birth date"),
    "phoned": lambda: _("rung at the number in the hospital’s file"),
    "other": lambda: _("known in another way"),
}
SOURCES = {
    "given": lambda: _("they gave the address themselves"),
    "file": lambda: _("address from the hospital’s file"),
    "others": lambda: _("somebody else gave the address"),
}


def tablet_closed(story, says, event):
    return str(dict(HandOver.ENDS).get(says.get("why"), _("Tablet closed")))


def always(make):
    return lambda story, says, event: make()


HAPPENED = {
    "prepared": always(lambda: _("Prepared")),
    "decision_maker": decision_maker,
    "assessed": always(lambda: _("Found who may decide")),
    "moved": moved,
    "handed_over": tablet_out,
    "tablet_put_down": always(lambda: _("Tablet put down")),
    "taken_back": tablet_closed,
    "invited": invited,
    "own_device_opened": always(lambda: _("Opened on an own device, by link, code and birth date")),
    "disclosed": always(lambda: _("Language picked; what is told was frozen")),
    "side_picked": side_picked,
    "held": held,
    "settled": always(lambda: _("Settled by staff")),
    "asked": always(lambda: _("Asked a question")),
    "replied": replied,
    "discussed": always(lambda: _("Discussion recorded")),
    "wants_time": wants_time,
    "wants_paper": always(lambda: _("Would rather sign on paper")),
    "signed": signed,
    "recorded": always(lambda: _("Record made")),
}
