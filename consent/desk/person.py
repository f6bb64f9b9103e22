"""Who and what in words: two identifiers wherever a name stands, and the side in capitals first."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent import access, wording
from consent.models import Status
from procedures.models import ProcedureVersion

LOOKS = {
    Status.UNDERWAY: "half", Status.SIGNED: "care half", Status.COMPLETE: "go", Status.CONFIRMED: "go", Status.PERFORMED: "go",
    Status.REFUSED: "stop", Status.WITHDRAWN: "stop", Status.SUPERSEDED: "stop", Status.VOIDED: "stop",
}  # fmt: skip


@dataclass(frozen=True)
class ItemWords:
    """One item: "LEFT C6", "nerve root", "gap between C5 and C6", "Cervical nerve root injection"."""

    strong: str
    text: str
    hint: str
    procedure: str


def person_of(episode):
    return {
        "name": episode.patient.name,
        "identity": identity(episode.patient),
        "numbers": " · ".join(numbers(episode.patient)),
        "items": items_in_words(episode),
        "decider": decider_line(episode),
        "status": status_word(episode),
        "look": status_look(episode),
    }


def beside(user, episode):
    """Other open consents that could be taken for this one: with their items and status, or no more than their clinic's name."""
    seen, elsewhere = access.beside(user, episode)
    return {"beside": [(each, items_in_words(each), status_word(each)) for each in seen], "elsewhere": elsewhere}


def identity(patient):
    """Both identifiers: "born 14 March 1961 (65) · 000 481 516"."""
    age = patient.age_on(timezone.localdate())
    born = _("born %(day)s (%(age)s)") % {"day": wording.day(patient.born), "age": age}
    return " · ".join([born, *numbers(patient)])


def numbers(patient):
    return [each.value for each in patient.identifiers.all()]


def decider_line(episode):
    party = episode.decision_maker
    if party is None or party.is_patient:
        return ""
    return _("Decided by %(name)s, %(relationship)s") % {"name": party.name, "relationship": party.relationship}


def status_word(episode):
    if episode.held_because:
        return _("Stopped")
    if is_expired(episode):
        return _("Expired")
    if episode.wants_time and episode.status in (Status.READY, Status.UNDERWAY):
        return _("More time")
    return episode.get_status_display()


def status_look(episode):
    if episode.held_because:
        return "care"
    return "stop" if is_expired(episode) else LOOKS.get(episode.status, "")


def is_expired(episode):
    return episode.status in (Status.SIGNED, Status.COMPLETE, Status.CONFIRMED) and episode.is_expired_on(
        timezone.localdate()
    )


def items_in_words(episode):
    return [item_words(each) for each in episode.items.all()]


def gap_words(texts, level):
    # Not str.format: that would follow dots and brackets of content into Python's own objects.
    return texts.gap.replace("{upper}", level.upper).replace("{lower}", level.lower)


def item_words(item):
    facts, texts = content_of(item.version)
    levels = [level for level in facts.levels if level.code in item.levels]
    codes = wording.joined(level.code for level in levels) if levels else ""
    gaps = [gap_words(texts, level) for level in levels if texts.gap and level.upper]
    return ItemWords(
        strong=" ".join(filter(None, [side_words(facts, item.side), codes])),
        text=texts.site_long.replace("{level}", "").strip() if codes else texts.name,
        hint="; ".join(gaps),
        procedure=texts.medical,
    )


def side_words(facts, side):
    if not side and facts.laterality == "required":
        return _("SIDE NOT SET")
    return wording.side_capitals(side)


def content_of(version):
    """(facts, texts) of a version, in the language of the desk where there is one."""
    return read_once(version.pk, version.digest, get_language())


@lru_cache(maxsize=64)
def read_once(version, digest, language):
    """Versions are frozen, so that reading each once is enough."""
    found = ProcedureVersion.objects.get(pk=version, digest=digest)
    known = found.languages()
    return found.facts, found.texts(language if language in known else known[0])
