"""Where an episode stands, what is missing, and the one thing to do next: the same words on the list and on its own page."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent import completing, preparing, wording
from consent.desk import invitations
from consent.models import Status
from consent.steps import Walk


@dataclass(frozen=True)
class Next:
    """`missing` in a sentence, and the page that does something about it, with the act that the policy must allow."""

    missing: str
    name: str
    text: str
    act: str = "open_desk"
    episode: object = None

    @property
    def url(self):
        return reverse(f"desk:{self.name}", args=[self.episode.pk])


def next_of(episode):
    """The Next of this episode. Says nothing that a person told in private."""
    missing, name, text, act = held(episode) or STEPS.get(episode.status, over)(episode)
    return Next(missing, name, text, act, episode)


def held(episode):
    why = HELD.get(episode.held_because)
    return (why(), "episode", _("Settle it"), "answer") if why else None


HELD = {
    "side": lambda: _("The side they picked is not the side that was planned"),
    "not_me": lambda: _("They said: this is not me"),
}


def draft(episode):
    gap = next(preparing.gaps(episode), "")
    return gap or _("Not released"), "edit", _("Prepare"), "prepare"


def ready(episode):
    if episode.on_paper:
        return _("Wants to sign on paper"), "episode", _("Open"), "open_desk"
    if episode.wants_time:
        return wants_time(episode), "episode", _("Open"), "open_desk"
    if episode.given_at is None:
        return at_home(episode) or (_("Tablet not handed over"), "hand-over", _("Hand over"), "hand_over")
    return _("Has the text, has not begun"), "hand-over", _("Hand over"), "hand_over"


def at_home(episode, only_locked=False):
    """Invited and not begun, or a link that opens nothing any more; None when no invitation counts now."""
    last = episode.invitations.select_related("party").order_by("-id").first()
    if last is None or (only_locked and not last.is_locked):
        return None
    last.episode = episode
    if not invitations.is_expected(last):
        return None
    if last.is_open_at(timezone.now()):
        return _("Invited to read at home"), "episode", _("Open"), "open_desk"
    return invitations.state(last), "invite", _("Send a new one"), "invite"


def wants_time(episode):
    if episode.wants_time_until:
        return _("Wants time until %(day)s") % {"day": wording.day(episode.wants_time_until)}
    return _("Wants more time")


def underway(episode):
    if episode.on_paper or episode.wants_time:
        return ready(episode)
    dead = at_home(episode, only_locked=True)
    if dead:
        return dead
    for_staff, for_person = waiting(episode)
    said = []
    if for_staff:
        said.append(ngettext("%(n)s thing to talk about", "%(n)s things to talk about", for_staff) % {"n": for_staff})
    if for_person:
        said.append(
            ngettext("%(n)s waits for the person’s own word", "%(n)s wait for the person’s own word", for_person)
            % {"n": for_person}
        )
    return "; ".join(said) or _("Nothing open"), "before", _("Before you walk in"), "open_desk"


def waiting(episode):
    """How many open items wait for staff, and how many for the person: unsure lines once they have been answered."""
    walk = Walk(episode, episode.decision_maker, None)
    items = [each for each in walk.open_items if each.kind == "question" or each.kind in walk.answers]
    for_staff = sum(each.waits_for == "staff" for each in items)
    return for_staff, len(items) - for_staff


MISSING = {
    "held": (lambda: _("Stopped until staff settle it"), "before", lambda: _("Look at it"), "answer"),
    "recalled": (lambda: _("The text was recalled"), "episode", lambda: _("Open"), "open_desk"),
    "expired": (lambda: _("Ran out before it was complete"), "episode", lambda: _("Open"), "open_desk"),
    "open": (lambda: _("Something is open again"), "before", lambda: _("Before you walk in"), "answer"),
    "clinician": (lambda: _("Clinician has not signed"), "countersign", lambda: _("Countersign"), "countersign"),
    "discussion": (lambda: _("Discussion not recorded"), "discussion", lambda: _("Record it"), "explain"),
    "decision_maker": (
        lambda: _("Not everybody who decides has signed"),
        "hand-over",
        lambda: _("Hand over"),
        "hand_over",
    ),
}


def signed(episode):
    keys = list(completing.missing(episode))
    if not keys:
        return complete(episode)
    says = ". ".join(str(MISSING[key][0]()) for key in keys)
    _first, name, text, act = MISSING[keys[0]]
    return says, name, text(), act


def complete(episode):
    today, until = timezone.localdate(), episode.valid_until
    says = _("Ran out on %(day)s") if episode.is_expired_on(today) else _("Valid until %(day)s")
    return (says % {"day": wording.day(until)}) if until else "", "episode", _("Open"), "open_desk"


def over(episode):
    return "", "episode", _("Open"), "open_desk"


STEPS = {
    Status.DRAFT: draft, Status.READY: ready, Status.UNDERWAY: underway, Status.SIGNED: signed,
    Status.COMPLETE: complete, Status.CONFIRMED: complete,
}  # fmt: skip
