"""Part 8: who took part and how, the discussion, and what happened in which order."""

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Discussion, Party, Role
from consent.records import shape
from consent.records.compose.facts import found_by, reasons
from consent.records.compose.told import part, rows_of
from consent.records.compose.words import actor, at_clock, instant, row, sentences, shortly


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
    """Everybody beside staff: who decides, supports, interprets, gives assent."""
    rows = story.episode.parties.filter(active=True, user=None).order_by("id")
    return [shape.Line(cells=[each.name, party_role(each), presence(story, each)], code=each.role) for each in rows]


def party_role(party):
    role = str(party.get_role_display())
    more = _("the patient") if party.is_patient else party.relationship
    return f"{role} ({more})" if more else role


def presence(story, party):
    """When and by whom the tablet was handed over, and that name and birth date were said aloud."""
    hands = list(story.episode.handovers.filter(party=party).select_related("by").order_by("at"))
    if not hands:
        return "–"
    said = next((each for each in hands if each.said_name_and_birth_date), None)
    first = said or hands[0]
    words = {"who": first.by.full_name, "moment": at_clock(first.at)}
    if said:
        return _("Here; said name and birth date to %(who)s, %(moment)s") % words
    return _("Here; tablet from %(who)s, %(moment)s") % words


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
    for each in episode.handovers.select_related("by").order_by("at"):
        yield titled(each.by), _("handed over the tablet")
    for each in story.walk.replies:
        if each.by_user_id:
            yield each.by_name, _("answered questions")
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
        "name": story.name,
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
    what = make(story, story.says(event)) if make else ""
    if not what:
        return None
    return shape.Line(cells=[shortly(event.at), what, actor(event)], code=event.kind, at=instant(event.at))


def moved(story, says):
    names = {
        "draft": _("Taken back to correct"),
        "ready": _("Released"),
        "refused": _("Refused"),
        "withdrawn": _("Withdrawn"),
        "complete": _("Complete"),
    }
    return names.get(says.get("after"))


def side_picked(story, says):
    section = story.walk.section("side") or {"options": {}}
    side = section["options"].get(says.get("side"), "")
    verdict = _("it matched") if says.get("matched") else _("it did not match")
    return _("Side picked before ours was shown: %(side)s; %(verdict)s") % {"side": side, "verdict": verdict}


def held(story, says):
    reasons = {
        "side": _("Stopped: the sides did not match"),
        "not_me": _("Stopped: the person said that this is not them"),
    }
    return reasons.get(says.get("reason"), _("Stopped until staff had looked"))


def signed(story, says):
    meanings = {each.digest: str(each.get_meaning_display()) for each in story.signatures}
    words = meanings.get(says.get("signature"))
    return _("Signed: %(words)s") % {"words": words} if words else _("Signed, for an earlier plan")


def replied(story, says):
    words = {
        "answered": _("A question was answered"),
        "talked": _("Talked about it"),
        "satisfied": _("Accepted an answer"),
        "go_ahead": _("Still worried, wants to go ahead"),
        "not_yet": _("Not yet satisfied with an answer"),
    }
    return words.get(says.get("word"))


def decision_maker(story, says):
    party = Party.objects.filter(episode=story.episode, pk=says.get("party"), role=Role.DECISION_MAKER).first()
    return _("Decides from now on: %(name)s") % {"name": party.name} if party else None


def always(make):
    return lambda story, says: make()


HAPPENED = {
    "prepared": always(lambda: _("Prepared")),
    "decision_maker": decision_maker,
    "assessed": always(lambda: _("Found who may decide")),
    "moved": moved,
    "handed_over": always(lambda: _("Tablet handed over")),
    "disclosed": always(lambda: _("Language picked; what is told was frozen")),
    "side_picked": side_picked,
    "held": held,
    "settled": always(lambda: _("Settled by staff")),
    "asked": always(lambda: _("Asked a question")),
    "replied": replied,
    "discussed": always(lambda: _("Discussion recorded")),
    "wants_time": always(lambda: _("Wants more time")),
    "wants_paper": always(lambda: _("Would rather sign on paper")),
    "signed": signed,
    "recorded": always(lambda: _("Record made")),
}
