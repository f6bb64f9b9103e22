"""The audit trail as sentences: each event in the words of the ward, and where the episode has been."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from consent import wording
from consent.models import Event, HandOver, Invitation, Record, Reply, Signature, Status
from consent.steps import BY_KEY, Walk
from procedures import canonical

WAY = [Status.DRAFT, Status.READY, Status.UNDERWAY, Status.SIGNED, Status.COMPLETE, Status.CONFIRMED, Status.PERFORMED]


@dataclass(frozen=True)
class Line:
    event: Event
    points: dict

    @property
    def who(self):
        """Without kind and id: "Dr Ada Example · tablet 4"."""
        name = self.event.actor.partition(" ")[2] or self.event.actor
        return " · ".join(filter(None, [name, self.event.device]))

    @property
    def when(self):
        return wording.moment(self.event.at, seconds=True)

    @cached_property
    def says(self):
        """The payload, or nothing once a purge has forgotten it."""
        payload = getattr(self.event, "payload", None)
        return canonical.loads(payload.body) if payload else {}

    @property
    def text(self):
        if "item" in self.says and self.event.kind == "replied":
            return wording.talked_about(self.points.get(self.says["item"]))
        words = WORDS.get(self.event.kind)
        return words(self.says) if words else self.event.kind.replace("_", " ").capitalize()


def lines(episode, most=None):
    """Newest first."""
    rows = episode.events.select_related("payload").order_by("-seq")
    points = Walk(episode, episode.decision_maker, None).points
    return [Line(each, points) for each in (rows[:most] if most else rows)]


def way(episode):
    """[{name, at, state}]: the statuses in order, with when each was reached; an end other than performed stands last."""
    reached = {Status.DRAFT: episode.made_at}
    for line in reversed([each for each in lines(episode) if each.event.kind == "moved"]):
        reached[line.says.get("after", "")] = line.event.at
    ended = episode.status not in WAY
    stops = [each for each in WAY if each in reached] + [episode.status] if ended else WAY
    here = stops.index(episode.status)
    return [
        {
            "name": Status(each).label,
            "at": reached.get(each) if place <= here else None,
            "state": state(place, here, ended),
        }
        for place, each in enumerate(stops)
    ]


def state(place, here, ended):
    if place == here:
        return "here"
    return "done" if place < here else ""


def choice(choices, key):
    return str(dict(choices).get(key, key))


def answered(says):
    step = BY_KEY.get(says.get("step"))
    return _("Answered: %(page)s") % {"page": step.name if step else says.get("step", "")}


def side_picked(says):
    sides = {"left": _("left"), "right": _("right"), "both": _("both"), "unsure": _("not sure")}
    side = sides.get(says.get("side"), "")
    matched = _("It matched") if says.get("matched") else _("It did not match")
    return _("Side picked: %(side)s. %(matched)s") % {"side": side, "matched": matched}


def handed_over(says):
    if says.get("said"):
        return _("Tablet handed over; name and birth date said")
    return _("Tablet handed over; known to somebody there")


def invited(says):
    said = [
        _("Invited to read at home: %(channel)s") % {"channel": choice(Invitation.CHANNELS, says.get("channel"))},
        choice(Invitation.KNOWN, says.get("known", "")),
        says.get("known_words"),
        choice(Invitation.SOURCES, says.get("source", "")),
    ]
    return ". ".join(each for each in said if each)


def own_device_closed(says):
    return _("Own device closed from the desk") if says.get("why") == "desk" else _("Closed on the own device")


def moved(says):
    after = choice(Status.choices, says.get("after"))
    now = _("Now: %(status)s") % {"status": after}
    return f"{now}. {says['reason']}" if says.get("reason") else now


def held(says):
    side = says.get("reason") == "side"
    return _("Stopped: the side did not match") if side else _("Stopped: they said “this is not me”")


WORDS = {
    "prepared": lambda says: _("Prepared"),
    "revised": lambda says: _("Plan changed"),
    "arranged": lambda says: _("Day, time, room or performer changed"),
    "tailored": lambda says: _("Added something for this person"),
    "untailored": lambda says: _("Took away something added for this person"),
    "moved": moved,
    "handed_over": handed_over,
    "taken_back": lambda says: str(dict(HandOver.ENDS).get(says.get("why"), _("Tablet closed"))),
    "invited": invited,
    "invitation_sent": lambda says: _("Link sent"),
    "invitation_ended": lambda says: _("Invitation ended: %(why)s") % {"why": choice(Invitation.ENDS, says.get("why"))},
    "own_device_opened": lambda says: _("Opened on an own device, by link, code and birth date"),
    "own_device_closed": own_device_closed,
    "tablet_put_down": lambda says: _("Put the tablet down"),
    "tablet_taken_up": lambda says: _("Took the tablet up again"),
    "wrong_pin": lambda says: _("A wrong PIN was given on their tablet"),
    "held": held,
    "settled": lambda says: _("Settled; the walk may go on"),
    "disclosed": lambda says: _("Text fixed in %(language)s") % {"language": says.get("language", "")},
    "answered": answered,
    "side_picked": side_picked,
    "asked": lambda says: _("Asked a question"),
    "replied": lambda says: choice(Reply.Word.choices, says.get("word")),
    "discussed": lambda says: _("Discussion recorded"),
    "assessed": lambda says: _("Finding recorded: is a child") if says.get("finding") == "minor" else _("Finding recorded: cannot decide this now"),
    "decision_maker": lambda says: _("Who decides was set"),
    "wants_time": lambda says: _("Wants more time"),
    "wants_paper": lambda says: _("Would rather sign on paper"),
    "signed": lambda says: _("Signed: “%(meaning)s”") % {"meaning": choice(Signature.MEANINGS, says.get("meaning"))},
    "glass_broken": lambda says: _("Opened in need by somebody of another clinic"),
    "glass_ended": lambda says: _("No longer open in need"),
    "glass_looked_at": lambda says: _("A colleague looked at the opening in need"),
    "recorded": lambda says: _("Record made: %(kind)s") % {"kind": choice(Record.KINDS, says.get("kind_of_record"))},
}  # fmt: skip
