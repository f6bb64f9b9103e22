"""Small pieces of text that every page of a record is made of."""

from babel.dates import format_datetime
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import wording
from consent.records.shape import Moment, Paragraphs, Row, Run

ISOLATE, RELEASE = "\u2068", "\u2069"
TAP = "›"


def isolated(text):
    """Two languages on one line keep their own direction."""
    return f"{ISOLATE}{text}{RELEASE}" if any("\u0590" <= letter <= "\u08ff" for letter in text) else text


def strong(text):
    return Run(text=text, strong=True)


def plain(text):
    return Run(text=text)


def quoted(text):
    return _("“%(words)s”") % {"words": text}


def sentences(*texts):
    """Non-empty texts, one after the other."""
    return " ".join(text for text in texts if text)


def listed(texts, between="; "):
    """Names of things as one line that starts with a capital."""
    return wording.capital(between.join(text for text in texts if text))


def brackets(text):
    return f"({text})" if text else None


def day(at):
    return wording.day(timezone.localtime(at).date())


def at_clock(at):
    """Date, time and zone: 20 November 2026, 10:44 GMT."""
    return f"{wording.moment(at)} {wording.zone(at)}"


def shortly(at):
    """For narrow columns: 20 Nov 2026 10:44."""
    return format_datetime(timezone.localtime(at), "d MMM y HH:mm", locale=wording.locale())


def actor(event):
    """The name alone: an event keeps it as "kind:id name, role"."""
    return event.actor.partition(" ")[2].partition(", ")[0] or event.actor


def instant(at):
    return timezone.localtime(at).isoformat()


def moment(at):
    local = timezone.localtime(at)
    offset = local.strftime("%z")
    zone = str(timezone.get_current_timezone())
    return Moment(
        at=local.isoformat(),
        zone=zone,
        date=wording.day(local.date()),
        time=f"{local:%H:%M:%S} {wording.zone(at)}",
        zone_words=f"UTC{offset[:3]}:{offset[3:]}, {zone}",
    )


def row(label, paragraphs=(), points=(), blocks=(), **more):
    """A row, or None when there is nothing to put beside its label."""
    paragraphs, points, blocks = ([each for each in part if each] for part in (paragraphs, points, blocks))
    if not (paragraphs or points or blocks):
        return None
    return Row(label=label, paragraphs=paragraphs, points=points, blocks=blocks, **more)


def tapped(waited, text):
    """A text that waited behind a tap, behind the sign that says so."""
    return f"{TAP}\u00a0{text}" if waited and text else text


def rest(waited, texts):
    """What stands last on a page, and for most people behind a tap, in small print."""
    if not texts:
        return None
    return Paragraphs(quiet=True, paragraphs=[tapped(waited, " ".join(texts))])


def not_shown(story, *keys):
    """A sentence naming the pages that the person did not see, and why; or None."""
    names = story.unshown(*keys)
    if not names:
        return None
    why = _("%(name)s did not go on from these pages.")
    if story.was_on_paper:
        why = _("%(name)s signed on paper: what was told there stands on the scanned form.")
    elif story.amount == "least":
        why = _("%(name)s chose to know as little as possible.")
        # The page to sign on leads to "Read all that you were told"; a refusal never got there.
        why += " " + _("All of it could be read before signing.") if story.with_meaning("consent") else ""
    return [
        strong(_("Not shown: %(pages)s.") % {"pages": "; ".join(names)} + " "),
        plain(why % {"name": story.first_name}),
    ]
