"""The lines of page 1: what is not allowed, who decides and why, what was not heard, where, when and by whom."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent import wording
from consent.models import HandOver, Role
from consent.records import shape
from consent.records.compose.words import actor, at_clock, listed, plain, quoted, sentences, strong


def facts(story):
    return [fact for make in FACTS[story.kind] if (fact := make(story))]


def not_allowed(story):
    """Whatever was asked and not plainly allowed, and every item without a yes."""
    if story.kind not in ("signed", "complete"):
        return shape.Fact(
            about="not_allowed",
            label=_("Not allowed"),
            text=story.both(lambda: _("Nothing in this record allows any procedure.")),
            bar=True,
        )
    items = [item["where"] for item in story.items if not story.agreed(item)]
    denied = [row for row in rows(story) if not is_allowed(story, row)]
    text = listed([*items, *(row["allowed"] for row in denied)]) or _("Nothing that was asked was denied.")
    return shape.Fact(
        about="not_allowed", label=_("Not allowed"), text=text, bar=True, also_in=in_theatre(story, denied)
    )


def rows(story):
    return story.walk.section("permissions")["rows"]


def is_allowed(story, row):
    return all(walk.said("permissions").get(row["key"]) == "yes" for walk in story.walks)


def in_theatre(story, denied):
    told = story.theatre_told
    if told is None or not denied:
        return None
    names = [told.fill(told.texts.permissions[row["key"]].allowed) for row in denied]
    label = story.in_theatre(lambda: _("Not allowed"))
    return shape.AlsoIn(lang=story.theatre, text=f"{label}: {'; '.join(names)}")


def allowed(story):
    names = [row["allowed"] for row in rows(story) if is_allowed(story, row)]
    return shape.Fact(about="allowed", label=_("Allowed"), text=listed(names)) if names else None


# --- who decides -----------------------------------------------------------------------------------------------------


def decides(story):
    decider, words = story.decider, {"name": story.name, "patient": story.patient_name}
    if decider["is_patient"]:
        text = _("%(name)s, the patient.") % words
    elif decider["relationship"]:
        text = _("%(name)s, %(relation)s, for %(patient)s.") % {**words, "relation": decider["relationship"]}
    else:
        text = _("%(name)s, for %(patient)s.") % words
    return shape.Fact(about="decides", label=_("Who decides"), text=[strong(text)])


def authority(story):
    decider = story.decider
    if decider["is_patient"]:
        return None
    seen = [plain(f"{wording.capital(story.authority)}.")]
    if decider["evidence"]:
        seen += [plain(" " + _("Evidence:") + " "), story.by_staff(f"{decider['evidence'].rstrip('. ')}.")]
    if decider["evidence_seen_by"]:
        seen.append(plain(" " + _("Seen by %(who)s.") % {"who": decider["evidence_seen_by"]}))
    return shape.Fact(about="authority", label=_("Authority"), text=seen)


def finding(story):
    """The short of it; part 8 has every reason."""
    found = story.finding
    if found is None:
        return None
    short = {key: value for key, value in found.content.items() if key in ("because", "cannot")}
    words = [run for reason in reasons(story, short) for run in [*reason, plain(" ")]]
    return shape.Fact(
        about="finding",
        label=_("Why another decides"),
        text=[strong(f"{found.get_kind_display()}. "), *words, plain(found_by(found))],
    )


def found_by(found):
    words = {"who": f"{found.by_name}, {found.by_title}", "moment": at_clock(found.at)}
    return _("Found by %(who)s, %(moment)s, for this decision.") % words


def reasons(story, findings):
    """Each reason of a clinician's finding as runs: what was asked in the record's language, their words in their own."""
    # Canonical bytes sort their keys: the reasons come in the order in which they were asked for.
    for key in [*(each for each in ASKED if each in findings), *(each for each in findings if each not in ASKED)]:
        value = findings[key]
        label, choices = ASKED.get(key, unknown)()
        chosen = value if isinstance(value, list) else [value]
        text = ", ".join(str(choices.get(each, each)) for each in chosen if each not in ("", None)).rstrip(". ")
        if text:
            words = plain(f"{text}.") if choices else story.by_staff(f"{text}.")
            yield [plain(f"{label} "), words] if label else [words]


def abilities():
    return {
        "understand": _("understand what they are told"),
        "retain": _("keep it in mind for long enough"),
        "weigh": _("weigh it up"),
        "communicate": _("tell us what they decide"),
    }


def waiting():
    return {"no": _("it cannot wait"), "unlikely": _("that is not likely"), "yes": _("it can wait")}


def unknown():
    return "", {}


ASKED = {
    "because": lambda: ("", {}),
    "cannot": lambda: (_("Cannot:"), abilities()),
    "evidence": lambda: (_("Seen or heard:"), {}),
    "help_given": lambda: (_("Help given:"), {}),
    "could_wait": lambda: (_("Able to decide later?"), waiting()),
}


# --- what was heard --------------------------------------------------------------------------------------------------


def not_heard(story):
    text, bar = NOT_HEARD.get(story.amount, unsaid)(story)
    if story.pages_unshown:
        text, bar = sentences(text, _("Not shown: %(pages)s.") % {"pages": "; ".join(story.pages_unshown)}), True
    label = _("Chose not to hear") if story.kind in ("signed", "complete") else _("Not heard")
    return shape.Fact(about="not_heard", label=label, text=text, bar=bar)


def everything(story):
    if story.pages_in_part:
        words = {"name": story.first_name, "pages": "; ".join(story.pages_in_part)}
        return _("%(name)s chose everything, after reading less of: %(pages)s.") % words, False
    return ("" if story.pages_unshown else _("Nothing. All of it was shown.")), False


def main_points(story):
    return _("%(name)s chose the main points. The rest could be opened with a tap.") % {"name": story.first_name}, False


def least(story):
    text, serious = (
        _("%(name)s chose to know as little as possible.") % {"name": story.first_name},
        story.page("serious"),
    )
    if serious and serious["risks"] and story.others_waited:
        text = sentences(text, _("Behind a tap: %(what)s.") % {"what": serious["other_title"]})
    return text, True


def unsaid(story):
    return _("How much to know was not chosen."), True


NOT_HEARD = {"everything": everything, "main": main_points, "least": least}


# --- a no, or a change of mind ---------------------------------------------------------------------------------------


def reason(story):
    said = story.last_words
    text = quoted(said) if said else _("Not given.")
    return shape.Fact(about="reason", label=_("The reason"), text=sentences(text, _("Nobody has to give a reason.")))


def how_said(story):
    """Staff who enter a no wrote it down: it is the decision-maker's all the same."""
    moves = [event for event in story.events if event.kind == "moved"]
    words = {"who": story.name, "moment": at_clock(story.at), "staff": actor(moves[-1]) if moves else ""}
    said = _("Said by %(who)s, %(moment)s.")
    if moves and moves[-1].actor.startswith("staff:"):
        said = _("Said by %(who)s to %(staff)s, who wrote it down, %(moment)s.")
    elif moves and moves[-1].device == HandOver.OWN:
        said = _("Said by %(who)s on their own device, %(moment)s; no member of staff saw who it was.")
    return shape.Fact(
        about="said", label=_("How it was said"), text=sentences(said % words, _("No signature is needed to say no."))
    )


def ends(story):
    if story.previous is None:
        return None
    text = _("The consent recorded on %(moment)s, record digest %(digest)s …") % {
        "moment": at_clock(story.previous.at),
        "digest": story.previous.digest[:24],
    }
    return shape.Fact(about="ends", label=_("What it ends"), text=text)


# --- where, when, in which language ----------------------------------------------------------------------------------


def place(story):
    told, performer = story.told, story.episode.performer
    person = ", ".join(filter(None, [told["responsible"]["name"], told["responsible"]["title"]]))
    where = ", ".join(dict.fromkeys(each for each in (told["site"], told["clinic"]) if each != told["organisation"]))
    text = [plain(f"{where or told['site']}. " + _("Responsible:") + " "), strong(f"{person}.")]
    doing = _("Performing: %(name)s.") % {"name": performer} if performer else _("Performing: not fixed yet.")
    return shape.Fact(about="place", label=_("Where and who"), text=[*text, plain(f" {doing}")])


def planned(story):
    episode = story.episode
    if episode.planned_on is None:
        return None
    when = [wording.day(episode.planned_on), f"{episode.planned_time:%H:%M}" if episode.planned_time else ""]
    room = _("room %(room)s") % {"room": episode.room} if episode.room else ""
    text = ", ".join(filter(None, [*when, room]))
    return shape.Fact(about="planned", label=_("Planned"), text=f"{text} ({_('may change without a new consent')})")


def given(story):
    """When this text was first in the person's hands: a day or more before the decision is what inspectors ask for."""
    at, first = given_at(story), story.episode.given_at
    text = how_long_before(story, at) if at else _("No time is recorded.")
    if first and story.walk.release.number > 1 and story.is_earlier(first):
        text = sentences(
            f"{text.rstrip('.')}.", _("An earlier text was given on %(moment)s.") % {"moment": at_clock(first)}
        )
    return shape.Fact(about="given", label=_("Text given"), text=text)


def given_at(story):
    """Another plan, or another who decides, is another text: its time is that of its own first hand-over."""
    release = story.walk.release
    if release.number == 1:
        return story.episode.given_at
    hands = story.episode.handovers.filter(party=story.walk.party, at__gte=release.at).order_by("at")
    return hands[0].at if hands else None


def how_long_before(story, at):
    """In whole days of 24 hours: ten minutes across midnight are not a day to think."""
    days = (story.decided_at - at).days
    before = ngettext("%(n)s day before the decision", "%(n)s days before the decision", days) % {"n": days}
    sudden = _("less than a day before the decision")
    return f"{at_clock(at)}, {before if days else sudden}"


def language(story):
    interpreters = story.episode.parties.filter(role=Role.INTERPRETER, active=True).order_by("id")
    names = ", ".join(each.name for each in interpreters)
    help_ = _("Interpreter: %(names)s.") % {"names": names} if names else _("No interpreter is recorded.")
    return shape.Fact(about="language", label=_("Language"), text=f"{story.language_name}. {help_}")


WHO = [decides, authority, finding]
WHERE = [place, planned, given, language]
FACTS = {
    "signed": [not_allowed, allowed, *WHO, not_heard, *WHERE],
    "complete": [not_allowed, allowed, *WHO, not_heard, *WHERE],
    "refusal": [not_allowed, *WHO, reason, how_said, not_heard, place, given, language],
    "withdrawal": [not_allowed, *WHO, reason, how_said, ends, not_heard, place, given, language],
}
